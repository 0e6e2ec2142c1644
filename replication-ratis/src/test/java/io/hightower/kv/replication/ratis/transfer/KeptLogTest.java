package io.hightower.kv.replication.ratis.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.LogPosition;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KeptLogTest {
    private static final long GIB = 1L << 30;
    private static final Duration LONGER = Duration.ofMinutes(10);

    private final AtomicLong nanos = new AtomicLong();
    private final KeptLog log = new KeptLog(256L << 20, nanos::get);

    private boolean keep(long id, long index, long stateBytes) {
        return log.keep(new StateSender.Transfer(id, new LogPosition(1, index), stateBytes), LONGER);
    }

    @Test
    void whatIsOnItsWayIsKeptUntilItsTimeIsUp() {
        assertThat(keep(1, 50, 0)).isTrue();
        nanos.addAndGet(1);
        assertThat(keep(2, 70, 0)).isTrue();
        assertThat(log.needlessThrough(40, index -> GIB)).isEqualTo(40);
        assertThat(log.needlessThrough(100, index -> GIB)).isEqualTo(50);
        nanos.addAndGet(LONGER.toNanos() - 1);
        assertThat(log.needlessThrough(100, index -> GIB)).isEqualTo(70);
        nanos.addAndGet(1);
        assertThat(log.needlessThrough(100, index -> GIB)).isEqualTo(100);
    }

    @Test
    void tooMuchLogIsGivenUpForGood() {
        keep(1, 50, 0);
        keep(2, 70, 0);
        assertThat(log.needlessThrough(100, index -> index == 50 ? GIB + 1 : GIB))
                .isEqualTo(70);
        assertThat(keep(1, 50, 0)).as("the log may be gone").isFalse();
        assertThat(keep(2, 70, 0)).isTrue();
        assertThat(log.needlessThrough(100, index -> 0)).isEqualTo(70);
    }

    @Test
    void aLargeStateMayTakeAsMuchLogAsItTakesItself() {
        keep(1, 50, 3 * GIB);
        assertThat(log.needlessThrough(100, index -> 3 * GIB)).isEqualTo(50);
        assertThat(log.needlessThrough(100, index -> 3 * GIB + 1)).isEqualTo(100);
    }

    @Test
    void itMayBeSeveralTimesTheUsual() {
        KeptLog large = new KeptLog(GIB, nanos::get);
        large.keep(new StateSender.Transfer(1, new LogPosition(1, 50), 0), LONGER);
        assertThat(large.needlessThrough(100, index -> 4 * GIB)).isEqualTo(50);
        assertThat(large.needlessThrough(100, index -> 4 * GIB + 1)).isEqualTo(100);
    }
}
