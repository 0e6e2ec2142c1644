/** An executable model of the store, to hold answers against and to make histories from. Threads: used by one at a time. */
@NullMarked
package io.hightower.kv.cluster.check.model;

import org.jspecify.annotations.NullMarked;
