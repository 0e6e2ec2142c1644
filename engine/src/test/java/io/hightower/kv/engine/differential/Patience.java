package io.hightower.kv.engine.differential;

import java.util.concurrent.TimeUnit;

/**
 * How long a watch of etcd is waited for when it tells less than is expected. Once something differed it is short: that program
 * is then carried out again and again to shorten it. <b>Used by one thread at a time.</b>
 */
final class Patience {
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private long nanos = LONG_NANOS;

    long nanos() {
        return nanos;
    }

    void wearOut() {
        nanos = SHORT_NANOS;
    }
}
