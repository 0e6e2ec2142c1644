package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class LogBarrierTest {
    private final ArrayDeque<Submission> proposed = new ArrayDeque<>();
    private final LogBarrier barrier = new LogBarrier(proposed::offer);

    private CompletableFuture<Long> confirm() {
        return barrier.confirm(System.nanoTime() + Duration.ofSeconds(60).toNanos());
    }

    @Test
    void theIndexIsThatOfAnEntryThatChangesNothing() {
        CompletableFuture<Long> index = confirm();
        Submission entry = proposed.remove();
        assertThat(entry.commands()).hasSize(1).allMatch(LogBarrier::isBarrier);
        entry.receiver().succeeded(7, List.of());
        assertThat(index).isCompletedWithValue(7L);
    }

    @Test
    void isTriedAgainWhenTheLeaderWasLost() {
        CompletableFuture<Long> index = confirm();
        proposed.remove().receiver().failed(new OutcomeUnknownException("connection broke"));
        proposed.remove().receiver().failed(new NotReplicatedException(Reason.NO_LEADER, "deposed"));
        proposed.remove().receiver().succeeded(3, List.of());
        assertThat(index).isCompletedWithValue(3L);
    }

    @Test
    void failsWhenTryingAgainIsOfNoUse() {
        CompletableFuture<Long> index = confirm();
        proposed.remove().receiver().failed(new NotReplicatedException(Reason.STORE_FAILED, "dead"));
        assertThatThrownBy(index::join).hasCauseInstanceOf(NotReplicatedException.class);
        assertThat(proposed).isEmpty();
    }

    @Test
    void failsWhenNothingIsTakenAnyMore() {
        LogBarrier closed = new LogBarrier(any -> false);
        assertThatThrownBy(() -> closed.confirm(System.nanoTime()).join())
                .hasCauseInstanceOf(ReadUnavailableException.class);
    }

    @Test
    void failsWhenItsTimeIsUp() {
        CompletableFuture<Long> late = barrier.confirm(System.nanoTime());
        proposed.remove().receiver().failed(new OutcomeUnknownException("too late"));
        assertThatThrownBy(late::join).hasCauseInstanceOf(OutcomeUnknownException.class);
    }
}
