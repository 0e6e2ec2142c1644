package io.hightower.kv.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    @Test
    void isExactForShortDurations() {
        LatencyHistogram latencies = new LatencyHistogram();
        for (int nanos = 1; nanos <= 100; nanos++) {
            latencies.record(nanos);
        }

        assertThat(latencies.count()).isEqualTo(100);
        assertThat(latencies.percentileNanos(0.5)).isEqualTo(50);
        assertThat(latencies.percentileNanos(0.99)).isEqualTo(99);
        assertThat(latencies.percentileNanos(1)).isEqualTo(100);
        assertThat(latencies.percentileNanos(0.001)).isEqualTo(1);
    }

    @Test
    void isNeverBelowTheDurationAndAtMostOneHundredTwentyEighthAboveIt() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            long nanos = random.nextLong() >>> (22 + random.nextInt(40));
            LatencyHistogram latencies = new LatencyHistogram();
            latencies.record(nanos);

            long told = latencies.percentileNanos(1);
            assertThat(told).isBetween(nanos, nanos + nanos / 128);
        }
    }

    @Test
    void agreesWithSortedDurations() {
        Random random = new Random(8);
        long[] nanos = random.longs(5_000, 0, 3_000_000_000L)
                .map(each -> each >>> random.nextInt(20))
                .toArray();
        LatencyHistogram latencies = new LatencyHistogram();
        Arrays.stream(nanos).forEach(latencies::record);
        Arrays.sort(nanos);

        for (double share : new double[] {0.01, 0.5, 0.9, 0.99, 0.999, 1}) {
            long exact = nanos[(int) Math.ceil(share * nanos.length) - 1];
            assertThat(latencies.percentileNanos(share)).isBetween(exact, exact + exact / 128);
        }
    }

    @Test
    void addsWhatAnotherCounted() {
        LatencyHistogram one = new LatencyHistogram();
        LatencyHistogram other = new LatencyHistogram();
        one.record(10);
        other.record(30);
        other.record(40);

        one.add(other);

        assertThat(one.count()).isEqualTo(3);
        assertThat(one.percentileNanos(0.5)).isEqualTo(30);
    }

    @Test
    void countsDurationsBeyondItsRangeAsTheLongest() {
        LatencyHistogram latencies = new LatencyHistogram();
        latencies.record(Long.MAX_VALUE);
        latencies.record(-5);

        assertThat(latencies.percentileNanos(0.5)).isZero();
        assertThat(latencies.percentileNanos(1)).isGreaterThan(3_600_000_000_000L);
    }

    @Test
    void refusesWhatIsNoShare() {
        assertThatThrownBy(() -> new LatencyHistogram().percentileNanos(0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LatencyHistogram().percentileNanos(1.01)).hasMessageContaining("share=1.01");
        assertThat(new LatencyHistogram().percentileNanos(0.5)).isZero();
    }

    @Test
    void textHoldsWhatWasCounted() {
        LatencyHistogram histogram = new LatencyHistogram();
        for (long nanos : new long[] {0, 5, 5, 1_000, 123_456_789}) {
            histogram.record(nanos);
        }
        LatencyHistogram read = new LatencyHistogram();
        read.addEncoded(histogram.encoded());
        read.addEncoded(new LatencyHistogram().encoded());

        assertThat(read.count()).isEqualTo(5);
        for (double share : new double[] {0.1, 0.5, 0.8, 1}) {
            assertThat(read.percentileNanos(share)).isEqualTo(histogram.percentileNanos(share));
        }
    }
}
