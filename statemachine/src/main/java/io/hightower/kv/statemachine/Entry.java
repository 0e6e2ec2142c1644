package io.hightower.kv.statemachine;

import java.util.List;

/**
 * One entry of the log: commands in the order in which they are applied, and the logical time. Each command is atomic
 * by itself; an entry only saves the cost of ordering them one by one. <b>Immutable.</b>
 *
 * @param logicalTimeMillis the leader's logical time in milliseconds when it ordered the entry; 0 or more. It advances by the
 *     monotonic clock of whoever leads and is no time of day: only differences mean something. The time at which the entry
 *     is applied is the greatest of its own and those before it
 * @param commands at least one
 */
public record Entry(long logicalTimeMillis, List<Command> commands) {
    /** Copies the list; refuses an empty one and a negative time. */
    public Entry {
        commands = List.copyOf(commands);
        if (commands.isEmpty() || logicalTimeMillis < 0) {
            throw new IllegalArgumentException("An entry needs a command and a time that is not negative: commands="
                    + commands.size() + " logicalTimeMillis=" + logicalTimeMillis);
        }
    }
}
