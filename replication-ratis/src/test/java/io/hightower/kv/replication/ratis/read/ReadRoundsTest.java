package io.hightower.kv.replication.ratis.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.ReadUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ReadRoundsTest {
    private final ArrayDeque<CompletableFuture<Long>> sought = new ArrayDeque<>();
    private final TreeMap<Long, CompletableFuture<Void>> unapplied = new TreeMap<>();
    private final ReadRounds reads = reads(Duration.ofSeconds(60));

    private ReadRounds reads(Duration patience) {
        return new ReadRounds(
                deadline -> {
                    sought.add(new CompletableFuture<>());
                    return sought.getLast();
                },
                index -> unapplied.computeIfAbsent(index, any -> new CompletableFuture<>()),
                patience,
                Runnable::run);
    }

    @Test
    void passesOnlyWhenThisMemberHasAppliedTheIndex() {
        CompletableFuture<Void> read = reads.await();
        sought.remove().complete(7L);
        assertThat(read).isNotDone();
        unapplied.get(7L).complete(null);
        assertThat(read).isCompleted();
    }

    @Test
    void whoComesWhileAnIndexIsSoughtSharesTheNextOne() {
        CompletableFuture<Void> first = reads.await();
        CompletableFuture<Void> second = reads.await();
        CompletableFuture<Void> third = reads.await();
        assertThat(sought).hasSize(1);

        sought.remove().complete(1L);
        assertThat(sought).as("the next round, which waits for no applying").hasSize(1);
        unapplied.get(1L).complete(null);
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();

        sought.remove().complete(2L);
        unapplied.get(2L).complete(null);
        assertThat(second).isCompleted();
        assertThat(third).isCompleted();
        assertThat(sought).isEmpty();
    }

    @Test
    void aRoundWithoutAnIndexFailsAndTheNextOneBegins() {
        CompletableFuture<Void> read = reads.await();
        CompletableFuture<Void> next = reads.await();
        sought.remove().completeExceptionally(new NotReplicatedException(Reason.STORE_FAILED, "dead"));
        assertThatThrownBy(read::join).hasCauseInstanceOf(ReadUnavailableException.class);
        assertThat(next).isNotDone();
        assertThat(sought).hasSize(1);
    }

    @Test
    void failsWhenTheIndexIsNotAppliedInTime() {
        CompletableFuture<Void> unappliedInTime = reads(Duration.ZERO).await();
        sought.remove().complete(9L);
        assertThatThrownBy(unappliedInTime::join).hasCauseInstanceOf(ReadUnavailableException.class);
    }

    @Test
    void whoIsClosedFailsThoseWhoWaitAndThoseWhoCome() {
        CompletableFuture<Void> waiting = reads.await();
        CompletableFuture<Void> next = reads.await();
        reads.close(new ReadUnavailableException("closed"));
        assertThat(waiting).isDone();
        assertThat(next).isDone();
        assertThatThrownBy(waiting::join).hasCauseInstanceOf(ReadUnavailableException.class);
        assertThatThrownBy(next::join).hasCauseInstanceOf(ReadUnavailableException.class);
        assertThatThrownBy(() -> reads.await().join()).hasCauseInstanceOf(ReadUnavailableException.class);
    }
}
