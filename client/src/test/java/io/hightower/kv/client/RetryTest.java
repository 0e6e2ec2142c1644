package io.hightower.kv.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetryTest {
    private final Retry retry = Retry.within(Duration.ofSeconds(60));
    private final AtomicInteger attempts = new AtomicInteger();

    @AfterEach
    void close() {
        retry.close();
    }

    /** Fails with each of the failures in turn, then succeeds. */
    private Supplier<CompletableFuture<String>> failing(RuntimeException... failures) {
        Queue<RuntimeException> left = new ArrayDeque<>(List.of(failures));
        return () -> {
            attempts.incrementAndGet();
            return left.isEmpty()
                    ? CompletableFuture.completedFuture("done")
                    : CompletableFuture.failedFuture(new CompletionException(left.remove()));
        };
    }

    private static NotReplicatedException notReplicated(Reason reason) {
        return new NotReplicatedException(reason, "no");
    }

    private void assertGivesUp(CompletableFuture<String> outcome, Class<? extends Throwable> failure) {
        assertThatThrownBy(outcome::join).hasCauseInstanceOf(failure);
        assertThat(attempts.getAndSet(0)).isEqualTo(1);
    }

    @Test
    void sendsAgainWhenNothingHappened() {
        CompletableFuture<String> outcome = retry.safely(failing(
                notReplicated(Reason.OVERLOADED),
                notReplicated(Reason.NO_LEADER),
                notReplicated(Reason.STOPPED),
                new ReadUnavailableException("late")));

        assertThat(outcome.join()).isEqualTo("done");
        assertThat(attempts).hasValue(5);
    }

    @Test
    void doesNotSendAgainWhatWillFailAgain() {
        for (Reason reason : new Reason[] {Reason.STORE_FAILED, Reason.DISK_FULL}) {
            assertGivesUp(retry.idempotently(failing(notReplicated(reason))), NotReplicatedException.class);
        }
        assertGivesUp(retry.idempotently(failing(new IllegalArgumentException())), IllegalArgumentException.class);
    }

    @Test
    void sendsAgainAnUnknownWriteOnlyWhenItMayHappenTwice() {
        assertGivesUp(retry.safely(failing(new OutcomeUnknownException("lost"))), OutcomeUnknownException.class);

        assertThat(retry.idempotently(failing(new OutcomeUnknownException("lost")))
                        .join())
                .isEqualTo("done");
        assertThat(attempts).hasValue(2);
    }

    @Test
    void givesUpWhenTheTimeIsUp() {
        try (Retry once = Retry.within(Duration.ZERO)) {
            assertGivesUp(
                    once.safely(failing(notReplicated(Reason.NO_LEADER), notReplicated(Reason.NO_LEADER))),
                    NotReplicatedException.class);
        }
    }

    @Test
    void finishesEveryRequestWhenItIsClosed() {
        Retry closing = Retry.within(Duration.ofSeconds(60));
        CompletableFuture<String> outcome =
                closing.safely(failing(notReplicated(Reason.NO_LEADER), notReplicated(Reason.NO_LEADER)));
        closing.close();

        assertThatThrownBy(outcome::join).hasCauseInstanceOf(NotReplicatedException.class);
    }

    @Test
    void passesOnWhatARequestThrows() {
        CompletableFuture<String> outcome = retry.safely(() -> {
            throw new IllegalArgumentException("empty key");
        });

        assertThatThrownBy(outcome::join).hasCauseInstanceOf(IllegalArgumentException.class);
    }
}
