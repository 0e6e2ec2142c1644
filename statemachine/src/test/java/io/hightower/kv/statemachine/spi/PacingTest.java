package io.hightower.kv.statemachine.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacingTest {
    private static final long MILLI_NANOS = 1_000_000;
    private static final int KIB = 1024;

    private final List<Long> sleeps = new ArrayList<>();
    private long kibNanos;
    private long now = 1;
    private long oversleptNanos;
    private final Pacing pacing = new Pacing(() -> kibNanos, () -> now, this::sleep);

    @Test
    void aStoreThatKeepsUpCostsNothing() {
        assertThat(write()).isTrue();
        assertThat(sleeps).isEmpty();
    }

    @Test
    void smallPricesAddUpUntilTheyAreWorthASleep() {
        kibNanos = MILLI_NANOS / 10;
        for (int i = 0; i < 50; i++) {
            assertThat(write()).isTrue();
        }
        assertThat(sleeps).hasSize(10).allMatch(slept -> slept == MILLI_NANOS / 2);
    }

    @Test
    void sleepsInShortStepsAndEndsWhenTheStoreHasCaughtUp() {
        kibNanos = 100 * MILLI_NANOS;
        assertThat(write()).isTrue();
        assertThat(sleeps).hasSize(20).allMatch(slept -> slept == Pacing.STEP_NANOS);

        sleeps.clear();
        oversleptNanos = -1;
        assertThat(write()).isTrue();
        assertThat(sleeps).hasSize(1);
    }

    @Test
    void setsOffASleepThatTookLongerAgainstTheNextOnes() {
        kibNanos = MILLI_NANOS;
        oversleptNanos = 3 * MILLI_NANOS;
        for (int i = 0; i < 12; i++) {
            assertThat(write()).isTrue();
        }
        assertThat(sleeps).hasSize(3);
    }

    @Test
    void neverWaitsLongerThanASecondForOneGroup() {
        kibNanos = Long.MAX_VALUE - 1;
        assertThat(write()).isTrue();
        assertThat(sleeps.stream().mapToLong(Long::longValue).sum()).isEqualTo(Pacing.PRICE_NANOS_MOST);
    }

    @Test
    void refusesAtOnceWhenWritesAreStopped() {
        kibNanos = StateStore.WRITES_STOPPED;
        assertThat(write()).isFalse();
        assertThat(sleeps).isEmpty();
    }

    @Test
    void asksForBytesNotForGroups() {
        kibNanos = MILLI_NANOS;
        pacing.owe(KIB / 4);
        assertThat(pacing.pay()).isTrue();
        assertThat(sleeps).isEmpty();

        pacing.owe(3 * KIB);
        assertThat(pacing.pay()).isTrue();
        assertThat(sleeps).containsExactly(3 * MILLI_NANOS + MILLI_NANOS / 4);
    }

    private boolean write() {
        pacing.owe(KIB);
        return pacing.pay();
    }

    /** Sleeps by the clock of the test; told a negative time to oversleep, the store has caught up meanwhile. */
    private void sleep(long nanos) {
        sleeps.add(nanos);
        now += nanos + Math.max(0, oversleptNanos);
        if (oversleptNanos < 0) {
            kibNanos = 0;
        }
    }
}
