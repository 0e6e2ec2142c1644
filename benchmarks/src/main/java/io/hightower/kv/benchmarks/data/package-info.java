/** The keys and values that every workload uses, equal for every engine. */
@NullMarked
package io.hightower.kv.benchmarks.data;

import org.jspecify.annotations.NullMarked;
