package io.hightower.kv.storage.log;

import static io.hightower.kv.storage.log.LogFixture.OPTIONS;
import static io.hightower.kv.storage.log.LogFixture.commit;
import static io.hightower.kv.storage.log.LogFixture.entries;
import static io.hightower.kv.storage.log.LogFixture.openEmpty;
import static io.hightower.kv.storage.log.LogFixture.reopen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.simulated.FailedSync;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the log does when the disk says no. */
class CommitLogFailureTest {
    private static final long MORE_THAN_ENOUGH = 1 << 24;

    /** Segments of 300 bytes, and nobody who writes them in advance. */
    private static final LogOptions WITHOUT_SPARES =
            OPTIONS.withSegmentBytes(300).withBackground(task -> {});

    private final SimulatedDisk disk = SimulatedDisk.empty();

    @ParameterizedTest
    @EnumSource(
            value = OperationKind.class,
            names = {"WRITE", "WRITE_DURABLY"})
    void refusesChangesWithTheFirstCauseAfterFailedWrite(OperationKind kind) {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS);
        commit(log, "a");
        disk.failOnce(kind, 1);
        assertThatThrownBy(() -> commit(log, "b")).isInstanceOf(StorageException.class);
        long operations = disk.operations();

        assertThatThrownBy(() -> log.append(3, Bytes.EMPTY))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("A simulated fault: operation=" + kind)
                .hasRootCauseMessage("A simulated fault: operation=" + kind + " file=" + LogFormat.fileName(1)
                        + " offset=" + (kind == OperationKind.WRITE ? 106 : 77));
        assertThatThrownBy(log::commit).isInstanceOf(StorageException.class);
        assertThatThrownBy(log::sync).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> log.trim(1)).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> log.reset(9)).isInstanceOf(StorageException.class);
        log.close();
        assertThat(disk.operations()).as("nothing was tried again").isEqualTo(operations);
    }

    @Test
    void anErrorThatTheBackgroundSyncIsToldOfFailsTheNextOneToo() throws Exception {
        SyncErrorReportedOnce once = new SyncErrorReportedOnce(disk);
        List<Thread> background = new ArrayList<>();
        LogOptions options = OPTIONS.withSyncPolicy(SyncPolicy.never())
                .withSegmentBytes(64 << 20)
                .withBackground(task -> background.add(new Thread(task)));
        SegmentedCommitLog log = SegmentedCommitLog.open(once.disk(), options);
        log.replay(1, (index, payload) -> {});
        Bytes megabyte = Bytes.wrap(new byte[1 << 20]);
        for (int i = 1; i <= WriteBack.STEP_BYTES >> 20; i++) {
            log.append(i, megabyte);
            log.commit();
        }
        once.arm();
        background.forEach(Thread::start);
        once.failing.await();

        CompletableFuture<Void> flushed = new CompletableFuture<>();
        Thread flush = new Thread(() -> {
            try {
                log.sync();
                flushed.complete(null);
            } catch (RuntimeException e) {
                flushed.completeExceptionally(e);
            }
        });
        flush.start();
        await().until(() -> flushed.isDone() || flush.getState() == Thread.State.WAITING);
        once.gate.countDown();

        assertThatThrownBy(flushed::join).hasRootCauseMessage("The bytes could not be written back");
    }

    @Test
    void refusesChangesAfterFailedSync() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSyncPolicy(SyncPolicy.never()));
        commit(log, "a");
        disk.failOnce(OperationKind.SYNC, 1);
        assertThatThrownBy(log::sync).isInstanceOf(StorageException.class);

        assertThatThrownBy(log::sync).hasMessageContaining("A simulated fault: operation=SYNC");
        assertThatThrownBy(() -> commit(log, "b")).isInstanceOf(StorageException.class);
    }

    /** A second sync after a failed one succeeds without writing what the first one dropped: only writing again helps. */
    @ParameterizedTest
    @EnumSource(FailedSync.class)
    void keepsWhatItRecoversAfterFailedSyncOnDisk(FailedSync mode) {
        checkAfterFailure(SyncPolicy.everyWrite(), OperationKind.WRITE_DURABLY, mode);
        checkAfterFailure(SyncPolicy.afterBytes(60), OperationKind.SYNC, mode);
    }

    private static void checkAfterFailure(SyncPolicy policy, OperationKind failing, FailedSync mode) {
        SimulatedDisk disk = SimulatedDisk.empty();
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSyncPolicy(policy));
        commit(log, "a");
        disk.failedSync(mode);
        disk.failOnce(failing, 1);
        assertThatThrownBy(() -> commit(log, "b", "c")).isInstanceOf(StorageException.class);
        disk.endProcess();

        SegmentedCommitLog reopened = reopen(disk, OPTIONS);
        long recovered = reopened.lastIndex();
        commit(reopened, "after");

        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        assertThat(entries(found)).hasSize((int) recovered + 1).endsWith((recovered + 1) + "=after");
    }

    @Test
    void refusesChangesAfterFailedSyncOfTrimmedDirectory() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSegmentBytes(256));
        commit(log, "x".repeat(200));
        commit(log, "y".repeat(200));
        disk.failOnce(OperationKind.SYNC_DIRECTORY, 1);

        assertThatThrownBy(() -> log.trim(1)).isInstanceOf(StorageException.class);

        assertThatThrownBy(() -> commit(log, "b")).isInstanceOf(StorageException.class);
    }

    @Test
    void staysUsableWhenSegmentCannotBeDeleted() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSegmentBytes(256));
        commit(log, "x".repeat(200));
        commit(log, "y".repeat(200));
        disk.failOnce(OperationKind.DELETE, 1);
        assertThatThrownBy(() -> log.trim(1)).isInstanceOf(StorageException.class);

        commit(log, "still works");
        log.trim(1);

        assertThat(log.firstIndex()).isEqualTo(2);
    }

    /** Fills the disk at every byte of a new segment, which is all that needs space. */
    @Test
    void staysUsableAndForgetsTheGroupWhenTheDiskIsFull() {
        for (long capacity = 300; capacity < 600; capacity++) {
            SimulatedDisk full = SimulatedDisk.empty();
            SegmentedCommitLog log = openEmpty(full, WITHOUT_SPARES);
            commit(log, "x".repeat(100));
            full.capacity(capacity);
            assertThatThrownBy(() -> commit(log, "y".repeat(100), "z".repeat(60)))
                    .as("capacity=%s", capacity)
                    .isInstanceOf(DiskFullException.class);
            assertThat(log.lastIndex()).isEqualTo(1);
            assertThat(full.list()).as("capacity=%s", capacity).allMatch(name -> name.endsWith(".log"));

            full.capacity(MORE_THAN_ENOUGH);
            commit(log, "later");

            SimulatedDisk found = full.reopenAfterPowerLoss(LossPolicy.RANDOM_SUBSET, capacity);
            assertThat(entries(found)).hasSize(2).endsWith("2=later");
        }
    }

    @Test
    void needsNoSpaceWithinSegment() {
        SegmentedCommitLog log = openEmpty(disk, WITHOUT_SPARES);
        commit(log, "a");
        disk.capacity(300);

        commit(log, "x".repeat(100));
        commit(log, "x".repeat(10));

        assertThat(entries(disk)).hasSize(3);
    }

    /** Who was told that nothing happened must not find it happened after the next power loss. */
    @Test
    void forgetsTheGroupForGoodWhenTheDiskIsFull() {
        for (int seed = 0; seed < 50; seed++) {
            SimulatedDisk full = SimulatedDisk.empty();
            SegmentedCommitLog log = openEmpty(full, WITHOUT_SPARES);
            commit(log, "kept");
            full.capacity(300 + 6L * seed);
            assertThatThrownBy(() -> commit(log, "x".repeat(300))).isInstanceOf(DiskFullException.class);

            SimulatedDisk found = full.reopenAfterPowerLoss(LossPolicy.RANDOM_SUBSET, seed);

            assertThat(entries(found)).as("seed=%s", seed).containsExactly("1=kept");
        }
    }

    @Test
    void opensOnFullDiskThatHasNoRoomForTheMark() {
        commit(openEmpty(disk, OPTIONS.withSyncPolicy(SyncPolicy.never())), "a");
        disk.endProcess();
        String segment = LogFormat.fileName(1);
        byte[] content = disk.content(segment);
        disk.place(segment, LogFixture.cut(content, LogFixture.entriesEnd(content)));
        disk.capacity(LogFixture.entriesEnd(content) + 1L);

        assertThat(entries(disk)).containsExactly("1=a");
        assertThat(entries(disk)).containsExactly("1=a");
    }

    @Test
    void opensOnFullDisk() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSyncPolicy(SyncPolicy.never()));
        commit(log, "a");
        disk.endProcess();
        disk.capacity(disk.content(LogFormat.fileName(1)).length);

        SegmentedCommitLog reopened = reopen(disk, OPTIONS);

        assertThat(reopened.lastIndex()).isEqualTo(1);
        assertThatThrownBy(() -> commit(reopened, "b")).isInstanceOf(DiskFullException.class);
        disk.capacity(MORE_THAN_ENOUGH);
        commit(reopened, "c");
        assertThat(entries(disk)).containsExactly("1=a", "2=c");
    }

    @Test
    void timedSyncNeedsNoSpace() {
        long[] now = {0};
        SegmentedCommitLog log = openEmpty(
                disk,
                OPTIONS.withSyncPolicy(SyncPolicy.interval(Duration.ofNanos(5))).withNanoClock(() -> now[0]));
        commit(log, "a");
        disk.capacity(log.bytes());
        now[0] = 5;

        log.commit();

        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        assertThat(entries(found)).containsExactly("1=a");
    }

    @Test
    void passesOnWhatTheVisitorThrows() {
        commit(openEmpty(disk, OPTIONS), "a");
        disk.endProcess();
        SegmentedCommitLog log = SegmentedCommitLog.open(disk, OPTIONS);
        List<Long> seen = new ArrayList<>();

        assertThatThrownBy(() -> log.replay(1, (index, payload) -> {
                    seen.add(index);
                    throw new IllegalArgumentException("not mine");
                }))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(seen).containsExactly(1L);
        assertThatThrownBy(() -> log.append(2, Bytes.EMPTY)).isInstanceOf(StorageException.class);
        log.close();
    }
}
