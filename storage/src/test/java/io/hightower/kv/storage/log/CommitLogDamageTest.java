package io.hightower.kv.storage.log;

import static io.hightower.kv.storage.log.LogFixture.FIRST_SEGMENT;
import static io.hightower.kv.storage.log.LogFixture.OPTIONS;
import static io.hightower.kv.storage.log.LogFixture.commit;
import static io.hightower.kv.storage.log.LogFixture.cut;
import static io.hightower.kv.storage.log.LogFixture.entries;
import static io.hightower.kv.storage.log.LogFixture.entriesEnd;
import static io.hightower.kv.storage.log.LogFixture.openEmpty;
import static io.hightower.kv.storage.log.LogFixture.reopen;
import static io.hightower.kv.storage.log.LogFixture.segments;
import static io.hightower.kv.storage.log.LogFixture.zeroedFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the log makes of bytes that are not what it wrote: damage is refused, a torn tail is cut off, nothing is skipped. */
class CommitLogDamageTest {
    private static final long FIRST_EPOCH = 1;

    private static final LogOptions SMALL_SEGMENTS = OPTIONS.withSegmentBytes(256);

    private final SimulatedDisk disk = SimulatedDisk.empty();

    /** A log of three segments, as a process leaves it that is killed after its last acknowledgement. */
    private List<String> writeSmallLog() {
        SegmentedCommitLog log = openEmpty(disk, SMALL_SEGMENTS);
        List<String> written = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            String text = "entry number " + i + " " + "x".repeat(30);
            commit(log, text);
            written.add(i + "=" + text);
        }
        disk.endProcess();
        assertThat(segments(disk)).hasSize(3);
        return written;
    }

    /** Copies the disk, with one file changed. */
    private SimulatedDisk with(String changed, byte[] content) {
        SimulatedDisk copy = SimulatedDisk.empty();
        for (String name : disk.list()) {
            copy.place(name, name.equals(changed) ? content : disk.content(name));
        }
        return copy;
    }

    private SimulatedDisk without(String missing) {
        SimulatedDisk copy = SimulatedDisk.empty();
        disk.list().stream()
                .filter(name -> !name.equals(missing))
                .forEach(name -> copy.place(name, disk.content(name)));
        return copy;
    }

    @Test
    void refusesEveryFlippedBitBeforeTheLastMark() {
        List<String> written = writeSmallLog();
        for (String name : segments(disk)) {
            byte[] content = disk.content(name);
            int end = entriesEnd(content);
            for (int bit = 0; bit < content.length * 8; bit++) {
                byte[] flipped = content.clone();
                flipped[bit / 8] ^= (byte) (1 << (bit % 8));
                checkChanged(with(name, flipped), written, bit / 8 < end, name + " bit=" + bit);
            }
        }
    }

    private static void checkChanged(SimulatedDisk changed, List<String> written, boolean mustRefuse, String where) {
        try {
            assertThat(entries(changed)).as(where).isEqualTo(written);
            assertThat(mustRefuse).as("accepted although proven: " + where).isFalse();
        } catch (CorruptionException | FormatException expected) {
            assertThat(expected).as(where).hasMessageContaining("log-");
        }
    }

    @Test
    void refusesEveryOverwrittenPieceBeforeTheLastMark() {
        int piece = 16;
        List<String> written = writeSmallLog();
        for (String name : segments(disk)) {
            byte[] content = disk.content(name);
            for (int from = 0; from + piece <= entriesEnd(content); from++) {
                byte[] zeroed = content.clone();
                Arrays.fill(zeroed, from, from + piece, (byte) 0);
                checkChanged(with(name, zeroed), written, !Arrays.equals(zeroed, content), name + " from=" + from);
            }
        }
    }

    @Test
    void namesFileOffsetExpectedAndFound() {
        commit(openEmpty(disk, OPTIONS), "a", "b");
        int second = LogFormat.HEADER_BYTES + LogFormat.RECORD_HEADER_BYTES + 1;
        disk.flipBit(FIRST_SEGMENT, second + LogFormat.RECORD_HEADER_BYTES, 0);
        disk.endProcess();

        CorruptionException damage = catchThrowableOfType(CorruptionException.class, () -> entries(disk));

        assertThat(damage.file()).isEqualTo(FIRST_SEGMENT);
        assertThat(damage.offset()).isEqualTo(second);
        assertThat(damage).hasMessageContaining("expected=checksum ").hasMessageContaining("found=checksum ");
    }

    @Test
    void provesEverythingAfterCloseEvenToPowerLoss() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS);
        commit(log, "the last entry");
        log.close();
        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);

        found.flipBit(FIRST_SEGMENT, LogFormat.HEADER_BYTES + LogFormat.RECORD_HEADER_BYTES, 0);

        assertThatThrownBy(() -> entries(found)).isInstanceOf(CorruptionException.class);
    }

    @Test
    void provesWhatItRecovered() {
        commit(openEmpty(disk, OPTIONS.withSyncPolicy(SyncPolicy.never())), "never synced before");
        disk.endProcess();
        reopen(disk, OPTIONS);
        disk.endProcess();

        disk.flipBit(FIRST_SEGMENT, LogFormat.HEADER_BYTES + LogFormat.RECORD_HEADER_BYTES, 0);

        assertThatThrownBy(() -> entries(disk)).isInstanceOf(CorruptionException.class);
    }

    @Test
    void refusesEarlierSegmentThatLostAnEntry() {
        List<String> written = writeSmallLog();
        byte[] content = disk.content(FIRST_SEGMENT);
        for (int length = 0; length < content.length; length++) {
            boolean complete = length >= entriesEnd(content);
            String where = FIRST_SEGMENT + " length=" + length;
            checkChanged(with(FIRST_SEGMENT, cut(content, length)), written, !complete, where);
            checkChanged(with(FIRST_SEGMENT, zeroedFrom(content, length)), written, !complete, where);
        }
    }

    @Test
    void refusesMissingSegments() {
        writeSmallLog();

        assertThatThrownBy(() -> entries(without(segments(disk).get(1))))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("expected=entry 3");
        assertThatThrownBy(() -> entries(without(segments(disk).get(0))))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("entries 1 to 2");
    }

    @Test
    void ignoresGapsBelowTheFirstEntryWanted() {
        List<String> written = writeSmallLog();

        assertThat(entries(without(segments(disk).get(1)), 5)).isEqualTo(written.subList(4, 6));
    }

    @Test
    void refusesSegmentUnderAnotherName() {
        writeSmallLog();
        SimulatedDisk renamed =
                with(segments(disk).get(1), disk.content(segments(disk).get(2)));

        assertThatThrownBy(() -> entries(renamed))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("expected=first index 3 found=first index 5");
    }

    @Test
    void refusesSegmentOfAnotherStore() {
        Bytes other = Bytes.wrap(new byte[16]);
        commit(openEmpty(disk, LogOptions.defaults(other)), "a");
        disk.endProcess();

        assertThatThrownBy(() -> entries(disk))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("store id " + LogModel.STORE_ID);
    }

    @Test
    void refusesRecordsOfAnotherPlace() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS);
        commit(log, "same");
        commit(log, "same");
        disk.endProcess();
        // The second entry, with its own checksum and index, over the first one: misdirected, but intact.
        byte[] content = disk.content(FIRST_SEGMENT);
        int group = LogFormat.RECORD_HEADER_BYTES + 4;
        System.arraycopy(content, LogFormat.HEADER_BYTES + group, content, LogFormat.HEADER_BYTES, group);

        assertThatThrownBy(() -> entries(with(FIRST_SEGMENT, content))).isInstanceOf(CorruptionException.class);
    }

    /** Writes an entry with a valid checksum behind what is in the first segment. */
    private void writeIntactEntry(long index, long syncedUpTo) {
        RecordGroup group = RecordGroup.ofEntries();
        group.addEntry(index, Bytes.utf8("intact"));
        try (DiskFile file = disk.open(FIRST_SEGMENT)) {
            RecordChecksum checksum = new RecordChecksum(LogModel.STORE_ID, FIRST_EPOCH);
            file.write(file.length(), group.seal(checksum, file.length(), syncedUpTo));
        }
    }

    @Test
    void refusesIntactRecordsWithImpossibleNumbers() {
        disk.place(
                FIRST_SEGMENT,
                LogFormat.header(LogModel.STORE_ID, 1, FIRST_EPOCH).array());
        writeIntactEntry(1, LogFormat.HEADER_BYTES);
        assertThat(entries(with(FIRST_SEGMENT, disk.content(FIRST_SEGMENT)))).containsExactly("1=intact");
        byte[] good = disk.content(FIRST_SEGMENT);

        writeIntactEntry(3, LogFormat.HEADER_BYTES);
        assertThatThrownBy(() -> entries(disk)).hasMessageContaining("expected=index 2 found=index 3");
        disk.place(FIRST_SEGMENT, good);
        writeIntactEntry(2, LogFormat.HEADER_BYTES - 1);
        assertThatThrownBy(() -> entries(disk))
                .hasMessageContaining("expected=synced up to 48 to 82 found=synced up to 47");
        disk.place(FIRST_SEGMENT, good);
        writeIntactEntry(2, good.length + 1);
        assertThatThrownBy(() -> entries(disk)).hasMessageContaining("found=synced up to 83");
    }

    @Test
    void refusesForeignAndNewerFormats() {
        commit(openEmpty(disk, OPTIONS), "a");
        disk.endProcess();
        byte[] newer = disk.content(FIRST_SEGMENT);
        newer[11] = 2;
        byte[] foreign = disk.content(FIRST_SEGMENT);
        foreign[0] = 'X';

        assertThatThrownBy(() -> entries(with(FIRST_SEGMENT, newer)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("found=format version 2 supported=format version 1");
        assertThatThrownBy(() -> entries(with(FIRST_SEGMENT, foreign)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("magic");
    }

    @Test
    void cutsOffTornTailAtEveryLength() {
        SegmentedCommitLog log = openEmpty(disk, SMALL_SEGMENTS);
        commit(log, "acknowledged");
        int proven = entriesEnd(disk.content(FIRST_SEGMENT));
        log.append(2, Bytes.utf8("torn"));
        log.append(3, Bytes.utf8("torn, too"));
        log.commit();
        disk.endProcess();
        byte[] content = disk.content(FIRST_SEGMENT);
        for (int length = proven; length < entriesEnd(content); length++) {
            List<String> expected = length >= proven + LogFormat.RECORD_HEADER_BYTES + 4
                    ? List.of("1=acknowledged", "2=torn")
                    : List.of("1=acknowledged");
            for (byte[] tail :
                    List.of(cut(content, length), zeroedFrom(content, length), garbageFrom(content, length))) {
                SimulatedDisk torn = with(FIRST_SEGMENT, tail);
                assertThat(entries(torn)).as("length=%s", length).isEqualTo(expected);
                assertThat(entries(torn)).as("again, length=%s", length).isEqualTo(expected);
            }
        }
    }

    private static byte[] garbageFrom(byte[] content, int offset) {
        byte[] garbage = content.clone();
        Arrays.fill(garbage, offset, garbage.length, (byte) (LogFormat.ENTRY_MAGIC >>> 24));
        return garbage;
    }

    @Test
    void cutsOffUnsyncedSectorsThatArrivedOutOfOrder() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSyncPolicy(SyncPolicy.never()));
        commit(log, "a");
        commit(log, "b");
        commit(log, "c");
        disk.endProcess();
        byte[] content = disk.content(FIRST_SEGMENT);
        Arrays.fill(content, LogFormat.HEADER_BYTES + 29, LogFormat.HEADER_BYTES + 58, (byte) 0);

        assertThat(entries(with(FIRST_SEGMENT, content))).containsExactly("1=a");
    }

    @Test
    void doesNotAllocateWhatDamagedLengthsAskFor() {
        commit(openEmpty(disk, OPTIONS), "a");
        disk.endProcess();
        byte[] content = disk.content(FIRST_SEGMENT);
        content[LogFormat.HEADER_BYTES + LogFormat.LENGTH_OFFSET] = 0x7f;

        assertThatThrownBy(() -> entries(with(FIRST_SEGMENT, content)))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("found=2130706433 bytes");
    }

    @Test
    void endsSearchForProofInEntriesFullOfRecordBeginnings() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSyncPolicy(SyncPolicy.never()));
        ByteBuffer hostile = ByteBuffer.allocate(4 << 20);
        while (hostile.remaining() >= LogFormat.RECORD_HEADER_BYTES) {
            int length = hostile.remaining() - LogFormat.RECORD_HEADER_BYTES;
            hostile.putInt(LogFormat.ENTRY_MAGIC)
                    .putInt(0)
                    .putInt(length)
                    .putLong(100)
                    .putLong(2);
        }
        log.append(1, Bytes.wrap(hostile.array()));
        log.commit();
        disk.endProcess();
        disk.flipBit(FIRST_SEGMENT, LogFormat.HEADER_BYTES + LogFormat.CHECKSUM_OFFSET, 3);

        assertThatThrownBy(() -> entries(disk))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("too many beginnings of records to tell");
    }

    @Test
    void doesNotTakeShortReadForTornTail() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS);
        commit(log, "a");
        commit(log, "b");
        disk.endProcess();
        disk.shortenRead(1);

        assertThatThrownBy(() -> entries(disk))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("ends before its length");
        assertThat(entries(disk)).containsExactly("1=a", "2=b");
    }

    // The ancestors' defects.

    @Test
    void opensAfterTornLastRecordWhichTheAncestorRefused() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSyncPolicy(SyncPolicy.never()));
        commit(log, "whole");
        commit(log, "two bytes short");
        disk.endProcess();
        byte[] content = disk.content(FIRST_SEGMENT);

        assertThat(entries(with(FIRST_SEGMENT, cut(content, entriesEnd(content) - 2))))
                .containsExactly("1=whole");
    }

    @Test
    void findsRecordAppendedBehindTornTailWhichTheAncestorLost() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS);
        commit(log, "before");
        disk.endProcess();
        byte[] content = disk.content(FIRST_SEGMENT);
        int end = entriesEnd(content);
        byte[] overwrittenMark = content.clone();
        overwrittenMark[end + LogFormat.LENGTH_OFFSET] = 3;
        SimulatedDisk torn = with(FIRST_SEGMENT, overwrittenMark);

        commit(reopen(torn, OPTIONS), "after");

        SimulatedDisk found = torn.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        assertThat(entries(found)).containsExactly("1=before", "2=after");
    }

    @Test
    void acknowledgesOnlyWhatIsOnDiskUnlikeTheAncestor() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS);
        log.append(1, Bytes.utf8("acknowledged"));
        log.commit();

        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        assertThat(entries(found)).containsExactly("1=acknowledged");
    }
}
