package io.hightower.kv.storage.log;

import static io.hightower.kv.storage.log.LogFixture.FIRST_SEGMENT;
import static io.hightower.kv.storage.log.LogFixture.OPTIONS;
import static io.hightower.kv.storage.log.LogFixture.commit;
import static io.hightower.kv.storage.log.LogFixture.entries;
import static io.hightower.kv.storage.log.LogFixture.entriesEnd;
import static io.hightower.kv.storage.log.LogFixture.openEmpty;
import static io.hightower.kv.storage.log.LogFixture.reopen;
import static io.hightower.kv.storage.log.LogFixture.segments;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.FileDisk;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where segments come from and where they go: written in advance, used again, archived, deleted. */
class CommitLogSegmentsTest {
    private static final LogOptions SMALL = OPTIONS.withSegmentBytes(256);
    private static final LogOptions WITHOUT_BACKGROUND = SMALL.withBackground(task -> {});

    private final SimulatedDisk disk = SimulatedDisk.empty();

    /** Appends one entry that fills a segment. */
    private static void fillSegment(SegmentedCommitLog log) {
        commit(log, "x".repeat(150));
    }

    private List<String> files(LogFormat.Role role) {
        return disk.list().stream()
                .filter(name -> role.number(name).isPresent())
                .toList();
    }

    private SimulatedDisk with(String name, byte[] content) {
        SimulatedDisk copy = SimulatedDisk.empty();
        disk.list().forEach(present -> copy.place(present, disk.content(present)));
        copy.place(name, content);
        return copy;
    }

    // Spares.

    @Test
    void writesSegmentInAdvanceWhenHalfOfTheLastIsUsed() {
        SegmentedCommitLog log = openEmpty(disk, SMALL);
        commit(log, "a");
        assertThat(files(LogFormat.Role.SPARE)).isEmpty();

        commit(log, "x".repeat(100));

        assertThat(files(LogFormat.Role.SPARE)).hasSize(1);
        assertThat(disk.content(files(LogFormat.Role.SPARE).get(0))).hasSize(256);
        fillSegment(log);
        assertThat(segments(disk)).containsExactly(FIRST_SEGMENT, LogFormat.fileName(3));
        assertThat(entries(disk)).hasSize(3);
    }

    @Test
    void usesTrimmedSegmentsAgainAndNeverTakesTheirOldRecordsForNewOnes() {
        SegmentedCommitLog log = openEmpty(disk, WITHOUT_BACKGROUND);
        for (int i = 1; i <= 6; i++) {
            commit(log, "old entry " + i + "x".repeat(40));
        }
        log.trim(4);
        assertThat(files(LogFormat.Role.SPARE)).hasSize(2);

        commit(log, "short");
        commit(log, "y");

        assertThat(files(LogFormat.Role.SPARE)).as("one is in use again").hasSize(1);
        byte[] recycled = disk.content(LogFormat.fileName(7));
        assertThat(new String(recycled, StandardCharsets.US_ASCII))
                .as("garbage behind the end")
                .contains("xxxxx");
        disk.endProcess();
        assertThat(entries(disk, 5)).hasSize(4).endsWith("8=y");
    }

    @Test
    void keepsThreeSparesAndDeletesTheRest() {
        SegmentedCommitLog log = openEmpty(disk, WITHOUT_BACKGROUND);
        for (int i = 1; i <= 9; i++) {
            fillSegment(log);
        }
        log.trim(8);

        assertThat(disk.list()).hasSize(4);
        assertThat(files(LogFormat.Role.SPARE)).hasSize(3);
        SegmentedCommitLog.open(disk, WITHOUT_BACKGROUND);
        assertThat(files(LogFormat.Role.SPARE)).hasSize(3);
    }

    @Test
    void closedLogTakesNoMoreSpaceThanItsEntries() {
        SegmentedCommitLog log = openEmpty(disk, WITHOUT_BACKGROUND);
        for (int i = 1; i <= 3; i++) {
            fillSegment(log);
        }
        commit(log, "last");
        log.trim(2);
        assertThat(files(LogFormat.Role.SPARE)).isNotEmpty();

        log.close();

        assertThat(files(LogFormat.Role.SPARE)).isEmpty();
        int length = disk.content(LogFormat.fileName(4)).length;
        assertThat(length).isEqualTo(LogFormat.HEADER_BYTES + 2 * LogFormat.RECORD_HEADER_BYTES + "last".length());
        disk.cutPower();
        for (LossPolicy policy : LossPolicy.values()) {
            assertThat(entries(disk.reopenAfterPowerLoss(policy, 1), 3)).endsWith("4=last");
        }
    }

