package io.hightower.kv.replication.ratis.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.spi.Metrics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ReadIndexTest {
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(50);

    private final ScriptedLeadership leadership = new ScriptedLeadership();
    private final List<String> asked = new ArrayList<>();
    private final ArrayDeque<CompletableFuture<Long>> answers = new ArrayDeque<>();
    private final CompletableFuture<Long> logged = new CompletableFuture<>();

    private ReadIndex readIndex(Duration patience) {
        return new ReadIndex(
                new ConfirmationRounds(leadership, Runnable::run),
                leader -> {
                    asked.add(leader);
                    return answers.remove();
                },
                deadline -> logged,
                patience,
                new ReadIndex.Surroundings(leadership, Runnable::run, Metrics.none()));
    }

    private static long in(long nanos) {
        return System.nanoTime() + nanos;
    }

    @Test
    void theLeaderConfirmsItself() {
        leadership.votersAre(List.of("me"));
        assertThat(readIndex(Duration.ofSeconds(50)).confirm(in(LONG_NANOS))).isCompletedWithValue(10L);
        assertThat(asked).isEmpty();
    }

    @Test
    void aFollowerAsksTheLeader() {
        leadership.follows("b");
        answers.add(CompletableFuture.completedFuture(33L));
        assertThat(readIndex(Duration.ofSeconds(50)).confirm(in(LONG_NANOS))).isCompletedWithValue(33L);
        assertThat(asked).containsExactly("b");
    }

    @Test
    void aMemberThatNoLongerLeadsOrCannotBeReachedIsAskedAgain() {
        leadership.follows("b");
        answers.add(CompletableFuture.completedFuture(ConfirmationRounds.NOT_LEADING));
        answers.add(CompletableFuture.failedFuture(new IllegalStateException("unreachable")));
        answers.add(CompletableFuture.completedFuture(34L));
        assertThat(readIndex(Duration.ofSeconds(50)).confirm(in(LONG_NANOS)).join())
                .isEqualTo(34L);
        assertThat(asked).containsExactly("b", "b", "b");
    }

    @Test
    void whenNobodyConfirmsInTimeTheLogDecides() {
        CompletableFuture<Long> confirmed = readIndex(Duration.ofMillis(5)).confirm(in(LONG_NANOS));
        logged.complete(77L);
        assertThat(confirmed.join()).isEqualTo(77L);
    }

    @Test
    void withoutALeaderItFailsWhenTheTimeIsUp() {
        leadership.leadsInTerm(-1);
        CompletableFuture<Long> confirmed =
                readIndex(Duration.ofSeconds(50)).confirm(in(TimeUnit.MILLISECONDS.toNanos(50)));
        assertThatThrownBy(confirmed::join).hasCauseInstanceOf(ReadUnavailableException.class);
    }
}
