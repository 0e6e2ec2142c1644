/** What a guarantee is, and what it says of a run. */
@NullMarked
package io.hightower.kv.cluster.guarantees.law;

import org.jspecify.annotations.NullMarked;
