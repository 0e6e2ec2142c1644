package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LogEndTest {
    private final AtomicReference<CompletableFuture<Long>> log = new AtomicReference<>(new CompletableFuture<>());

    @Test
    void aLogThatDoesNotAnswerHoldsUpNobody() {
        try (LogEnd end = new LogEnd(() -> log.get().join())) {
            assertThat(end.look()).as("nobody was asked yet").isEqualTo(-1);
            assertThat(end.look()).isEqualTo(LogEnd.UNANSWERED);
            assertThat(end.look()).isEqualTo(LogEnd.UNANSWERED);

            log.get().complete(7L);
            TestCluster.await("the answer comes", () -> end.look() == 7);

            log.set(CompletableFuture.failedFuture(new IllegalStateException("closed")));
            TestCluster.await("a closed log has no end", () -> end.look() == -1);
        }
    }
}
