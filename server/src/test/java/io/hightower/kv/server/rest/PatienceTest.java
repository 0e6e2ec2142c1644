package io.hightower.kv.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final RestLimits LIMITS = RestLimits.defaults().withSlowness(Duration.ofSeconds(60), 1000);

    private final Patience patience = new Patience(LIMITS);

    private static long nanos(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void waitsForAReaderThatStopsForAWhile() {
        assertThat(patience.nanosFor(4000)).isEqualTo(nanos(64));
    }

    @Test
    void endsWithAReaderThatIsSlowerThanTheLeastRateForLong() {
        // 1,000 bytes in 21 s each: every single wait is short, but 20 s of patience go with every one.
        for (int i = 0; i < 3; i++) {
            assertThat(patience.nanosFor(1000)).isGreaterThanOrEqualTo(nanos(21));
            patience.taken(1000, nanos(21));
        }

        assertThat(patience.nanosFor(1000)).isLessThan(nanos(21));
    }

    @Test
    void lastsForEverAtTheLeastRate() {
        for (int i = 0; i < 10_000; i++) {
            patience.taken(1000, nanos(1));
        }

        assertThat(patience.nanosFor(0)).isEqualTo(nanos(60));
    }

    @Test
    void savesNothingUpForAFastReader() {
        for (int i = 0; i < 10_000; i++) {
            patience.taken(1_000_000, 0);
        }

        assertThat(patience.nanosFor(0)).isEqualTo(nanos(60));
    }
}
