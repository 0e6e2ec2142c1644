/**
 * A real etcd beside our engine: both are asked the same, and what they answer is held against each other.
 *
 * <pre>
 * RandomCalls ──► Call ──┬─► EtcdSide ──► EtcdGateway ──► EtcdProcess      JSON over HTTP, a process per program
 *                        │                                      │
 *                        │                                      ▼
 *                        │                                   Answer ──► Comparison, with ListedDifference
 *                        │                                      ▲
 *                        └─► HightowerSide ──► LocalEngine ─────┘          a store in memory per program
 * </pre>
 *
 * <p>Calls have the fields that they have on the wire, answers those that clients can see; cluster, member and term are left
 * out. What a server has to do between the wire and the engine is in {@code WireRequests}. Threads: one per program; one more
 * reads each watch of etcd.
 */
package io.hightower.kv.engine.differential;
