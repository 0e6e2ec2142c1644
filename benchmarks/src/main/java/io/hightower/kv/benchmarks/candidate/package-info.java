/** The stores that are measured, behind one interface. */
@NullMarked
package io.hightower.kv.benchmarks.candidate;

import org.jspecify.annotations.NullMarked;
