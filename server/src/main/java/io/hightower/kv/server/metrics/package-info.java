/**
 * What engine, JVM and requests counted, kept by Micrometer and shown in the Prometheus text format.
 *
 * <p>The engine counts through {@link io.hightower.kv.statemachine.spi.Metrics} and knows nothing of this package. Every
 * type is thread-safe.
 */
@NullMarked
package io.hightower.kv.server.metrics;

import org.jspecify.annotations.NullMarked;
