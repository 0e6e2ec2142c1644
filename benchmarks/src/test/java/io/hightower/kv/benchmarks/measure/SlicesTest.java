package io.hightower.kv.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SlicesTest {
    private static final long NANOS = 2_000_000;

    @Test
    void countsEveryOperationAndTimesOneOfSoMany() {
        AtomicLong done = new AtomicLong();

        Sample sample = new Slices(1, 8, new Stop()).run(NANOS, thread -> done::incrementAndGet);

        assertThat(done.get()).isEqualTo(sample.latencies().count() * 8);
        assertThat(sample.value()).isEqualTo(sample.opsPerSecond()).isGreaterThan(0);
        // The slice lasts at least so long.
        assertThat(sample.opsPerSecond()).isLessThanOrEqualTo(done.get() * 1e9 / NANOS);
    }

    @Test
    void makesTheOperationOfEachThread() {
        Set<Integer> threads = ConcurrentHashMap.newKeySet();

        new Slices(5, 1, new Stop()).run(NANOS, thread -> () -> threads.add(thread));

        assertThat(threads).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    }

    @Test
    void failsWithWhatAnOperationThrows() {
        Slices slices = new Slices(2, 1, new Stop());

        assertThatThrownBy(() -> slices.run(NANOS, thread -> () -> {
                    throw new IllegalStateException("wrong answer");
                }))
                .hasMessage("wrong answer");
    }

    @Test
    void endsEarlyWhenAskedTo() {
        Stop stop = new Stop();

        assertThatThrownBy(() -> new Slices(1, 1, stop).run(Long.MAX_VALUE / 2, thread -> stop::request))
                .isInstanceOf(Stop.Stopped.class);
    }
}
