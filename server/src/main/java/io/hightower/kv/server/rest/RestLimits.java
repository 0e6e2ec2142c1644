package io.hightower.kv.server.rest;

import java.time.Duration;

/**
 * What all clients of the REST surface together may take from the server, and how slow one of them may be. <b>Immutable.</b>
 *
 * @param bodiesBytesMax bytes of request bodies that are being received, wait, or are being answered. Beyond it requests
 *     are refused; a body that is alone is not
 * @param answersBytesMax bytes of pages and values that clients have not taken yet. Beyond it reads are refused; an answer
 *     that is alone is not
 * @param connectionsMax connections at a time; more are closed at once
 * @param handOverMax how long a write may wait for a thread that hands it to the engine
 * @param patience how long a client may keep the server waiting, beside the time that its bytes take at the least rate
 * @param bytesPerSecondMin the least rate at which bodies come and answers are taken
 */
public record RestLimits(
        long bodiesBytesMax,
        long answersBytesMax,
        int connectionsMax,
        Duration handOverMax,
        Duration patience,
        int bytesPerSecondMin) {
    private static final long BYTES_MAX = 64L * 1024 * 1024;
    private static final int HEAP_SHARE = 8;

    /**
     * Returns the limits of a server: 64 MiB each for bodies and answers, or an eighth of the heap if that is less; 1,024
     * connections; 5 s to hand over; 60 s of patience and 16 KiB a second.
     */
    public static RestLimits defaults() {
        long bytes = Math.min(BYTES_MAX, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
        return new RestLimits(bytes, bytes, 1024, Duration.ofSeconds(5), Duration.ofSeconds(60), 16 * 1024);
    }

    /** Returns the same limits with other bytes of bodies. */
    public RestLimits withBodiesBytesMax(long bytes) {
        return new RestLimits(bytes, answersBytesMax, connectionsMax, handOverMax, patience, bytesPerSecondMin);
    }

    /** Returns the same limits with other bytes of answers. */
    public RestLimits withAnswersBytesMax(long bytes) {
        return new RestLimits(bodiesBytesMax, bytes, connectionsMax, handOverMax, patience, bytesPerSecondMin);
    }

    /** Returns the same limits with another number of connections. */
    public RestLimits withConnectionsMax(int connections) {
        return new RestLimits(bodiesBytesMax, answersBytesMax, connections, handOverMax, patience, bytesPerSecondMin);
    }

    /** Returns the same limits with another wait of writes. */
    public RestLimits withHandOverMax(Duration wait) {
        return new RestLimits(bodiesBytesMax, answersBytesMax, connectionsMax, wait, patience, bytesPerSecondMin);
    }

    /** Returns the same limits for clients that are as slow as this. */
    public RestLimits withSlowness(Duration newPatience, int bytesPerSecond) {
        return new RestLimits(
                bodiesBytesMax, answersBytesMax, connectionsMax, handOverMax, newPatience, bytesPerSecond);
    }

    /** Returns how long a client may take to send or take so many bytes. */
    Duration timeFor(long bytes) {
        return patience.plus(timeAtLeastRate(bytes));
    }

    /** Returns how long so many bytes take at the least rate. */
    Duration timeAtLeastRate(long bytes) {
        return Duration.ofMillis(bytes * 1000 / bytesPerSecondMin);
    }
}
