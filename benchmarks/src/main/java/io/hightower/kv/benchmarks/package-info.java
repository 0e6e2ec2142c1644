/** Measurements of the engine under stated conditions. */
@NullMarked
package io.hightower.kv.benchmarks;

import org.jspecify.annotations.NullMarked;
