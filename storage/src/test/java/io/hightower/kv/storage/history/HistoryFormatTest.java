package io.hightower.kv.storage.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.golden.GoldenBytes;
import io.hightower.kv.storage.file.FileHeader;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of history files, pinned; and what becomes of bytes that are not as they were written. */
class HistoryFormatTest {
    /** Two puts under one revision, a delete, and a put much later. */
    private static final List<Change> EXAMPLE = List.of(
            Change.value(2, 0, "apple"),
            Change.value(2, 1, "pear"),
            Change.tombstone(5, 0, "apple"),
            Change.value(300, 0, "kiwi"));

    private final SimulatedDisk disk = SimulatedDisk.empty();
    private final HistoryMeta example = Change.write(disk, 17, ChangeSelection.ALL, EXAMPLE);

    private static byte[] golden() {
        return GoldenBytes.read(HistoryFormatTest.class, "history");
    }

    @Test
    void writesTheSameBytesAsEver() {
        assertThat(HexFormat.of().formatHex(disk.content(example.fileName())))
                .isEqualTo(HexFormat.of().formatHex(golden()));
    }

    @Test
    void readsTheSameBytesAsEver() {
        SimulatedDisk found = SimulatedDisk.empty();
        found.place(example.fileName(), golden());
        try (HistoryFile file = HistoryFile.open(found, example)) {
            file.verify();
            assertThat(Change.read(file, 0, ChangeSelection.ALL)).isEqualTo(EXAMPLE);
        }
    }

    @Test
    void widthsAddUp() {
        assertThat(HistoryFormat.HEADER_BYTES).isEqualTo(FileHeader.BYTES + 8 + 4);
        assertThat(HistoryFormat.BLOCK_HEADER_BYTES).isEqualTo(4 + 4 + 4 + 4 + 8 + 4);
        assertThat(HistoryFormat.INDEX_HEADER_BYTES).isEqualTo(4 + 4 + 4);
        assertThat(HistoryFormat.INDEX_ENTRY_BYTES).isEqualTo(8 + 4 + 4 + 8 + 4);
        assertThat(HistoryFormat.FOOTER_BYTES).isEqualTo(4 + 4 + 8 + 8 + 8 + 4 + 8 + 4 + 8 + 8 + 8);
    }

