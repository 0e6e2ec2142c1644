package io.hightower.kv.statemachine;

/**
 * A session: the commands of one caller, numbered, each applied at most once. Its times are logical ones, carried by entries.
 *
 * <p><b>Immutable.</b>
 *
 * @param id chosen by whoever opened it, at random so that it is never used twice; any number but 0
 * @param ttlMillis how long it lives without being used, {@value #TTL_MILLIS_LEAST} to {@value #TTL_MILLIS_MAX}
 * @param usedMillis the logical time of its last use
 * @param sequence the number of the last command that was applied; 0 before the first one
 * @param answer the result of that command as {@link io.hightower.kv.statemachine.codec.SessionCodec} encodes it; nothing if
 *     it has more than {@value #ANSWER_BYTES_MAX} bytes, or before the first command
 */
public record SessionRecord(long id, long ttlMillis, long usedMillis, long sequence, Bytes answer) {
    /** No session has this id. */
    public static final long NO_SESSION = 0;

    /** Shortest time-to-live: a second. */
    public static final long TTL_MILLIS_LEAST = 1000;

    /** Longest time-to-live: a day. A session that nobody uses takes memory on every member so long. */
    public static final long TTL_MILLIS_MAX = 24L * 60 * 60 * 1000;

    /** Most bytes of a result that is kept. With {@link #COUNT_MAX} it bounds the memory of sessions: 160 MiB at the very most. */
    public static final int ANSWER_BYTES_MAX = 16 * 1024;

    /** Most sessions at one time. Part of what applying an entry depends on, so the same on every member. */
    public static final int COUNT_MAX = 10_000;

    /** Checks id and time-to-live, and that the sequence is not negative. */
    public SessionRecord {
        requireId(id);
        requireTtl(ttlMillis);
        if (sequence < 0 || answer.length() > ANSWER_BYTES_MAX) {
            throw new IllegalArgumentException("A session has a sequence of 0 or more, and an answer of at most "
                    + ANSWER_BYTES_MAX + " bytes: sequence=" + sequence + " bytes=" + answer.length());
        }
    }

    /** Returns a session that was opened at a logical time. */
    public static SessionRecord beginning(long id, long ttlMillis, long nowMillis) {
        return new SessionRecord(id, ttlMillis, nowMillis, 0, Bytes.EMPTY);
    }

    /** Tells whether it ended before a logical time: whether more than its time-to-live has passed since its last use. */
    public boolean isExpired(long nowMillis) {
        return nowMillis - usedMillis > ttlMillis;
    }

    /** Returns the session after a use at a logical time that applied nothing. */
    public SessionRecord usedAt(long nowMillis) {
        return new SessionRecord(id, ttlMillis, nowMillis, sequence, answer);
    }

    /** Returns the session after its next command was applied at a logical time. */
    public SessionRecord answered(long nowMillis, Bytes keptAnswer) {
        return new SessionRecord(id, ttlMillis, nowMillis, sequence + 1, keptAnswer);
    }

    static void requireId(long id) {
        if (id == NO_SESSION) {
            throw new IllegalArgumentException("A session cannot have the id 0");
        }
    }

    static void requireTtl(long ttlMillis) {
        if (ttlMillis < TTL_MILLIS_LEAST || ttlMillis > TTL_MILLIS_MAX) {
            throw new IllegalArgumentException("The time-to-live of a session must be " + TTL_MILLIS_LEAST + " to "
                    + TTL_MILLIS_MAX + " ms: ttlMillis=" + ttlMillis);
        }
    }
}
