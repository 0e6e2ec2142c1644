package io.hightower.kv.statemachine.random;

import io.hightower.kv.statemachine.Command;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Random commands of few sessions: mostly the next in sequence, often the last one again with another command under its number,
 * sometimes older ones and ones that have not come yet. To hit the next number it keeps account of what becomes of the
 * sessions; a state machine that does not agree is found by whoever compares.
 */
final class RandomSessions {
    private static final int TTL_SECONDS_MAX = 12;

    private final RandomGenerator random;
    private final Supplier<Command> commands;

    /** By session: time-to-live, last use, last sequence. */
    private final Map<Long, long[]> open = new HashMap<>();

    /**
     * Takes everything random from {@code random}.
     *
     * @param commands what is done in sessions
     */
    RandomSessions(RandomGenerator random, Supplier<Command> commands) {
        this.random = random;
        this.commands = commands;
    }

    /** Returns a command for an entry of this time, which is not before any other. */
    Command next(long nowMillis) {
        open.values().removeIf(session -> nowMillis - session[1] > session[0]);
        long id = RandomPrograms.SESSIONS.get(random.nextInt(RandomPrograms.SESSIONS.size()));
        return switch (random.nextInt(20)) {
            case 0, 1, 2 -> opening(id, nowMillis);
            case 3 -> {
                open.remove(id);
                yield new Command.CloseSession(id);
            }
            case 4, 5 -> new Command.ExpireSessions(random.nextInt(1, 4));
            default -> open.containsKey(id) ? inSession(id, open.get(id), nowMillis) : opening(id, nowMillis);
        };
    }

    private Command opening(long id, long nowMillis) {
        long ttlMillis = random.nextInt(1, TTL_SECONDS_MAX) * 1000L;
        open.putIfAbsent(id, new long[] {ttlMillis, nowMillis, 0});
        return new Command.OpenSession(id, ttlMillis);
    }

    private Command inSession(long id, long[] session, long nowMillis) {
        long last = session[2];
        long sequence = List.of(last, last, last - 1, last + 2, random.nextLong(1, 20), last + 1, last + 1, last + 1)
                .get(random.nextInt(8));
        if (sequence == last || sequence == last + 1) {
            session[1] = nowMillis;
            session[2] = sequence;
        }
        return new Command.InSession(id, Math.max(1, sequence), commands.get());
    }
}
