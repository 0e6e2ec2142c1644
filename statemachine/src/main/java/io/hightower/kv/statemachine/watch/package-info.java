/**
 * Watching: what callers ask for and what they get.
 *
 * <pre>
 * KvEngine.watch(WatchRequest) ──► Watch ──► WatchMessage: Created, then Events and Progress, Canceled at the end
 *                                                                    └──► WatchEvent, shared by all who watch its key
 * </pre>
 *
 * <p>Invariants: events of one watch come in the order of their revisions, each once, none left out; those of one revision come
 * in one message, unless fragments were asked for. How they are found and handed out is the engine's concern. Threads: values
 * are immutable, a {@code Watch} may be used by any thread.
 */
@NullMarked
package io.hightower.kv.statemachine.watch;

import org.jspecify.annotations.NullMarked;
