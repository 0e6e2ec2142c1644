/**
 * Work in processes of its own: what must be killed, what must begin with a cold JVM, and what needs limits of memory.
 *
 * <pre>
 * ChildJvm (here) ── starts ─► ChildMain (there) ─► ChildTask ─► lines "name=number" on the standard output
 * MemoryCgroup: limits what the child may use, page cache included
 * </pre>
 */
@NullMarked
package io.hightower.kv.benchmarks.fork;

import org.jspecify.annotations.NullMarked;
