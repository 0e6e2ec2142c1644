/** Guarantees about what operations are answered. */
@NullMarked
package io.hightower.kv.cluster.guarantees.kv;

import org.jspecify.annotations.NullMarked;
