package io.hightower.kv.statemachine.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LogicalClockTest {
    private static final long MILLI_NANOS = 1_000_000;

    private final AtomicLong nanos = new AtomicLong(-7);

    @Test
    void beginsWhereTheStateStandsWhateverTheMonotonicClockSays() {
        for (long origin : new long[] {0, 1, -1, 123_456_789_012_345L, Long.MAX_VALUE, Long.MIN_VALUE}) {
            nanos.set(origin);
            assertThat(begunAt(1_700).nowMillis()).isEqualTo(1_700);
        }
    }

    @Test
    void goesOnByWhatThePassingOfTheMonotonicClockAddsUpTo() {
        LogicalClock clock = begunAt(1_000);
        pass(250 * MILLI_NANOS);
        assertThat(clock.nowMillis()).isEqualTo(1_250);
        pass(86_400_000 * MILLI_NANOS);
        assertThat(clock.nowMillis()).isEqualTo(86_401_250);
    }

    @Test
    void partsOfAMillisecondAreRoundedDownAndNotLost() {
        LogicalClock clock = begunAt(0);
        pass(600_000);
        assertThat(clock.nowMillis()).isZero();
        pass(399_999);
        assertThat(clock.nowMillis()).isZero();
        pass(1);
        assertThat(clock.nowMillis()).isEqualTo(1);
    }

    @Test
    void goesOnWhenTheMonotonicClockOverflows() {
        nanos.set(Long.MAX_VALUE - 5);
        LogicalClock clock = begunAt(10);
        pass(3 * MILLI_NANOS);
        assertThat(clock.nowMillis()).isEqualTo(13);
    }

    @Test
    void aLaterEntryMovesItUpAndItGoesOnFromThere() {
        LogicalClock clock = begunAt(100);
        pass(30 * MILLI_NANOS);
        clock.advanceTo(500);
        assertThat(clock.nowMillis()).isEqualTo(500);
        pass(MILLI_NANOS);
        assertThat(clock.nowMillis()).isEqualTo(501);
    }

    @Test
    void anEntryThatIsNotLaterChangesNothing() {
        LogicalClock clock = begunAt(100);
        pass(30 * MILLI_NANOS);
        clock.advanceTo(130);
        clock.advanceTo(129);
        clock.advanceTo(0);
        pass(MILLI_NANOS);
        assertThat(clock.nowMillis()).isEqualTo(131);
    }

    @Test
    void neverGoesBackForAnyOfTheThreadsThatAskAndMoveItUp() {
        LogicalClock clock = new LogicalClock(() -> nanos.addAndGet(300_000), 0);
        List<CompletableFuture<Boolean>> orderly = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            orderly.add(CompletableFuture.supplyAsync(() -> isOrderly(clock)));
        }
        assertThat(orderly).allMatch(CompletableFuture::join);
    }

    private static boolean isOrderly(LogicalClock clock) {
        long before = 0;
        for (int i = 0; i < 20_000; i++) {
            clock.advanceTo(i * 7L);
            long now = clock.nowMillis();
            if (now < before || now < i * 7L) {
                return false;
            }
            before = now;
        }
        return true;
    }

    private LogicalClock begunAt(long appliedMillis) {
        return new LogicalClock(nanos::get, appliedMillis);
    }

    private void pass(long passedNanos) {
        nanos.addAndGet(passedNanos);
    }
}
