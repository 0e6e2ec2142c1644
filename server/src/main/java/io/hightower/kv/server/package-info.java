/**
 * One store served over the network.
 *
 * <pre>
 * KvServer ──► LocalEngine
 *    │  ▲
 *    │  └ ServerOptions ──► listen.ListenAddress
 *    ├──► rest.RestServer        HTTP and JSON on their own address
 *    └──► metrics.ServerMetrics  what engine, JVM and requests counted, for Prometheus
 * </pre>
 *
 * <p>Every surface has its own package, its own listen address and only maps: what a request means is decided by the
 * engine. Threads: network work runs on the event loops of one Vert.x instance, which must never be blocked.
 */
@NullMarked
package io.hightower.kv.server;

import org.jspecify.annotations.NullMarked;
