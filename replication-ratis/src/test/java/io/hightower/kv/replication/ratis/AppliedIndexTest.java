package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class AppliedIndexTest {
    private final AppliedIndex applied = new AppliedIndex(Runnable::run, 5);

    @Test
    void wakesUpWhoWaitsForAnIndexThatWasReached() {
        CompletableFuture<Void> past = applied.await(5);
        CompletableFuture<Void> next = applied.await(6);
        CompletableFuture<Void> near = applied.await(7);
        CompletableFuture<Void> far = applied.await(9);
        assertThat(past).isCompleted();
        assertThat(next).isNotDone();

        applied.advance(6);
        assertThat(next).isCompleted();
        assertThat(near).isNotDone();
        applied.advance(8);
        assertThat(near).isCompleted();
        assertThat(far).isNotDone();
        applied.advance(9);
        assertThat(far).isCompleted();
    }

    @Test
    void neverGoesBack() {
        applied.advance(3);
        assertThat(applied.index()).isEqualTo(5);
    }

    @Test
    void failsWhoWaitsInVain() {
        CompletableFuture<Void> waiting = applied.await(7);
        applied.failAll(() -> new IllegalStateException("over"));
        assertThat(waiting).isCompletedExceptionally();
    }

    @Test
    void forgetsWhoGaveUp() {
        applied.await(7).completeExceptionally(new IllegalStateException("too late"));
        assertThat(applied.waiting()).isZero();
    }

    @Test
    void nobodyWaitsAfterTheEnd() {
        applied.failAll(() -> new IllegalStateException("over"));
        assertThat(applied.await(7)).isCompletedExceptionally();
        assertThat(applied.waiting()).isZero();
    }
}
