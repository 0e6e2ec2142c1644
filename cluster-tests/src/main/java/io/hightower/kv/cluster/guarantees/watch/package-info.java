/** Guarantees about what watchers are given. */
@NullMarked
package io.hightower.kv.cluster.guarantees.watch;

import org.jspecify.annotations.NullMarked;
