/**
 * A client for programs that talk to servers over the network.
 *
 * <pre>
 * RestClient ──► RestCalls   which endpoint, deadline, what a broken connection means
 *     │             │
 *     │             ▼
 *     │          RestErrors  the server's codes as the exceptions of the vocabulary
 *     ├──► ScanIterator      a range, page by page
 *     └──► Retry             sends again what may be sent again
 * </pre>
 *
 * <p>Failures have the types that an embedded store throws, so a caller decides in the same way: {@link
 * io.hightower.kv.statemachine.NotReplicatedException} says that nothing happened, {@link
 * io.hightower.kv.statemachine.OutcomeUnknownException} that a write may have.
 */
@NullMarked
package io.hightower.kv.client;

import org.jspecify.annotations.NullMarked;