    @Test
    void whatIsWrittenWithoutSyncComesToTheDiskStepByStep() {
        List<Runnable> background = new ArrayList<>();
        LogOptions options = OPTIONS.withSyncPolicy(SyncPolicy.never())
                .withSegmentBytes(64 << 20)
                .withBackground(background::add);
        SegmentedCommitLog log = openEmpty(disk, options);
        String megabyte = "x".repeat(1 << 20);
        for (int i = 1; i <= WriteBack.STEP_BYTES >> 20; i++) {
            commit(log, megabyte);
        }
        background.forEach(Runnable::run);
        disk.cutPower();

        int last = (int) (WriteBack.STEP_BYTES >> 20);
        assertThat(entries(disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1)))
                .hasSize(last);
    }

    @Test
    void deletesSparesThatItCannotUse() {
        SegmentedCommitLog log = openEmpty(disk, WITHOUT_BACKGROUND);
        fillSegment(log);
        fillSegment(log);
        log.trim(1);
        String spare = files(LogFormat.Role.SPARE).get(0);
        byte[] content = disk.content(spare);
        byte[] tornHeader = content.clone();
        tornHeader[LogFormat.EPOCH_OFFSET] ^= 1;

        for (byte[] useless : List.of(tornHeader, new byte[0], new byte[256], Arrays.copyOf(content, 255))) {
            SimulatedDisk found = with(spare, useless);
            SegmentedCommitLog.open(found, WITHOUT_BACKGROUND);
            assertThat(found.list()).containsExactly(LogFormat.fileName(2));
        }
        SimulatedDisk found = with(spare, content);
        SegmentedCommitLog.open(found, WITHOUT_BACKGROUND);
        assertThat(found.list()).hasSize(2);
    }

    @Test
    void deletesLeftoverOfSpareWrittenHalf() {
        disk.place(LogFormat.Role.SPARE.fileName(1) + ".tmp", new byte[100]);

        commit(openEmpty(disk, OPTIONS), "a");

        assertThat(disk.list()).containsExactly(FIRST_SEGMENT);
    }

    @Test
    void trimmedSegmentIsNotUsedAgainUnlessItsNewNameIsDurable() {
        SegmentedCommitLog log = openEmpty(disk, WITHOUT_BACKGROUND);
        fillSegment(log);
        fillSegment(log);
        fillSegment(log);
        disk.failOnce(OperationKind.RENAME, 2);
        assertThatThrownBy(() -> log.trim(2)).isInstanceOf(StorageException.class);

        fillSegment(log);

        assertThat(files(LogFormat.Role.SPARE)).hasSize(1);
        log.trim(3);
        fillSegment(log);
        assertThat(disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1)
                        .list())
                .as("renamed and used")
                .contains(LogFormat.fileName(5));
    }

    // The background.

    @Test
    void closedLogWritesNothingInAdvance() {
        Deque<Runnable> tasks = new ArrayDeque<>();
        SegmentedCommitLog log = openEmpty(disk, SMALL.withBackground(tasks::add));
        fillSegment(log);
        fillSegment(log);
        assertThat(tasks).as("one at a time").hasSize(1);
        log.close();
        long operations = disk.operations();

        tasks.remove().run();

        assertThat(disk.operations()).isEqualTo(operations);
    }

    @Test
    void goesOnWithoutSparesWhenTheBackgroundRefuses() {
        SegmentedCommitLog log = openEmpty(disk, SMALL.withBackground(task -> {
            throw new RejectedExecutionException("shut down");
        }));
        for (int i = 1; i <= 5; i++) {
            fillSegment(log);
        }

        assertThat(entries(disk)).hasSize(5);
    }

    @Test
    void goesOnWhenSpareCannotBeWritten() {
        SegmentedCommitLog log = openEmpty(disk, SMALL);
        commit(log, "a");
        disk.capacity(300);

        commit(log, "x".repeat(100));

        assertThat(disk.list()).containsExactly(FIRST_SEGMENT);
        disk.capacity(10_000);
        fillSegment(log);
        assertThat(entries(disk)).hasSize(3);
    }

    @Test
    void refusesChangesAfterFailedDirectorySyncInTheBackground() {
        SegmentedCommitLog log = openEmpty(disk, SMALL);
        commit(log, "a");
        disk.failOnce(OperationKind.SYNC_DIRECTORY, 1);
        commit(log, "x".repeat(100));

        assertThatThrownBy(() -> commit(log, "b"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("SYNC_DIRECTORY");
    }

    @Test
    void segmentMadeWhileTheWriterWaitsIsSmall() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withBackground(task -> {}));
        commit(log, "a");

        assertThat(disk.content(FIRST_SEGMENT)).hasSize(1 << 20);
    }

    @Test
    void groupLongerThanSegmentGetsItsOwnThatIsNotUsedAgain() {
        SegmentedCommitLog log = openEmpty(disk, WITHOUT_BACKGROUND);
        commit(log, "x".repeat(1000));
        commit(log, "y");
        assertThat(segments(disk)).hasSize(2);
        log.trim(1);

        assertThat(disk.list()).containsExactly(LogFormat.fileName(2));
    }

    @Test
    void usesSegmentsAgainOnRealFiles(@TempDir Path directory) {
        FileDisk real = FileDisk.open(directory);
        LogOptions options =
                LogOptions.defaults(LogModel.STORE_ID).withSegmentBytes(1 << 16).withArchivedSegments(1);
        SegmentedCommitLog log = openEmpty(real, options);
        for (int i = 1; i <= 60; i++) {
            commit(log, i + "x".repeat(10_000));
            log.trim(i - 1);
        }
        long first = log.firstIndex();
        log.close();

        assertThat(real.list()).hasSizeLessThanOrEqualTo(1 + 1 + 3 + 1).noneMatch(name -> name.endsWith(".tmp"));
        List<String> found = new ArrayList<>();
        SegmentedCommitLog reopened = SegmentedCommitLog.openBegun(real, options);
        reopened.replay(first, (index, payload) -> found.add(index + "=" + payload.length()));
        reopened.close();
        assertThat(found).hasSize((int) (61 - first)).endsWith("60=10002");
    }

    // Epochs.

    @Test
    void refusesSegmentWithTheEpochOfAnEarlierOne() {
        SegmentedCommitLog log = openEmpty(disk, WITHOUT_BACKGROUND);
        fillSegment(log);
        fillSegment(log);
        byte[] older = disk.content(LogFormat.fileName(2));
        byte[] header = LogFormat.header(LogModel.STORE_ID, 2, 1).array();
        System.arraycopy(header, 0, older, 0, header.length);

        assertThatThrownBy(() -> entries(with(LogFormat.fileName(2), older)))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("expected=an epoch after 1 found=epoch 1");
    }

    @Test
    void epochsGrowBeyondThoseOfSparesAndArchivedSegments() {
        SegmentedCommitLog log = openEmpty(disk, WITHOUT_BACKGROUND.withArchivedSegments(1));
        fillSegment(log);
        log.close();
        byte[] header = LogFormat.header(LogModel.STORE_ID, 9, 77).array();
        disk.place(LogFormat.Role.SPARE.fileName(4), Arrays.copyOf(header, 256));
        byte[] archived = LogFormat.header(LogModel.STORE_ID, 9, 99).array();
        disk.place(LogFormat.Role.ARCHIVED.fileName(9), archived);

        fillSegment(reopen(disk, WITHOUT_BACKGROUND.withArchivedSegments(1)));

        assertThat(ByteBuffer.wrap(disk.content(LogFormat.fileName(2))).getLong(LogFormat.EPOCH_OFFSET))
                .isEqualTo(100);
    }

    /** Entry 2 of a torn group was lost, entry 3 arrived: it must not come back behind another entry 2. */
    @Test
    void leftoversOfTornTailNeverComeBack() {
        SegmentedCommitLog log = openEmpty(disk, SMALL);
        commit(log, "one");
        int end = entriesEnd(disk.content(FIRST_SEGMENT));
        commit(log, "lost", "left");
        disk.endProcess();
        byte[] content = disk.content(FIRST_SEGMENT);
        int entry = LogFormat.RECORD_HEADER_BYTES + 4;
        Arrays.fill(content, end, end + entry, (byte) 0);
        Arrays.fill(content, end + 2 * entry, content.length, (byte) 0);
        SimulatedDisk torn = with(FIRST_SEGMENT, content);

        SegmentedCommitLog reopened = reopen(torn, SMALL);
        assertThat(reopened.lastIndex()).isEqualTo(1);
        commit(reopened, "two!");

        // The mark behind entry 2 is lost, which would have been written over entry 3.
        SimulatedDisk found = torn.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        assertThat(entries(found)).containsExactly("1=one", "2=two!");
    }

    /** A mark is overwritten by the next group. If power loss keeps the mark and the rest of the group, that is torn. */
    @Test
    void recordBehindMarkIsTornTailUnlessItsGroupIsProven() {
        SegmentedCommitLog log = openEmpty(disk, SMALL);
        commit(log, "one");
        byte[] before = disk.content(FIRST_SEGMENT);
        int end = entriesEnd(before);
        commit(log, "", "three");
        disk.endProcess();
        byte[] content = disk.content(FIRST_SEGMENT);
        int groupEnd = entriesEnd(content);
        System.arraycopy(before, end, content, end, LogFormat.RECORD_HEADER_BYTES);
        SimulatedDisk proven = with(FIRST_SEGMENT, content.clone());
        Arrays.fill(content, groupEnd, content.length, (byte) 0);

        assertThat(entries(with(FIRST_SEGMENT, content))).containsExactly("1=one");
        assertThatThrownBy(() -> entries(proven)).isInstanceOf(CorruptionException.class);
    }

    // The archive.

    @Test
    void keepsTheYoungestTrimmedSegmentsForPeople() {
        LogOptions options = WITHOUT_BACKGROUND.withArchivedSegments(2);
        SegmentedCommitLog log = openEmpty(disk, options);
        for (int i = 1; i <= 5; i++) {
            fillSegment(log);
        }
        byte[] third = disk.content(LogFormat.fileName(3));
        log.trim(4);

        assertThat(files(LogFormat.Role.ARCHIVED))
                .containsExactly(LogFormat.Role.ARCHIVED.fileName(3), LogFormat.Role.ARCHIVED.fileName(4));
        assertThat(files(LogFormat.Role.SPARE)).hasSize(2);
        assertThat(disk.content(LogFormat.Role.ARCHIVED.fileName(3))).isEqualTo(third);
        assertThat(log.firstIndex()).isEqualTo(5);
        fillSegment(log);
        log.trim(5);
        assertThat(files(LogFormat.Role.ARCHIVED))
                .containsExactly(LogFormat.Role.ARCHIVED.fileName(4), LogFormat.Role.ARCHIVED.fileName(5));
        log.close();

        SegmentedCommitLog reopened = SegmentedCommitLog.open(disk, options);
        reopened.replay(6, (index, payload) -> assertThat(index).isEqualTo(6));
        reopened.close();
        assertThat(files(LogFormat.Role.ARCHIVED)).hasSize(2);
        SegmentedCommitLog.open(disk, options.withArchivedSegments(1)).close();
        assertThat(files(LogFormat.Role.ARCHIVED)).containsExactly(LogFormat.Role.ARCHIVED.fileName(5));
    }

    // A log that is gone.

    @Test
    void begunLogIsRefusedWithoutAnySegment() {
        SegmentedCommitLog log = SegmentedCommitLog.open(disk, SMALL);
        log.reset(1);
        SegmentedCommitLog.openBegun(disk, SMALL);
        commit(log, "a");
        log.close();
        disk.delete(FIRST_SEGMENT);

        assertThatThrownBy(() -> SegmentedCommitLog.openBegun(disk, SMALL))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("expected=a segment of the commit log found=no segment at all");
        assertThat(SegmentedCommitLog.open(disk, SMALL).bytes()).isZero();
    }

    @Test
    void beginsAtIndexOneForLargeGroupToo() {
        SegmentedCommitLog log = SegmentedCommitLog.open(disk, WITHOUT_BACKGROUND);
        log.reset(1);
        log.append(1, Bytes.wrap(new byte[1000]));
        log.commit();

        assertThat(segments(disk)).containsExactly(FIRST_SEGMENT);
        assertThat(entries(disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1)))
                .hasSize(1);
    }
}
