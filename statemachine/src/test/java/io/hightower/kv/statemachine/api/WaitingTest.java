package io.hightower.kv.statemachine.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.StorageException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class WaitingTest {
    @Test
    void anInterruptedWaiterLearnsThatTheOutcomeIsUnknownAndKeepsItsFlag() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Waiting.forResult(new CompletableFuture<>()))
                .isInstanceOf(OutcomeUnknownException.class);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void throwsWhatTheFutureFailedWithAndNoWrapper() {
        StorageException failure = new StorageException("disk");

        assertThatThrownBy(() -> Waiting.forResult(CompletableFuture.failedFuture(new CompletionException(failure))))
                .isSameAs(failure);
    }
}
