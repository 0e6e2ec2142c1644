/**
 * The recording of what clients do and see.
 *
 * <pre>
 * client ──► RecordingEngine ──► KvEngine        each call is noted before it is sent, and its end when it is known
 *                 └──► RecordingWatch            each message is noted when it is taken
 * Recorder ◄── all of them ──► History
 * </pre>
 *
 * <p>Invariants: one clock for all; what has no certain end is of unknown outcome. Threads: all is thread-safe.
 */
@NullMarked
package io.hightower.kv.cluster.guarantees.recording;

import org.jspecify.annotations.NullMarked;
