package io.hightower.kv.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.codec.RecordCodec;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.state.StateHash;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The bytes of snapshots, pinned; and what becomes of bytes that are not as they were written. */
class SnapshotFormatTest {
    private static final String NAME = "snapshot-00000000000000000042.snap";

    private static final List<KeyRecord> RECORDS = List.of(
            new KeyRecord(Bytes.utf8("a"), true, Bytes.utf8("one"), 2, new Revision(4, 1), 2, 4),
            KeyRecord.tombstone(Bytes.utf8("b"), new Revision(5, 0), 1L << 40),
            new KeyRecord(Bytes.wrap(new byte[] {(byte) 0xff, 0}), true, Bytes.EMPTY, 6, new Revision(6, 0), 1, 6));

    private static final AppliedState APPLIED =
            new AppliedState(new LogPosition(7, 42), 6, 1L << 40, 3, 0, 1_700_000_000_000L, 2, 1, recordsHash(RECORDS));

    /** Places in the array of scalars that a test may lie about. */
    private static final int REVISION = 0;

    private static final int LATEST_VERSION = 1;
    private static final int RELEASED_REVISION = 2;
    private static final int LIVE_KEYS = 3;
    private static final int TOMBSTONES = 4;
    private static final int RECORDS_HASH = 5;

    private final SimulatedDisk disk = SimulatedDisk.empty();

    @Test
    void writesTheBytesOfTheGoldenFile() throws IOException {
        StoreDriver driver = StoreDriver.open(disk);
        StateStore.Edit edit = driver.store.edit();
        RECORDS.forEach(edit::write);
        edit.publish(APPLIED);
        driver.store.checkpoint();

        assertThat(HexFormat.of().formatHex(disk.content(NAME)))
                .isEqualTo(HexFormat.of().formatHex(golden()));
        assertThat(driver.export()).isEqualTo(golden());
    }

    @Test
    void readsTheGoldenFile() throws IOException {
        disk.place(NAME, golden());
        StoreDriver driver = StoreDriver.open(disk);

        assertThat(driver.state()).isEqualTo(new StoreDriver.State(APPLIED, RECORDS));
        assertThat(driver.store.edit().tombstones(Long.MAX_VALUE, 9)).containsExactly(RECORDS.get(1));
        assertThat(driver.store.durable()).isEqualTo(APPLIED.position());
    }

    @Test
    void positionOfTheHeaderWins() throws IOException {
        byte[] moved = golden();
        LogPosition position = new LogPosition(9, 77);
        byte[] header = new SnapshotHeader(StoreDriver.STORE_ID, position).encode();
        System.arraycopy(header, 0, moved, 0, header.length);
        disk.place("snapshot-00000000000000000077.snap", moved);

        assertThat(StoreDriver.open(disk).state()).isEqualTo(new StoreDriver.State(APPLIED.at(position), RECORDS));
    }

    @Test
    void refusesEveryFlippedBit() throws IOException {
        int bits = golden().length * 8;
        for (int bit = 0; bit < bits; bit++) {
            byte[] damaged = golden();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            boolean saysWhatItIs = bit / 8 < SnapshotFormat.HEADER_STORE_ID_OFFSET;
            assertRefused(damaged, "bit " + bit, saysWhatItIs ? FormatException.class : CorruptionException.class);
        }
    }

    @Test
    void refusesEveryByteSetToZeroOrOnes() throws IOException {
        for (int place = 0; place < golden().length; place++) {
            for (byte value : new byte[] {0, -1}) {
                byte[] damaged = golden();
                if (damaged[place] != value) {
                    damaged[place] = value;
                    assertRefused(damaged, "byte " + place, StorageException.class);
                }
            }
        }
    }

    @Test
    void refusesEveryLengthButItsOwn() throws IOException {
        byte[] golden = golden();
        for (int length = 0; length < golden.length; length++) {
            assertRefused(Arrays.copyOf(golden, length), "length " + length, CorruptionException.class);
        }
        assertRefused(Arrays.copyOf(golden, golden.length + 1), "one byte more", CorruptionException.class);
    }

    @Test
    void namesANewerFormatVersion() throws IOException {
        byte[] newer = golden();
        newer[11] = 1;
        disk.place(NAME, newer);
        assertThatThrownBy(() -> StoreDriver.open(disk))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("what=" + NAME + " found=version 1 supported=version 0");
    }

