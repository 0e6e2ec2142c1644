/**
 * What the state machine asks of the world: a place for its records, a log for its entries, somewhere to count,
 * and who hears of changes.
 *
 * <pre>
 * KvState ──► StateStore.Edit ──► published, then seen by every later StoreView
 * KvState ──► ChangeFeed             what each entry changed, once it is published
 * LocalReplication ──► CommitLog     entries, durable before they are answered
 * everything ──► Metrics             counters, timers, gauges
 * </pre>
 *
 * <p>Threads: one thread, the apply thread, edits a {@code StateStore}; any thread may open a view, and views never wait
 * for the apply thread. Interfaces, whose implementations live in {@code storage} and in the server; and {@code Pacing}, how
 * every replication pays the price that a {@code StateStore} asks.
 */
@NullMarked
package io.hightower.kv.statemachine.spi;

import org.jspecify.annotations.NullMarked;
