package io.hightower.kv.server.rest;

import io.hightower.kv.server.listen.ListenAddress;
import java.time.Duration;

/**
 * What the REST surface needs to know. <b>Immutable.</b>
 *
 * @param address where it listens
 * @param requestBytesMax most bytes of keys and values in one request, as configured in the engine; bounds the bodies that
 *     are read
 * @param shutdownGrace how long requests in flight may take to finish when the surface stops
 * @param limits what the clients may take
 */
public record RestOptions(ListenAddress address, int requestBytesMax, Duration shutdownGrace, RestLimits limits) {
    /** Room in a body for the JSON around the value and for fields that are ignored, in bytes. */
    private static final int BODY_SLACK_BYTES = 64 * 1024;

    /** Leaves the limits at their defaults. */
    public RestOptions(ListenAddress address, int requestBytesMax, Duration shutdownGrace) {
        this(address, requestBytesMax, shutdownGrace, RestLimits.defaults());
    }

    /** Returns the most bytes that a body may have: base64 makes four out of three. */
    int bodyBytesMax() {
        return Math.toIntExact((requestBytesMax + 2L) / 3 * 4 + BODY_SLACK_BYTES);
    }
}
