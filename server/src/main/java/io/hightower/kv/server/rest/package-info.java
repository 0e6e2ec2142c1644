/**
 * The REST surface, as described by {@code docs/server_api.yaml}.
 *
 * <pre>
 * RestServer ──► RestRouter ──► Operation         one of KeyOperations, ScanOperation, StatusOperations
 *                    │              │
 *                    ▼              ▼
 *               RestExchange   Base64Text, RequestText, RequestBody, JsonText
 *                    │
 *                    ▼
 *               ErrorTable    every failure, one status and one code
 * </pre>
 *
 * <p>Every request is answered exactly once, in JSON except for the metrics page. What clients may take together is in {@link
 * RestLimits}: bytes of bodies and of answers ({@link ByteBudget}), connections, time. Threads: an operation begins on the event
 * loop of its connection and never blocks it; readers run on engine threads, complete scans on threads of their own,
 * because a scan lasts as long as its client takes to read it.
 */
@NullMarked
package io.hightower.kv.server.rest;

import org.jspecify.annotations.NullMarked;
