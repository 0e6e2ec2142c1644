package io.hightower.kv.replication.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.TooLargeException;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalReplicationTest {
    private final TreeMapStateStore store = new TreeMapStateStore();
    private final ListCommitLog log = new ListCommitLog();
    private LocalReplication replication = LocalReplication.open(new KvState(store), log, options(8192));

    static LocalOptions options(int queueCommandsMax) {
        return new LocalOptions(
                Limits.defaults(),
                queueCommandsMax,
                64L * 1024 * 1024,
                Duration.ZERO,
                System::nanoTime,
                Metrics.none());
    }

    @AfterEach
    void close() {
        log.gate.countDown();
        replication.close();
    }

    @Test
    void answersOnlyAfterTheEntryIsDurable() throws Exception {
        log.gate = new CountDownLatch(1);
        CompletableFuture<Result> waiting = replication.submit(put("a"));
        log.reached.await();

        assertThat(waiting).isNotDone();
        try (StoreView view = replication.view()) {
            assertThat(view.len()).isZero();
        }

        log.gate.countDown();
        assertThat(waiting.get().revision()).isEqualTo(2);
        assertThat(log.entries()).hasSize(1);
    }

    @Test
    void closingFlushesTheStoreSoThatTheLogIsNotNeeded() {
        replication.submitAndWait(put("a"));
        assertThat(store.durable().index()).isZero();

        replication.close();
        assertThat(store.durable().index()).isEqualTo(1);
    }

    @Test
    void closingAStoreThatCannotBeFlushedKeepsTheLog() {
        LaggingStateStore failing = new LaggingStateStore();
        ListCommitLog kept = new ListCommitLog();
        try (LocalReplication closing = LocalReplication.open(new KvState(failing), kept, options(8192))) {
            closing.submitAndWait(put("a"));
            failing.failing = true;
        }
        assertThat(kept.entries()).hasSize(1);
    }

    @Test
    void makesAllThatWaitsDurableWithOneCommit() throws Exception {
        log.gate = new CountDownLatch(1);
        CompletableFuture<Result> first = replication.submit(put("first"));
        log.reached.await();
        List<CompletableFuture<Result>> group = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            group.add(replication.submit(put("k" + i)));
        }
        int commitsBefore = log.commits;

        log.gate.countDown();
        first.get();
        for (CompletableFuture<Result> result : group) {
            result.get();
        }

        assertThat(log.commits - commitsBefore).isEqualTo(1);
        assertThat(log.entries()).hasSize(2);
    }

    @Test
    void refusesACommandWhenTheQueueIsFullAndTheTimeoutHasPassed() throws Exception {
        replication.close();
        ListCommitLog slow = new ListCommitLog();
        slow.gate = new CountDownLatch(1);
        try (LocalReplication small = LocalReplication.open(new KvState(new TreeMapStateStore()), slow, options(2))) {
            CompletableFuture<Result> logged = small.submit(put("a"));
            slow.reached.await();
            small.submit(put("b"));
            small.submit(put("c"));

            assertRefused(small.submit(put("d")), Reason.OVERLOADED);

            slow.gate.countDown();
            assertThat(logged.get().revision()).isEqualTo(2);
        }
    }

    @Test
    void aFullDiskRefusesTheGroupAndTheNextOneIsTriedAgain() throws Exception {
        log.failNextCommit(new DiskFullException("no space"));

        assertRefused(replication.submit(put("a")), Reason.DISK_FULL);

        assertThat(replication.submit(put("b")).get().revision()).isEqualTo(2);
        assertThat(replication.status().problem()).isEmpty();
    }

    @Test
    void aFailedSyncLeavesTheOutcomeUnknownAndEndsAllWriting() throws Exception {
        log.failNextCommit(new StorageException("sync failed"));

        assertThatThrownBy(() -> replication.submit(put("a")).get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(OutcomeUnknownException.class);

        assertRefused(replication.submit(put("b")), Reason.STORE_FAILED);
        assertThat(replication.status().problem())
                .hasValueSatisfying(text -> assertThat(text).contains("sync failed"));
        assertThatThrownBy(replication::flush).isInstanceOf(NotReplicatedException.class);
    }

    @Test
    void replaysWhatTheLogHoldsBeyondTheLastCheckpoint() throws Exception {
        replication.submit(put("a")).get();
        replication.checkpoint();
        replication.submit(put("b")).get();
        replication.submit(put("c")).get();
        assertThat(log.entries()).hasSize(2);

        replication.close();
        replication = LocalReplication.open(new KvState(store.reopen()), log.afterCrash(), options(8192));

        try (StoreView view = replication.view()) {
            assertThat(view.len()).isEqualTo(3);
            assertThat(view.revision()).isEqualTo(4);
        }
    }

    @Test
    void goesOnBehindTheCheckpointWhenTheLogLostItsUnsyncedEnd() throws Exception {
        for (int i = 0; i < 5; i++) {
            replication.submit(put("k" + i)).get();
        }
        replication.checkpoint();
        replication.close();

        // As a log that is never synced may come back after power loss.
        ListCommitLog empty = new ListCommitLog();
        TreeMapStateStore recovered = store.reopen();
        replication = LocalReplication.open(new KvState(recovered), empty, options(8192));
        replication.submit(put("new")).get();
        assertThat(empty.entries().firstKey()).isEqualTo(6);

        replication.close();
        replication = LocalReplication.open(new KvState(recovered.reopen()), empty.afterCrash(), options(8192));
        try (StoreView view = replication.view()) {
            assertThat(view.len()).isEqualTo(6);
        }
    }

    @Test
    void closingFinishesWhatWasAccepted() throws Exception {
        log.gate = new CountDownLatch(1);
        List<CompletableFuture<Result>> accepted = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            accepted.add(replication.submit(put("k" + i)));
        }
        log.reached.await();
        Thread closer = new Thread(replication::close);
        closer.start();
        log.gate.countDown();
        closer.join();

        for (CompletableFuture<Result> result : accepted) {
            assertThat(result).isCompleted();
        }
        assertRefused(replication.submit(put("late")), Reason.STOPPED);
    }

    @Test
    void aCommandThatIsAloneFindsRoomHoweverSmallTheQueue() throws Exception {
        replication.close();
        LocalOptions defaults = options(1);
        LocalOptions tiny =
                new LocalOptions(defaults.limits(), 1, 10, Duration.ZERO, defaults.nanoClock(), defaults.metrics());
        replication = LocalReplication.open(new KvState(new TreeMapStateStore()), new ListCommitLog(), tiny);

        assertThat(replication.submit(put("longer than ten bytes")).get().revision())
                .isEqualTo(2);
    }

    @Test
    void aBatchOfTooManyCommandsIsRefusedAsTooLarge() {
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i <= Limits.BATCH_COMMANDS_MAX; i++) {
            commands.add(Command.delete(Bytes.utf8("k")));
        }
        assertThatThrownBy(() -> replication.submitBatch(commands))
                .isInstanceOf(TooLargeException.class)
                .hasMessageContaining("commandsMax=32000");
        assertThat(replication.submitBatch(commands.subList(1, commands.size())))
                .isNotCompletedExceptionally();
    }

    @Test
    void whoeverWaitsHearsOfAFailureThatNobodyExpected() throws Exception {
        replication.close();
        LocalOptions defaults = options(10);
        AtomicBoolean failing = new AtomicBoolean();
        LocalOptions counting = new LocalOptions(
                defaults.limits(),
                10,
                defaults.queueBytesMax(),
                Duration.ZERO,
                () -> {
                    if (failing.get()) {
                        throw new IllegalStateException("planted");
                    }
                    return 0;
                },
                defaults.metrics());
        replication = LocalReplication.open(new KvState(new TreeMapStateStore()), new ListCommitLog(), counting);
        failing.set(true);

        assertThatThrownBy(() -> replication.submit(put("a")).get()).hasRootCauseMessage("planted");
        assertRefused(replication.submit(put("b")), Reason.STORE_FAILED);
    }

    @Test
    void anInterruptedWriterGoesOn() throws Exception {
        replication.submit(put("a")).get();
        Thread writer = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("hightower-writer"))
                .findFirst()
                .orElseThrow();

        writer.interrupt();

        assertThat(replication.submit(put("b")).get().revision()).isEqualTo(3);
    }

    private static Command put(String key) {
        return Command.put(Bytes.utf8(key), Bytes.utf8("value"));
    }

    private static void assertRefused(CompletableFuture<Result> refused, Reason reason) {
        assertThatThrownBy(refused::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(NotReplicatedException.class, failure -> assertThat(failure.reason())
                        .isEqualTo(reason));
    }
}
