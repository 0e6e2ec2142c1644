package io.hightower.kv.statemachine;

import java.util.List;

/**
 * One entry of the log: commands in the order in which they are applied, and the proposer's time. Each command is atomic
 * by itself; an entry only saves the cost of ordering them one by one. <b>Immutable.</b>
 *
 * @param logicalTimeMillis the proposer's time in milliseconds; 0 or more
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