    @Test
    void noFlippedBitGoesUnnoticed() {
        byte[] whole = disk.content(example.fileName());
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertRefused(damaged, "bit " + bit);
        }
    }

    @Test
    void noByteOfALargeFileGoesUnnoticedAndNoAnswerIsWrong() {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 420; i++) {
            String key = "a key long enough for several blocks, " + i;
            changes.add(i % 3 == 0 ? Change.tombstone(2 + i, 0, key) : Change.value(2 + i, 0, key));
        }
        SimulatedDisk large = SimulatedDisk.empty();
        HistoryMeta meta = Change.write(large, 18, ChangeSelection.ALL, changes);
        byte[] whole = large.content(meta.fileName());
        for (int place = 0; place < whole.length; place++) {
            large.flipBit(meta.fileName(), place, place % 8);
            boolean noticed = isNoticed(large, meta, changes, 0, ChangeSelection.ALL);
            isNoticed(large, meta, changes, 400, ChangeSelection.TOMBSTONES);
            assertThat(noticed).as("byte %s", place).isTrue();
            large.flipBit(meta.fileName(), place, place % 8);
        }
    }

    private static boolean isNoticed(
            SimulatedDisk large, HistoryMeta meta, List<Change> changes, long from, ChangeSelection selection) {
        try (HistoryFile file = HistoryFile.open(large, meta)) {
            List<Change> read = Change.read(file, from, selection);
            // Cheaper than comparing through AssertJ, tens of thousands of times.
            if (!read.equals(Change.expected(changes, from, selection))) {
                throw new AssertionError("A wrong answer: from=" + from + " selection=" + selection);
            }
            return false;
        } catch (StorageException e) {
            return true;
        }
    }

    @Test
    void noCutGoesUnnoticed() {
        byte[] whole = disk.content(example.fileName());
        for (int length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length), "length " + length);
        }
        assertRefused(Arrays.copyOf(whole, whole.length + 1), "one byte more");
    }

    private void assertRefused(byte[] damaged, String what) {
        SimulatedDisk found = SimulatedDisk.empty();
        found.place(example.fileName(), damaged);
        assertThatThrownBy(() -> {
                    try (HistoryFile file = HistoryFile.open(found, example)) {
                        Change.read(file, 0, ChangeSelection.ALL);
                    }
                })
                .as(what)
                .isInstanceOfAny(CorruptionException.class, FormatException.class)
                .hasMessageContaining(example.fileName());
        assertThatThrownBy(() -> {
                    try (HistoryFile file = HistoryFile.open(found, example)) {
                        file.verify();
                    }
                })
                .as(what)
                .isInstanceOf(StorageException.class);
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 2})
    void namesEveryOtherFormatVersion(byte version) {
        byte[] other = golden();
        other[11] = version;
        disk.place(example.fileName(), other);
        assertThatThrownBy(() -> HistoryFile.open(disk, example))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("found=format version " + version + " supported=format version 1");
    }

    @Test
    void isDocumented() {
        GoldenBytes.assertShown("history.md", "## Example", golden());
    }

    /** Whole files, in the place of another: of another number, another store, an older content. */
    @Test
    void refusesAFileThatIsNotTheOneDescribed() {
        HistoryMeta other = Change.write(disk, 18, ChangeSelection.ALL, EXAMPLE);
        assertRefused(disk.content(other.fileName()), "another number");

        SimulatedDisk elsewhere = SimulatedDisk.empty();
        HistoryId id = new HistoryId(17, Bytes.wrap(new byte[16]));
        try (HistoryWriter writer = HistoryWriter.create(elsewhere, id, ChangeSelection.ALL)) {
            ChangeCursor cursor = Change.source(EXAMPLE).from(0, ChangeSelection.ALL);
            while (cursor.next()) {
                writer.add(cursor);
            }
            writer.finish();
        }
        assertRefused(elsewhere.content(id.fileName()), "another store");

        List<Change> changed = new ArrayList<>(EXAMPLE);
        changed.set(0, Change.value(2, 0, "grape"));
        SimulatedDisk older = SimulatedDisk.empty();
        HistoryMeta same = Change.write(older, 17, ChangeSelection.ALL, changed);
        assertThat(same.length()).isEqualTo(example.length());
        assertThat(same.checksum()).isNotEqualTo(example.checksum());
        disk.place(example.fileName(), older.content(same.fileName()));
        try (HistoryFile file = HistoryFile.open(disk, example)) {
            assertThatThrownBy(file::verify).isInstanceOf(CorruptionException.class);
        }
    }

    /** Two blocks of a file, exchanged: each is whole, but not in its place. */
    @Test
    void refusesWholeBlocksInWrongPlaces() {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            changes.add(Change.value(1000 + i, 0, "abcdefgh"));
        }
        SimulatedDisk large = SimulatedDisk.empty();
        HistoryMeta meta = Change.write(large, 17, ChangeSelection.ALL, changes);
        byte[] whole = large.content(meta.fileName());
        int first = HistoryFormat.HEADER_BYTES;
        int length = HistoryFormat.BLOCK_HEADER_BYTES
                + java.nio.ByteBuffer.wrap(whole).getInt(first + 4);
        assertThat(java.nio.ByteBuffer.wrap(whole).getInt(first + length + 4))
                .isEqualTo(length - HistoryFormat.BLOCK_HEADER_BYTES);
        byte[] swapped = whole.clone();
        System.arraycopy(whole, first, swapped, first + length, length);
        System.arraycopy(whole, first + length, swapped, first, length);
        large.place(meta.fileName(), swapped);
        try (HistoryFile file = HistoryFile.open(large, meta)) {
            assertThatThrownBy(() -> file.from(0, ChangeSelection.ALL).next())
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("checksum");
        }
    }
}
