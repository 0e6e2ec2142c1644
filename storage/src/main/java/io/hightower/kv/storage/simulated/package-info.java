/**
 * A disk in memory that loses power, tears sectors, flips bits, fills up and fails when told to.
 *
 * <pre>
 * SimulatedDisk ──► SimulatedFile      durable image + pending writes; images share what is equal
 *      │        └─► SimulatedNames     durable names + pending name changes
 *      └─ reopenAfterPowerLoss(policy, seed) ──► the disk as it may be found after the next start
 * </pre>
 *
 * <p>Everything is decided by the calls and a seed: no clock, no threads, no randomness of its own. It ships with the
 * store because programs that build on the store want to test their own crashes.
 */
@NullMarked
package io.hightower.kv.storage.simulated;

import org.jspecify.annotations.NullMarked;
