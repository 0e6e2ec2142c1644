package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LeaderTimeTest {
    private static final long NOT_READY = -1;

    private final AtomicLong nanos = new AtomicLong(99);
    private final AtomicLong termReady = new AtomicLong(NOT_READY);
    private final TreeMapStateStore store = new TreeMapStateStore();
    private final KvState state = new KvState(store);
    private final LeaderTime time = new LeaderTime(termReady::get, store, nanos::get);

    @Test
    void thereIsNoTimeUnlessThisMemberLeadsAndIsReady() {
        assertThat(time.nowMillis()).isEmpty();
        lead(1);
        assertThat(time.nowMillis()).hasValue(0);
        termReady.set(NOT_READY);
        assertThat(time.nowMillis()).isEmpty();
    }

    @Test
    void aTermBeginsAtTheTimeOfTheStateHoweverLongThisMemberWaitedForIt() {
        pass(1_000_000);
        apply(1, 300);
        pass(1_000_000);
        lead(2);
        assertThat(time.nowMillis()).hasValue(300);
        pass(20);
        assertThat(time.nowMillis()).hasValue(320);
    }

    @Test
    void timePassesFromTheBeginningOfTheTermAlthoughNobodyAsks() {
        apply(1, 300);
        lead(2);
        time.begin();
        pass(20);
        assertThat(time.nowMillis()).hasValue(320);
    }

    @Test
    void whatAClockCountedInAnEarlierTermIsForgotten() {
        lead(1);
        time.begin();
        pass(1_000);
        apply(1, 1_000);
        pass(5_000);
        assertThat(time.nowMillis()).hasValue(6_000);

        termReady.set(NOT_READY);
        apply(2, 1_200);
        lead(3);
        assertThat(time.nowMillis()).hasValue(1_200);
        pass(1);
        assertThat(time.nowMillis()).hasValue(1_201);
    }

    @Test
    void aTermThatFollowsAnotherAtOnceBeginsAnew() {
        lead(1);
        time.begin();
        pass(5_000);
        lead(3);
        assertThat(time.nowMillis()).hasValue(0);
    }

    @Test
    void anEntryAppliedWithALaterTimeMovesTheTimeUp() {
        lead(1);
        time.begin();
        pass(10);
        apply(1, 400);
        assertThat(time.nowMillis()).hasValue(400);
        pass(10);
        assertThat(time.nowMillis()).hasValue(410);
    }

    @Test
    void whatFollowsAnEntryStampedInAnEarlierTermIsNotEarlier() {
        lead(1);
        time.begin();
        pass(5_000);
        long stamped = time.nowMillis().orElseThrow();
        lead(3);
        assertThat(time.nowMillis()).hasValue(0);

        time.logged(3, stamped);
        assertThat(time.nowMillis()).hasValue(5_000);
    }

    @Test
    void anEntryOfAnEarlierTermThatMayHaveBeenDroppedDoesNotMoveTheTime() {
        lead(1);
        time.begin();
        pass(5_000);
        long stamped = time.nowMillis().orElseThrow();
        lead(3);
        time.begin();

        time.logged(1, stamped);
        assertThat(time.nowMillis()).hasValue(0);
    }

    private void lead(long term) {
        termReady.set(term);
    }

    private void pass(long millis) {
        nanos.addAndGet(millis * 1_000_000);
    }

    /** Applies an entry of a term; each term has one. */
    private void apply(long term, long logicalTimeMillis) {
        LogPosition next = new LogPosition(term, store.applied().position().index() + 1);
        state.apply(next, new Entry(logicalTimeMillis, List.of(Command.delete(Bytes.utf8("k")))));
    }
}
