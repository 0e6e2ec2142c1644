/**
 * Sessions as their users hold them: numbers commands, sends them until they are answered, and tells truthfully what became of
 * those that were not.
 *
 * <pre>
 * Session (api) ◄── CommandSession: calls wait here, one is under way
 *                        │ InSession(id, sequence, command), the same until it is answered
 *                        ▼
 *                   submitAsync of any KvEngine
 *                        ▲
 *                   Surroundings: time, chance and later, handed in by whoever has them
 * </pre>
 *
 * <p>What the store makes of them is in {@code state.SessionApplication}; why it is so, in {@code docs/decisions/0020-sessions.md}.
 * Threads: every type is thread-safe or guarded by the lock of its session; nothing here has a thread, a clock or a source of
 * randomness of its own.
 */
@NullMarked
package io.hightower.kv.statemachine.session;

import org.jspecify.annotations.NullMarked;
