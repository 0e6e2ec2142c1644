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

final class ReadBarrierTest {
    private final ArrayDeque<Submission> proposed = new ArrayDeque<>();
    private final AppliedIndex applied = new AppliedIndex(Runnable::run, 0);
    private final ReadBarrier barrier =
            new ReadBarrier(proposed::offer, applied, Duration.ofSeconds(60), Runnable::run);

    /** Answers the oldest proposed barrier as the log would. */
    private void commit(long index) {
        proposed.remove().receiver().succeeded(index, List.of());
    }

    @Test
    void passesOnlyWhenThisMemberHasAppliedTheEntry() {
        CompletableFuture<Void> read = barrier.await();
        commit(7);
        applied.advance(6);
        assertThat(read).isNotDone();
        applied.advance(7);
        assertThat(read).isCompleted();
    }

    @Test
    void whoComesWhileARoundIsUnderWaySharesTheNextOne() {
        CompletableFuture<Void> first = barrier.await();
        CompletableFuture<Void> second = barrier.await();
        CompletableFuture<Void> third = barrier.await();
        assertThat(proposed).hasSize(1);

        commit(1);
        assertThat(proposed).as("the next round").hasSize(1);
        applied.advance(1);
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();

        commit(2);
        applied.advance(2);
        assertThat(second).isCompleted();
        assertThat(third).isCompleted();
        assertThat(proposed).isEmpty();
    }

    @Test
    void isTriedAgainWhenTheLeaderWasLost() {
        CompletableFuture<Void> read = barrier.await();
        proposed.remove().receiver().failed(new OutcomeUnknownException("connection broke"));
        proposed.remove().receiver().failed(new NotReplicatedException(Reason.NO_LEADER, "deposed"));
        commit(3);
        applied.advance(3);
        assertThat(read).isCompleted();
    }

    @Test
    void failsWhenTryingAgainIsOfNoUse() {
        CompletableFuture<Void> read = barrier.await();
        CompletableFuture<Void> next = barrier.await();
        proposed.remove().receiver().failed(new NotReplicatedException(Reason.STORE_FAILED, "dead"));
        assertThatThrownBy(read::join).hasCauseInstanceOf(ReadUnavailableException.class);
        assertThat(next).isNotDone();
        assertThat(proposed).as("the next round").hasSize(1);
    }

    @Test
    void failsWhenNothingIsTakenAnyMore() {
        ReadBarrier closed = new ReadBarrier(any -> false, applied, Duration.ofSeconds(60), Runnable::run);
        assertThatThrownBy(() -> closed.await().join()).hasCauseInstanceOf(ReadUnavailableException.class);
    }

    @Test
    void failsWhenItsTimeIsUp() {
        ReadBarrier hurried = new ReadBarrier(proposed::offer, applied, Duration.ZERO, Runnable::run);
        CompletableFuture<Void> unanswered = hurried.await();
        proposed.remove().receiver().failed(new OutcomeUnknownException("too late"));
        assertThatThrownBy(unanswered::join).hasCauseInstanceOf(ReadUnavailableException.class);

        CompletableFuture<Void> unapplied = hurried.await();
        commit(9);
        assertThatThrownBy(unapplied::join).hasCauseInstanceOf(ReadUnavailableException.class);
    }
}
