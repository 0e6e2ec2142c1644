package io.hightower.kv.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.benchmarks.measure.LatencyHistogram;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class SteadyWriterTest {
    private static final long SLOW_NANOS = 50_000_000;
    private static final int PER_SECOND = 1_000;

    @Test
    void countsWritesThatASlowOneKeepsFromTheirTurn() {
        CountDownLatch slowOne = new CountDownLatch(1);
        AtomicLong writes = new AtomicLong();
        SteadyWriter writer = new SteadyWriter(
                () -> {
                    if (writes.incrementAndGet() == 1) {
                        LockSupport.parkNanos(SLOW_NANOS);
                        slowOne.countDown();
                    }
                },
                PER_SECOND);
        LatencyHistogram latencies = new LatencyHistogram();
        writer.countInto(latencies);

        writer.begin();
        await(() -> slowOne.getCount() == 0);
        writer.end();

        // 50 ms at a write each millisecond: one of 50 ms, one of 49, and so on.
        assertThat(latencies.count() - writes.get()).isBetween(45L, 1_000_000L);
        assertThat(latencies.percentileNanos(1)).isGreaterThanOrEqualTo(SLOW_NANOS);
    }

    @Test
    void keepsItsPace() {
        AtomicLong writes = new AtomicLong();
        SteadyWriter writer = new SteadyWriter(writes::incrementAndGet, PER_SECOND);

        writer.begin();
        await(() -> writes.get() >= 20);
        double perSecond = writer.end();

        assertThat(perSecond).isPositive().isLessThanOrEqualTo(PER_SECOND * 1.1);
    }

    @Test
    void failsWithWhatAWriteThrew() {
        AtomicLong writes = new AtomicLong();
        SteadyWriter writer = new SteadyWriter(
                () -> {
                    writes.incrementAndGet();
                    throw new IllegalArgumentException("no room");
                },
                PER_SECOND);

        writer.begin();
        await(() -> writes.get() == 1);

        assertThatThrownBy(writer::end).hasRootCauseMessage("no room");
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(condition);
    }
}
