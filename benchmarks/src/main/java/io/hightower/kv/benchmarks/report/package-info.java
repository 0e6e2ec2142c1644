/** Results as rows: of JSON for programs, of a table for people. */
@NullMarked
package io.hightower.kv.benchmarks.report;

import org.jspecify.annotations.NullMarked;
