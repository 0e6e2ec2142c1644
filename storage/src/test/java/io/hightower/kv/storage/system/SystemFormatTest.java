package io.hightower.kv.storage.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.golden.GoldenBytes;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.storage.file.FileHeader;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of files of system records, pinned; and what becomes of bytes that are not as they were written. */
class SystemFormatTest {
    private static final Bytes ORIGIN = Bytes.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    private static final SystemId ID = new SystemId(17, ORIGIN);

    /** Two records after four changes: the third key was removed again. */
    private static final SystemRecords EXAMPLE = SystemRecords.EMPTY
            .with(Bytes.utf8("lease"), Bytes.utf8("60 s"))
            .with(Bytes.utf8("gone"), Bytes.utf8("x"))
            .with(Bytes.utf8("user"), Bytes.EMPTY)
            .without(Bytes.utf8("gone"));

    private final SimulatedDisk disk = SimulatedDisk.empty();
    private final SystemMeta meta = SystemFile.write(disk, ID, EXAMPLE);

    private static byte[] golden() {
        return GoldenBytes.read(SystemFormatTest.class, "system");
    }

    @Test
    void writesTheSameBytesAsEver() {
        assertThat(disk.list()).containsExactly("000000000017-01020304.system");
        assertThat(HexFormat.of().formatHex(disk.content(meta.fileName())))
                .isEqualTo(HexFormat.of().formatHex(golden()));
        assertThat(meta.length()).isEqualTo(golden().length);
    }

    @Test
    void readsTheSameBytesAsEver() {
        SimulatedDisk found = SimulatedDisk.empty();
        found.place(meta.fileName(), golden());

        assertSame(SystemFile.read(found, meta), EXAMPLE);
        assertThat(SystemFile.inspect(found, meta.fileName()).meta()).isEqualTo(meta);
    }

    @Test
    void readsRecordsAboutTheClusterWhichAreNoChanges() {
        Bytes member = Bytes.utf8("member/0000000000000001");
        SystemRecords written =
                SystemRecords.EMPTY.with(member, Bytes.utf8("1")).with(member, Bytes.utf8("2"));
        assertThat(written.revision()).isZero();

        SystemMeta other = SystemFile.write(disk, new SystemId(18, ORIGIN), written);

        assertSame(SystemFile.read(disk, other), written);
    }

    @Test
    void widthsAddUp() {
        assertThat(SystemFormat.FIXED_BYTES).isEqualTo(FileHeader.BYTES + 8 + 8 + 8 + 4);
        assertThat(SystemFormat.LENGTH_MIN).isEqualTo(SystemFormat.FIXED_BYTES + 4);
    }

    @Test
    void readsWhateverWasWritten(TestInfo test) {
        SeededRuns.of(test).count(60).checkEach(random -> {
            SystemRecords written = random(random);
            SimulatedDisk fresh = SimulatedDisk.empty();
            SystemMeta made = SystemFile.write(fresh, ID, written);
            SystemRecords read = SystemFile.read(fresh, made);
            assertSame(read, written);
            assertThat(SystemFile.encode(ID, read)).isEqualTo(fresh.content(made.fileName()));
        });
    }

    private static SystemRecords random(RandomGenerator random) {
        SystemRecords records = SystemRecords.EMPTY;
        int changes = random.nextInt(200);
        for (int i = 0; i < changes; i++) {
            byte[] key = new byte[1 + random.nextInt(3)];
            random.nextBytes(key);
            byte[] value = new byte[random.nextInt(random.nextInt(20) == 0 ? 5000 : 30)];
            random.nextBytes(value);
            records = random.nextInt(4) == 0 && records.size() > 0
                    ? records.without(records.all().iterator().next().key())
                    : records.with(Bytes.wrap(key), Bytes.wrap(value));
        }
        return records;
    }

    @Test
    void noFlippedBitGoesUnnoticed() {
        for (int bit = 0; bit < golden().length * 8; bit++) {
            byte[] damaged = golden();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertRefused(damaged, "bit " + bit);
        }
    }

    @Test
    void noByteSetToZeroOrOnesGoesUnnoticed() {
        for (int place = 0; place < golden().length; place++) {
            for (byte value : new byte[] {0, -1}) {
                byte[] damaged = golden();
                if (damaged[place] != value) {
                    damaged[place] = value;
                    assertRefused(damaged, "byte " + place);
                }
            }
        }
    }

    @Test
    void noOtherLengthIsRead() {
        for (int length = 0; length < golden().length; length++) {
            assertRefused(Arrays.copyOf(golden(), length), "length " + length);
        }
        assertRefused(Arrays.copyOf(golden(), golden().length + 1), "one byte more");
    }

