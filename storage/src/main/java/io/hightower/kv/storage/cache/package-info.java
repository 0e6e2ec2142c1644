/**
 * The one memory budget of a store, and the cache that lives on what it leaves.
 *
 * <pre>
 * memtables, filters and indexes, hot keys ──charge──► MemoryBudget ◄──what is left── BlockCache ◄── tables
 * </pre>
 *
 * <p><b>Data flow.</b> Owners of memory charge the budget when they take it and release it when they let go. The block cache
 * keeps what tables have read, and gives it up when the others need more. <b>Threads.</b> Everything here is thread-safe.
 */
@NullMarked
package io.hightower.kv.storage.cache;

import org.jspecify.annotations.NullMarked;