    @Test
    void refusesAnUnknownTypeOfBlock() throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        target.write(new SnapshotHeader(StoreDriver.STORE_ID, APPLIED.position()).encode());
        BlockWriter blocks = new BlockWriter(target, SnapshotFormat.KIND);
        blocks.append(3, new byte[] {1});
        blocks.flush(3);
        assertRefused(target.toByteArray(), "block of type 3", FormatException.class);
    }

    @Test
    void refusesBlocksInAnotherOrderOrLeftOut() throws IOException {
        byte[] key = new byte[40_000];
        byte[] first = block(0, List.of(large("a", key)));
        byte[] second = block(1, List.of(large("b", key)));
        byte[] header = new SnapshotHeader(StoreDriver.STORE_ID, APPLIED.position()).encode();
        byte[] whole = snapshot(List.of(large("a", key), large("b", key)), scalars -> scalars);
        byte[] rest = Arrays.copyOfRange(whole, header.length + first.length + second.length, whole.length);
        assertThat(concat(header, first, second, rest)).isEqualTo(whole);

        assertRefused(concat(header, second, first, rest), "swapped", CorruptionException.class);
        assertRefused(concat(header, first, rest), "second left out", CorruptionException.class);
        assertRefused(concat(header, first, first, second, rest), "first repeated", CorruptionException.class);
        assertRefused(
                concat(header, block(0, List.of(large("b", key))), rest), "renumbered", CorruptionException.class);
    }

    /** All checksums are right here: a program wrote nonsense, or wrote down damage. */
    @Test
    void believesNoScalarsThatTheRecordsContradict() throws IOException {
        List<UnaryOperator<long[]>> lies = List.of(
                scalars -> plus(scalars, REVISION, -1),
                scalars -> plus(scalars, LATEST_VERSION, -1),
                scalars -> plus(scalars, RELEASED_REVISION, 2),
                scalars -> plus(scalars, RELEASED_REVISION, -4),
                scalars -> plus(scalars, LIVE_KEYS, 1),
                scalars -> plus(scalars, TOMBSTONES, -1),
                scalars -> plus(plus(scalars, LIVE_KEYS, -1), TOMBSTONES, 1),
                scalars -> plus(scalars, RECORDS_HASH, 1));
        for (int i = 0; i < lies.size(); i++) {
            assertRefused(snapshot(RECORDS, lies.get(i)), "lie " + i, CorruptionException.class);
        }
        disk.place(NAME, snapshot(RECORDS, scalars -> scalars));
        assertThat(StoreDriver.open(disk).state().records()).isEqualTo(RECORDS);
    }

    @Test
    void believesNoRecordsThatCannotHaveComeAbout() throws IOException {
        KeyRecord fine = RECORDS.get(0);
        List<List<KeyRecord>> nonsense = List.of(
                List.of(RECORDS.get(1), RECORDS.get(0)),
                List.of(fine, fine),
                List.of(new KeyRecord(Bytes.EMPTY, true, Bytes.EMPTY, 2, new Revision(2, 0), 1, 2)),
                List.of(new KeyRecord(
                        Bytes.wrap(new byte[32 * 1024 + 1]), true, Bytes.EMPTY, 2, new Revision(2, 0), 1, 2)),
                List.of(new KeyRecord(fine.key(), true, Bytes.EMPTY, 2, new Revision(2, 0), 0, 2)),
                List.of(new KeyRecord(fine.key(), true, Bytes.EMPTY, 1, new Revision(2, 0), 1, 2)),
                List.of(new KeyRecord(fine.key(), true, Bytes.EMPTY, 3, new Revision(2, 0), 1, 2)),
                List.of(new KeyRecord(fine.key(), true, Bytes.EMPTY, 2, new Revision(1, 0), 1, 2)),
                List.of(new KeyRecord(fine.key(), true, Bytes.EMPTY, 2, new Revision(2, 0), 1, 0)),
                List.of(new KeyRecord(fine.key(), false, Bytes.utf8("v"), 0, new Revision(5, 0), 0, 2)),
                List.of(new KeyRecord(fine.key(), false, Bytes.EMPTY, 2, new Revision(5, 0), 0, 2)),
                List.of(new KeyRecord(fine.key(), false, Bytes.EMPTY, 0, new Revision(5, 0), 1, 2)));
        for (int i = 0; i < nonsense.size(); i++) {
            assertRefused(snapshot(nonsense.get(i), scalars -> scalars), "nonsense " + i, CorruptionException.class);
        }
    }

    @Test
    void namesFilesSoThatTheySortByIndex() {
        assertThat(SnapshotFormat.fileName(0)).isEqualTo("snapshot-00000000000000000000.snap");
        assertThat(SnapshotFormat.fileName(Long.MAX_VALUE)).isEqualTo("snapshot-09223372036854775807.snap");
        assertThat(SnapshotFormat.indexOf("snapshot-09223372036854775807.snap")).hasValue(Long.MAX_VALUE);
        assertThat(SnapshotFormat.indexOf("snapshot-09223372036854775808.snap")).isEmpty();
        assertThat(SnapshotFormat.indexOf("snapshot-0000000000000000004x.snap")).isEmpty();
        assertThat(SnapshotFormat.indexOf("snapshot-42.snap")).isEmpty();
        assertThat(SnapshotFormat.indexOf(NAME + ".tmp")).isEmpty();
    }

    /** Both ways in refuse: opening and staging. Nothing is deleted or believed. */
    private void assertRefused(byte[] damaged, String what, Class<? extends StorageException> type) {
        disk.place(NAME, damaged);
        assertThatThrownBy(() -> StoreDriver.open(disk))
                .as(what)
                .isInstanceOf(type)
                .hasMessageContaining(NAME);
        assertThat(disk.content(NAME)).as(what).isEqualTo(damaged);

        StoreDriver other = StoreDriver.open(SimulatedDisk.empty());
        assertThatThrownBy(() -> other.store.stage(new ByteArrayInputStream(damaged)))
                .as(what)
                .isInstanceOf(type);
        assertThat(other.state().applied()).isEqualTo(AppliedState.EMPTY);
    }

    private static long[] plus(long[] scalars, int place, long amount) {
        long[] changed = scalars.clone();
        changed[place] += amount;
        return changed;
    }

    private static AppliedState applied(long[] scalars) {
        return new AppliedState(
                APPLIED.position(),
                scalars[REVISION],
                scalars[LATEST_VERSION],
                scalars[RELEASED_REVISION],
                0,
                APPLIED.logicalTimeMillis(),
                scalars[LIVE_KEYS],
                scalars[TOMBSTONES],
                scalars[RECORDS_HASH]);
    }

    /** Writes records as they are, with scalars that describe them unless {@code lie} changes that. */
    private static byte[] snapshot(List<KeyRecord> records, UnaryOperator<long[]> lie) throws IOException {
        long live = records.stream().filter(KeyRecord::live).count();
        long[] scalars = {6, 1L << 40, 3, live, records.size() - live, recordsHash(records)};
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        target.write(new SnapshotHeader(StoreDriver.STORE_ID, APPLIED.position()).encode());
        BlockWriter blocks = new BlockWriter(target, SnapshotFormat.KIND);
        for (KeyRecord record : records) {
            blocks.append(SnapshotFormat.RECORDS_BLOCK, RecordCodec.encode(record));
        }
        blocks.flush(SnapshotFormat.RECORDS_BLOCK);
        new SnapshotFooter(records.size(), blocks.contentBytes(), blocks.contentCrc(), applied(lie.apply(scalars)))
                .writeTo(blocks);
        target.write(
                ByteBuffer.allocate(Long.BYTES).putLong(SnapshotFormat.END_MARK).array());
        return target.toByteArray();
    }

    /** Returns the bytes of one block as they would stand at that place. */
    private static byte[] block(int number, List<KeyRecord> records) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        BlockWriter blocks = new BlockWriter(target, SnapshotFormat.KIND);
        for (int i = 0; i < number; i++) {
            blocks.append(SnapshotFormat.RECORDS_BLOCK, new byte[1]);
            blocks.flush(SnapshotFormat.RECORDS_BLOCK);
        }
        target.reset();
        for (KeyRecord record : records) {
            blocks.append(SnapshotFormat.RECORDS_BLOCK, RecordCodec.encode(record));
        }
        blocks.flush(SnapshotFormat.RECORDS_BLOCK);
        return target.toByteArray();
    }

    private static KeyRecord large(String key, byte[] value) {
        return new KeyRecord(Bytes.utf8(key), true, Bytes.copyOf(value), 4, new Revision(4, 0), 1, 4);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    private static long recordsHash(List<KeyRecord> records) {
        StateHash hash = new StateHash();
        return records.stream().mapToLong(hash::of).sum();
    }

    private static byte[] golden() throws IOException {
        try (InputStream file = SnapshotFormatTest.class.getResourceAsStream("/formats/v0/" + NAME)) {
            assertThat(file).as("golden file").isNotNull();
            byte[] golden = file.readAllBytes();
            assertThat(golden).as("golden file").hasSize(201);
            return golden;
        }
    }
}
