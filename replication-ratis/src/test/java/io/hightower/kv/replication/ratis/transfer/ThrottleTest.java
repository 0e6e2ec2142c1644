package io.hightower.kv.replication.ratis.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThrottleTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong nanos = new AtomicLong(-5);
    private final Throttle throttle = new Throttle(1_000, nanos::get);

    @Test
    void whoComesFirstDoesNotWaitAndWhoComesNextWaitsForThoseBefore() {
        assertThat(throttle.reserve(500)).isZero();
        assertThat(throttle.reserve(1_000)).isEqualTo(SECOND / 2);
        assertThat(throttle.reserve(1)).isEqualTo(SECOND * 3 / 2);
        nanos.addAndGet(SECOND);
        assertThat(throttle.reserve(1)).isEqualTo(SECOND / 2 + SECOND / 1_000);
    }

    @Test
    void timeThatNobodyUsedIsLost() {
        throttle.reserve(1_000);
        nanos.addAndGet(100 * SECOND);
        assertThat(throttle.reserve(2_000)).isZero();
        assertThat(throttle.reserve(1)).isEqualTo(2 * SECOND);
    }

    @Test
    void inTheLongRunTheRateHolds() {
        long sent = 0;
        long begin = nanos.get();
        while (nanos.get() - begin < 50 * SECOND) {
            nanos.addAndGet(throttle.reserve(70));
            sent += 70;
        }
        assertThat(sent).isBetween(50_000L, 50_140L);
    }
}
