package io.hightower.kv.replication.ratis.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatePinsTest {
    private final TreeMapStateStore store = new TreeMapStateStore();
    private final AtomicLong nanos = new AtomicLong();
    private final List<String> kept = new ArrayList<>();
    private boolean isLogKept = true;
    private final StatePins pins = new StatePins(store, this::keep, nanos::get, 100);

    @BeforeEach
    void writeSomething() {
        apply(5);
    }

    private void apply(long index) {
        new KvState(store)
                .apply(
                        new LogPosition(1, index),
                        new Entry(index, List.of(Command.put(Bytes.utf8("k"), Bytes.utf8("v" + index)))));
    }

    private boolean keep(StateSender.Transfer transfer, Duration longer) {
        kept.add(transfer.id() + "@" + transfer.position().index() + " for " + longer.toSeconds());
        return isLogKept;
    }

    private void passTimeToLive() {
        nanos.addAndGet(StatePins.TIME_TO_LIVE.toNanos());
    }

    private static void assertRefused(Runnable asking, String why) {
        assertThatThrownBy(asking::run)
                .isInstanceOf(StatePins.RefusedException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aReceiverHasOnePin() {
        StatePins.Pin first = pins.begin("a", 0);
        assertThat(pins.begin("a", 5)).isSameAs(first);
        apply(7);
        assertThat(pins.begin("a", 5)).isSameAs(first);

        StatePins.Pin second = pins.begin("a", 6);

        assertThat(second.position().index()).isEqualTo(7);
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(pins.size()).isEqualTo(1);
        assertRefused(() -> pins.acquire("a", first.id()), "has ended");
        assertRefused(() -> pins.begin("a", 8), "does not reach far enough: index=7 needed=8");
    }

    @Test
    void twoReceiveAtATime() {
        pins.begin("a", 0);
        StatePins.Pin second = pins.begin("b", 0);
        assertRefused(() -> pins.begin("c", 0), "Other members");
        pins.end("b", second.id());
        assertThat(pins.begin("c", 0)).isNotNull();
    }

    @Test
    void aPinEndsWhenNobodyReads() {
        StatePins.Pin pin = pins.begin("a", 0);
        nanos.addAndGet(StatePins.TIME_TO_LIVE.toNanos() - 1);
        assertThat(pins.dropExpired()).isEqualTo(1);
        nanos.addAndGet(1);
        assertThat(pins.dropExpired()).isZero();
        assertRefused(() -> pins.acquire("a", pin.id()), "has ended");
    }

    @Test
    void readingLetsAPinLive() throws Exception {
        StatePins.Pin pin = pins.begin("a", 0);
        StatePins.Pin reading = pins.acquire("a", pin.id());
        passTimeToLive();
        assertThat(pins.dropExpired()).as("somebody reads").isEqualTo(1);
        pins.advance(reading, 0, 1);
        pins.release(reading);
        nanos.addAndGet(StatePins.TIME_TO_LIVE.toNanos() - 1);
        assertThat(pins.dropExpired()).as("somebody has read").isEqualTo(1);
        try (InputStream content = pins.acquire("a", pin.id()).open(0, 0)) {
            assertThat(content.readAllBytes()).hasSize((int) pin.files().get(0).length());
        }
    }

    @Test
    void theLogIsKeptWhileAReceiverGetsFurther() {
        StatePins.Pin pin = pins.begin("a", 0);
        pins.acquire("a", pin.id());
        pins.advance(pin, 0, 10);
        pins.advance(pin, 0, 10);
        pins.advance(pin, 1, 5);
        pins.advance(pin, 0, 20);
        assertThat(kept).containsExactly("101@5 for 600", "101@5 for 600", "101@5 for 600");
    }

    @Test
    void aReceiverThatFailsEveryTimeHoldsNoStateForEver() {
        StatePins.Pin first = pins.begin("a", 0);
        StatePins.Pin now = first;
        for (int minute = 1; minute < 10; minute++) {
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
            now = pins.begin("a", 0);
            pins.acquire("a", now.id());
            pins.advance(now, 0, 7);
            pins.release(now);
        }
        assertThat(now).as("it got no further since the first attempt").isSameAs(first);
        assertThat(kept.get(kept.size() - 1)).as("the time that is left").isEqualTo("101@5 for 120");

        nanos.addAndGet(Duration.ofMinutes(2).toNanos());
        apply(9);

        assertThat(pins.begin("a", 0).position().index()).isEqualTo(9);
        assertRefused(() -> pins.acquire("a", first.id()), "has ended");
    }

    @Test
    void aReadingThatHangsDoesNotKeepANewAttemptFromANewerState() {
        StatePins.Pin first = pins.begin("a", 0);
        pins.acquire("a", first.id());
        passTimeToLive();
        apply(9);
        assertThat(pins.begin("a", 0).position().index()).isEqualTo(9);
        pins.advance(first, 3, 3);
        assertThat(kept).as("nothing is kept for the old one").last().isEqualTo("102@9 for 600");
    }

    @Test
    void aTransferEndsWhenTooMuchLogIsKeptForIt() {
        StatePins.Pin first = pins.begin("a", 0);
        pins.acquire("a", first.id());
        isLogKept = false;
        assertRefused(() -> pins.advance(first, 0, 10), "begin again");
        pins.release(first);
        assertThat(pins.size()).isZero();

        isLogKept = true;
        StatePins.Pin second = pins.begin("a", 0);
        isLogKept = false;
        apply(9);
        assertThat(pins.begin("a", 0))
                .as("the log after the first state is gone")
                .isNotSameAs(second);
    }

    @Test
    void onlyItsReceiverReadsAPinAndOnlyWhatIsThere() {
        StatePins.Pin pin = pins.begin("a", 0);
        assertRefused(() -> pins.acquire("b", pin.id()), "has ended");
        assertRefused(() -> pins.acquire("a", pin.id() + 1), "has ended");
        long length = pin.files().get(0).length();
        for (long[] place : new long[][] {{-1, 0}, {pin.files().size(), 0}, {0, -1}, {0, length + 1}}) {
            assertThatThrownBy(() -> pin.open((int) place[0], place[1]))
                    .isInstanceOf(StatePins.RefusedException.class)
                    .hasMessageContaining("no such place");
        }
        pins.end("b", pin.id());
        pins.end("a", pin.id() + 1);
        assertThat(pins.size()).isEqualTo(1);
    }

    @Test
    void closingDropsAll() {
        pins.begin("a", 0);
        pins.close();
        assertThat(pins.size()).isZero();
        assertRefused(() -> pins.begin("a", 0), "closing");
    }
}
