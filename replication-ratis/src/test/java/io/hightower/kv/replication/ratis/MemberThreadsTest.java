package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MemberThreadsTest {
    private static final long LAST_WORDS_NANOS = 100_000_000;

    private final CountDownLatch begun = new CountDownLatch(1);
    private final AtomicBoolean ended = new AtomicBoolean();

    /** Works until it is interrupted, and a little longer: it has something to finish. */
    private void work() {
        begun.countDown();
        while (!Thread.interrupted()) {
            LockSupport.parkNanos(1_000_000);
        }
        long until = System.nanoTime() + LAST_WORDS_NANOS;
        while (System.nanoTime() - until < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        ended.set(true);
    }

    @Test
    void whoEndsAThreadWaitsUntilItHasEnded() throws InterruptedException {
        Thread thread = MemberThreads.named("test-ended").newThread(this::work);
        thread.start();
        begun.await();
        MemberThreads.end(thread);
        assertThat(ended).isTrue();
    }

    @Test
    void whoEndsAnExecutorWaitsUntilItsTaskHasEnded() throws InterruptedException {
        ExecutorService executor = Executors.newSingleThreadExecutor(MemberThreads.named("test-ended"));
        executor.execute(this::work);
        begun.await();
        MemberThreads.end(executor, "test-ended");
        assertThat(ended).isTrue();
    }

    @Test
    @Timeout(5)
    void anInterruptEndsTheWaitingAndIsNotForgotten() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        Thread deaf = MemberThreads.named("test-deaf").newThread(() -> {
            begun.countDown();
            while (never.getCount() > 0) {
                LockSupport.parkNanos(1_000_000);
                // An interrupt is not heard here.
                ended.set(Thread.interrupted() || ended.get());
            }
        });
        deaf.start();
        begun.await();
        Thread.currentThread().interrupt();
        MemberThreads.end(deaf);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(deaf.isAlive()).isTrue();
        never.countDown();
        deaf.join();
    }

    @Test
    void whatWasNeverStartedHasEnded() {
        MemberThreads.end(MemberThreads.named("test-new").newThread(() -> {}));
        assertThat(ended).isFalse();
    }
}