    private void assertRefused(byte[] damaged, String what) {
        disk.place(meta.fileName(), damaged);
        assertThatThrownBy(() -> SystemFile.read(disk, meta))
                .as(what)
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining(meta.fileName());
        // The file alone says so, too; damage to what it says that it is, is another format.
        assertThatThrownBy(() -> SystemFile.inspect(disk, meta.fileName()))
                .as(what)
                .isInstanceOfAny(CorruptionException.class, FormatException.class);
    }

    /** Whole bytes with right checksums that no writer makes. */
    @Test
    void refusesPartsThatDoNotFitTogether() {
        int records = SystemFormat.FIXED_BYTES;
        forged("number", content -> content.putLong(28, 0));
        forged("length", content -> content.putLong(36, 1));
        forged("negative changes", content -> content.putLong(44, -1));
        forged("fewer changes than a record says", content -> content.putLong(44, 2));
        forged("one record more", content -> content.putInt(52, 3));
        forged("one record less", content -> content.putInt(52, 1));
        forged("negative records", content -> content.putInt(52, -1));
        forged("length of a record", content -> content.putInt(records, 1000));
        forged("negative length of a record", content -> content.putInt(records, -1));
        forged("unknown field", content -> content.put(records + 4, (byte) 0x78));
        forged("keys that do not ascend", content -> content.put(records + 6, (byte) 'z'));
    }

    private void forged(String what, Consumer<ByteBuffer> change) {
        byte[] content = golden();
        change.accept(ByteBuffer.wrap(content));
        int covered = content.length - 4;
        ByteBuffer.wrap(content).putInt(covered, (int) SystemFile.checksum(content, covered));
        disk.place(meta.fileName(), content);
        SystemMeta fitting = new SystemMeta(meta.id(), content.length, SystemFile.checksum(content, content.length));
        assertThatThrownBy(() -> SystemFile.read(disk, fitting))
                .as(what)
                .isInstanceOfAny(CorruptionException.class, FormatException.class);
    }

    @Test
    void refusesTheFileOfAnotherNumberOrStore() {
        byte[] whole = disk.content(meta.fileName());
        SystemId other = new SystemId(18, ORIGIN);
        disk.place(other.fileName(), whole);
        assertThatThrownBy(() -> SystemFile.read(disk, new SystemMeta(other, meta.length(), meta.checksum())))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("number 17");
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 2})
    void namesEveryOtherFormatVersion(byte version) {
        byte[] other = golden();
        other[11] = version;
        disk.place(meta.fileName(), other);
        SystemMeta fitting = new SystemMeta(meta.id(), other.length, SystemFile.checksum(other, other.length));
        assertThatThrownBy(() -> SystemFile.read(disk, fitting))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("found=format version " + version + " supported=format version 1");
    }

    @Test
    void isDocumented() {
        GoldenBytes.assertShown("system.md", "## Example", golden());
    }

    @Test
    void saysThatTheFileIsMissing() {
        disk.delete(meta.fileName());
        assertThatThrownBy(() -> SystemFile.read(disk, meta))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("no file");
    }

    @Test
    void aReadThatEndsEarlyIsAFailingDisk() {
        disk.shortenRead(1);
        assertThatThrownBy(() -> SystemFile.read(disk, meta))
                .isInstanceOf(StorageException.class)
                .isNotInstanceOf(CorruptionException.class);
    }

    @Test
    void aFullDiskLeavesNothing() {
        SimulatedDisk small = SimulatedDisk.empty();
        small.capacity(50);
        assertThatThrownBy(() -> SystemFile.write(small, ID, EXAMPLE)).isInstanceOf(DiskFullException.class);
        assertThat(small.list()).isEmpty();
    }

    @Test
    void fileNamesSortLikeNumbers() {
        assertThat(SystemId.isFileName("000000000017-01020304.system")).isTrue();
        for (String other : new String[] {
            "000000000000-01020304.system",
            "00000000017-01020304.system",
            "000000000017-0102030g.system",
            "000000000017-01020304.system.tmp",
            "000000000017-01020304.table"
        }) {
            assertThat(SystemId.isFileName(other)).as(other).isFalse();
        }
        assertThatThrownBy(() -> new SystemId(0, ORIGIN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SystemId(SystemId.NUMBER_MAX + 1, ORIGIN))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SystemId(1, Bytes.EMPTY)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SystemMeta(ID, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SystemMeta(ID, 100, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertSame(SystemRecords found, SystemRecords expected) {
        assertThat(list(found)).isEqualTo(list(expected));
        assertThat(found.revision()).isEqualTo(expected.revision());
        assertThat(found.hash()).isEqualTo(expected.hash());
    }

    private static List<SystemRecord> list(SystemRecords records) {
        List<SystemRecord> list = new ArrayList<>();
        records.all().forEach(list::add);
        return list;
    }
}
