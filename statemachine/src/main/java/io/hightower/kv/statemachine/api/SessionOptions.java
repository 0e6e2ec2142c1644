package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.SessionRecord;
import java.time.Duration;

/**
 * What a session can be told. <b>Immutable.</b>
 *
 * @param ttl how long the session lives without being used, 1 s to 24 h. Default 10 min. Short: who pauses longer has to open
 *     another one. Long: one that is left behind takes its room longer. More than the deadline, or what was tried until then may
 *     have expired before
 * @param deadline how long a call is tried, 100 ms to 1 h, waiting for earlier ones included. Default 30 s: a change of
 *     leader and the restart of a member fit in
 */
public record SessionOptions(Duration ttl, Duration deadline) {
    /** How long a session lives without being used unless told otherwise. */
    public static final Duration TTL_DEFAULT = Duration.ofMinutes(10);

    /** How long a call is tried unless told otherwise. */
    public static final Duration DEADLINE_DEFAULT = Duration.ofSeconds(30);

    private static final Duration TTL_LEAST = Duration.ofMillis(SessionRecord.TTL_MILLIS_LEAST);
    private static final Duration TTL_MOST = Duration.ofMillis(SessionRecord.TTL_MILLIS_MAX);
    private static final Duration DEADLINE_LEAST = Duration.ofMillis(100);
    private static final Duration DEADLINE_MOST = Duration.ofHours(1);

    /** Checks the bounds. */
    public SessionOptions {
        require("ttl", ttl, TTL_LEAST, TTL_MOST);
        require("deadline", deadline, DEADLINE_LEAST, DEADLINE_MOST);
    }

    /** Returns the options that hold when nothing is told. */
    public static SessionOptions defaults() {
        return new SessionOptions(TTL_DEFAULT, DEADLINE_DEFAULT);
    }

    /** Returns the same with another time-to-live. */
    public SessionOptions withTtl(Duration changed) {
        return new SessionOptions(changed, deadline);
    }

    /** Returns the same with another deadline. */
    public SessionOptions withDeadline(Duration changed) {
        return new SessionOptions(ttl, changed);
    }

    private static void require(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("The option of a session is out of its bounds: " + name + "=" + value
                    + " least=" + least + " most=" + most);
        }
    }
}
