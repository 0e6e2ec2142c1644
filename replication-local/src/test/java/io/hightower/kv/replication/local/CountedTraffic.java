package io.hightower.kv.replication.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.CommandSubmitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Threads that write numbered keys, waiting for each or for some of them, and note down what became of each. Every failure
 * must be one of the two typed ones. For tests.
 */
final class CountedTraffic {
    static final long MILLI_NANOS = 1_000_000;

    /** What a thread submits without waiting before it looks at the answers. */
    private static final int UNANSWERED_MAX = 8;

    private final CommandSubmitter submitter;
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();

    CountedTraffic(CommandSubmitter submitter) {
        this.submitter = submitter;
    }

    /** Begins {@code count} threads, each of which writes {@code commands} keys named {@code thread-number}. */
    void begin(int count, int commands, long seed) {
        for (int i = 0; i < count; i++) {
            SplittableRandom random = new SplittableRandom(seed * 1000 + i);
            String name = "t" + i;
            threads.add(new Thread(() -> write(name, commands, random), name));
        }
        threads.forEach(Thread::start);
    }

    /** Interrupts one of the threads. */
    void interrupt(int thread) {
        threads.get(thread % threads.size()).interrupt();
    }

    void awaitAcknowledged(int count) {
        while (acknowledged.size() < count && threads.stream().anyMatch(Thread::isAlive)) {
            Thread.onSpinWait();
        }
    }

    void awaitEnd() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(unexpected).isEmpty();
    }

    List<String> acknowledged() {
        return List.copyOf(acknowledged);
    }

    List<String> refused() {
        return List.copyOf(refused);
    }

    private record Pending(String key, CompletableFuture<Result> result) {}

    private void write(String name, int commands, SplittableRandom random) {
        List<Pending> pending = new ArrayList<>();
        for (int i = 0; i < commands; i++) {
            String key = name + "-" + i;
            Command command = Command.put(Bytes.utf8(key), Bytes.EMPTY);
            if (random.nextInt(4) == 0) {
                pending.add(new Pending(key, submitter.submit(command)));
            } else {
                note(key, () -> submitter.submitAndWait(command));
            }
            if (pending.size() == UNANSWERED_MAX || i == commands - 1) {
                pending.forEach(asked -> note(asked.key(), asked.result()::join));
                pending.clear();
            }
        }
    }

    private void note(String key, Runnable waiting) {
        try {
            waiting.run();
            acknowledged.add(key);
        } catch (RuntimeException e) {
            noteFailure(key, e instanceof CompletionException && e.getCause() != null ? e.getCause() : e);
        }
        // As a program does that was interrupted and goes on.
        Thread.interrupted();
    }

    private void noteFailure(String key, Throwable failure) {
        if (failure instanceof NotReplicatedException) {
            refused.add(key);
        } else if (!(failure instanceof OutcomeUnknownException)) {
            unexpected.add(failure);
        }
    }
}
