package io.hightower.kv.statemachine;

/**
 * The sizes that a request may have, checked before a command is proposed: once it is logged, applying may not refuse it.
 *
 * <p><b>Immutable.</b>
 *
 * @param requestBytesMax most bytes of keys and values in one command, a batch counted as a whole; 1 KiB to 64 MiB
 */
public record Limits(int requestBytesMax) {
    /** Most bytes of a key. Fixed, because it is part of what decoders accept. */
    public static final int KEY_BYTES_MAX = 32 * 1024;

    /** Greatest explicit version. Far below the end of {@code long}, so that later writes can always count on from it. */
    public static final long VERSION_MAX = 1L << 62;

    /** Most commands of a batch. Fixed, so that every mode and member takes the same batches. */
    public static final int BATCH_COMMANDS_MAX = 32_000;

    /** Most bytes of a request unless configured otherwise: 1.5 MiB, as in etcd. */
    public static final int REQUEST_BYTES_DEFAULT = 1536 * 1024;

    private static final int REQUEST_BYTES_LEAST = 1024;
    private static final int REQUEST_BYTES_MOST = 64 * 1024 * 1024;

    /** Checks that the limit is in range. */
    public Limits {
        if (requestBytesMax < REQUEST_BYTES_LEAST || requestBytesMax > REQUEST_BYTES_MOST) {
            throw new IllegalArgumentException("requestBytesMax must be " + REQUEST_BYTES_LEAST + " to "
                    + REQUEST_BYTES_MOST + ": requestBytesMax=" + requestBytesMax);
        }
    }

    /** Returns the limits that hold when nothing is configured. */
    public static Limits defaults() {
        return new Limits(REQUEST_BYTES_DEFAULT);
    }

    /**
     * Refuses a command that is larger than a request may be.
     *
     * @return the command's weight in bytes, an upper bound of its encoded size
     * @throws TooLargeException naming size and limit
     */
    public int requireWithin(Command command) {
        Command asked = command instanceof Command.InSession inSession ? inSession.command() : command;
        if (asked instanceof Command.Batch batch && batch.commands().size() > BATCH_COMMANDS_MAX) {
            throw new TooLargeException("The batch is too large: commands="
                    + batch.commands().size() + " commandsMax=" + BATCH_COMMANDS_MAX);
        }
        Weight weight = Weight.of(command);
        if (weight.payloadBytes() > requestBytesMax) {
            throw new TooLargeException("The request", weight.payloadBytes(), requestBytesMax);
        }
        return Math.toIntExact(weight.totalBytes());
    }

    /** Returns an upper bound of the bytes that the command takes in an entry. */
    public static long weight(Command command) {
        return Weight.of(command).totalBytes();
    }

    /**
     * Refuses a key that is empty or too long.
     *
     * @throws IllegalArgumentException if the key is empty
     * @throws TooLargeException if it is longer than {@link #KEY_BYTES_MAX}
     */
    public static void requireKey(Bytes key) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("A key needs at least one byte");
        }
        if (key.length() > KEY_BYTES_MAX) {
            throw new TooLargeException("The key", key.length(), KEY_BYTES_MAX);
        }
    }

    static void requireVersion(long version) {
        if (version < 0 || version > VERSION_MAX) {
            throw new IllegalArgumentException(
                    "An explicit version must be 1 to " + VERSION_MAX + ": version=" + version);
        }
    }
}
