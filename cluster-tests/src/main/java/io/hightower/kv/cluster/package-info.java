/** Runs whole clusters under load and faults and judges what their clients saw. */
@NullMarked
package io.hightower.kv.cluster;

import org.jspecify.annotations.NullMarked;
