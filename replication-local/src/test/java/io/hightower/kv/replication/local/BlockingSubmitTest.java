package io.hightower.kv.replication.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.KvState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a caller sees that waits for its result: it works itself when it is alone, and is one of a group when it is not. */
class BlockingSubmitTest {
    private final LaggingStateStore store = new LaggingStateStore();
    private final ListCommitLog log = new ListCommitLog();
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final AtomicLong nanos = new AtomicLong();
    private final LocalReplication replication = LocalReplication.open(new KvState(store), log, patient(Duration.ZERO));

    @AfterEach
    void close() {
        log.gate.countDown();
        store.gate.countDown();
        replication.close();
        callers.shutdownNow();
    }

    @Test
    void aLoneCallerLogsOnItsOwnThread() {
        assertThat(replication.submitAndWait(put("a")).revision()).isEqualTo(2);
        assertThat(log.committer).isSameAs(Thread.currentThread());
    }

    @Test
    void whoDoesNotWaitNeverUsesTheDisk() throws Exception {
        replication.submit(put("a")).get();
        assertThat(log.committer).isNotSameAs(Thread.currentThread());
    }

    @Test
    void aCallerStaysBehindWhatItSubmittedBefore() {
        for (int i = 0; i < 100; i++) {
            CompletableFuture<Result> before = replication.submit(put("before"));
            Result after = replication.submitAndWait(put("after"));
            assertThat(before.join().revision()).isLessThan(after.revision());
        }
    }

    @Test
    void anInterruptedCallerThatWorksItselfGetsItsResultAndKeepsItsFlag() {
        Thread.currentThread().interrupt();
        Result result = replication.submitAndWait(put("a"));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.revision()).isEqualTo(2);
    }

    @Test
    void anInterruptedCallerThatWaitsLearnsThatTheOutcomeIsUnknownAndKeepsItsFlag() throws Exception {
        holdTheDiskUp();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> replication.submitAndWait(put("b"))).isInstanceOf(OutcomeUnknownException.class);

        assertThat(Thread.interrupted()).isTrue();
        log.gate.countDown();
        assertThat(replication.submitAndWait(put("after")).revision()).isEqualTo(4);
    }

    @Test
    void theNextGroupIsLoggedWhileTheFirstIsAppliedAtALaterLogicalTime() throws Exception {
        log.gate = new CountDownLatch(1);
        Future<Result> first = callers.submit(() -> replication.submitAndWait(put("first")));
        log.reached.await();
        store.gate = new CountDownLatch(1);
        nanos.set(7_000_000);
        Future<Result> second = callers.submit(() -> replication.submitAndWait(put("second")));
        awaitQueued(1);
        CountDownLatch secondLogged = new CountDownLatch(1);
        log.reached = secondLogged;
        log.gate.countDown();

        secondLogged.await();
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
        store.gate.countDown();
        assertThat(first.get().revision()).isEqualTo(2);
        assertThat(second.get().revision()).isEqualTo(3);
        List<Long> times = log.entries().values().stream()
                .map(EntryCodec::decode)
                .map(Entry::logicalTimeMillis)
                .toList();
        assertThat(times).containsExactly(0L, 7L);
    }

    @Test
    void aFullDiskRefusesACallerThatWorksItselfAndTheNextOneSucceeds() {
        log.failNextCommit(new DiskFullException("no space"));
        assertRefused("a", Reason.DISK_FULL);
        assertThat(replication.submitAndWait(put("b")).revision()).isEqualTo(2);
    }

    @Test
    void aFailedSyncLeavesTheOutcomeUnknownAndRefusesTheOthers() {
        log.failNextCommit(new StorageException("sync failed"));
        assertThatThrownBy(() -> replication.submitAndWait(put("a"))).isInstanceOf(OutcomeUnknownException.class);
        assertRefused("b", Reason.STORE_FAILED);
    }

    @Test
    void theWriterSyncsInTimeWhatACallerLeftUnsynced() throws Exception {
        log.syncDueNanos = 1;
        replication.submitAndWait(put("a"));
        log.timedSync.await();
        assertThat(log.committer).isNotSameAs(Thread.currentThread());
    }

    @Test
    void stoppedWritesAreRefusedInTimeSayingWhatIsBehindWhileReadsAndFlushesGoOn() {
        replication.submitAndWait(put("a"));
        store.problem = Optional.of("merging is 7 tables behind");
        store.writeDelayNanos = StateStore.WRITES_STOPPED;

        CompletableFuture<Result> future = replication.submit(put("b"));
        assertThatThrownBy(() -> replication.submitAndWait(put("c")))
                .isInstanceOfSatisfying(NotReplicatedException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(Reason.OVERLOADED))
                .hasMessageContaining("merging is 7 tables behind");
        assertThatThrownBy(future::join).hasCauseInstanceOf(NotReplicatedException.class);
        replication.flush();
        try (StoreView view = replication.view()) {
            assertThat(view.len()).isEqualTo(1);
        }

        store.writeDelayNanos = 0;
        assertThat(replication.submitAndWait(put("d")).revision()).isEqualTo(3);
    }

    @Test
    void writesGoOnWhenTheStoreHasCaughtUpInTime() throws Exception {
        LaggingStateStore lagging = new LaggingStateStore();
        lagging.writeDelayNanos = StateStore.WRITES_STOPPED;
        try (LocalReplication waiting =
                LocalReplication.open(new KvState(lagging), new ListCommitLog(), patient(Duration.ofSeconds(60)))) {
            Future<Result> blocked = callers.submit(() -> waiting.submitAndWait(put("a")));
            lagging.writeDelayNanos = CountedTraffic.MILLI_NANOS;
            assertThat(blocked.get().revision()).isEqualTo(2);
        }
    }

    @Test
    void closingWhileWritesAreStoppedAnswersEverybody() {
        store.writeDelayNanos = StateStore.WRITES_STOPPED;
        CompletableFuture<Result> future = replication.submit(put("a"));
        replication.close();
        assertThat(future).isCompletedExceptionally();
    }

    @Test
    void dropsTheLogThatTheStoreHasMadeDurableByItself() {
        replication.submitAndWait(put("a"));
        replication.submitAndWait(put("b"));
        assertThat(replication.logBytes()).isPositive();
        replication.trimLog();
        assertThat(log.entries()).hasSize(2);

        store.checkpoint();

        assertThat(replication.logBytes()).isZero();
        replication.trimLog();
        assertThat(log.entries()).isEmpty();
    }

    private LocalOptions patient(Duration timeout) {
        LocalOptions defaults = LocalReplicationTest.options(8192);
        return new LocalOptions(
                defaults.limits(), 8192, defaults.queueBytesMax(), timeout, nanos::get, defaults.metrics());
    }

    /** Has the writer thread wait at the disk with a first command, so that what comes next is a group. */
    private void holdTheDiskUp() throws InterruptedException {
        log.gate = new CountDownLatch(1);
        CompletableFuture<Result> unused = replication.submit(put("held"));
        log.reached.await();
    }

    private void awaitQueued(int commands) {
        while (replication.queued() < commands) {
            Thread.onSpinWait();
        }
    }

    private void assertRefused(String key, Reason reason) {
        assertThatThrownBy(() -> replication.submitAndWait(put(key)))
                .isInstanceOfSatisfying(NotReplicatedException.class, failure -> assertThat(failure.reason())
                        .isEqualTo(reason));
    }

    private static Command put(String key) {
        return Command.put(Bytes.utf8(key), Bytes.utf8("value"));
    }
}
