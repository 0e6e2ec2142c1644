package io.hightower.kv.storage.manifest;

import static io.hightower.kv.storage.manifest.ManifestFixture.EXAMPLE;
import static io.hightower.kv.storage.manifest.ManifestFixture.OTHER_STORE_ID;
import static io.hightower.kv.storage.manifest.ManifestFixture.STORE_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.codec.RecordCodec;
import io.hightower.kv.statemachine.golden.GoldenBytes;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.storage.file.FileHeader;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of manifests, pinned; and what becomes of bytes that are not as they were written. */
class ManifestFormatTest {
    /** Where the example's scalars begin, and what follows them. */
    private static final int SCALARS = ManifestFormat.FIXED_BYTES;

    private static final int LEVELS = SCALARS + RecordCodec.encode(EXAMPLE.applied()).length;

    private final SimulatedDisk disk = SimulatedDisk.empty();

    private static byte[] golden() {
        return GoldenBytes.read(ManifestFormatTest.class, "manifest");
    }

    @Test
    void writesTheSameBytesAsEver() {
        ManifestFile.write(disk, STORE_ID, EXAMPLE);

        assertThat(disk.list()).containsExactly("MANIFEST");
        assertThat(HexFormat.of().formatHex(disk.content("MANIFEST")))
                .isEqualTo(HexFormat.of().formatHex(golden()));
    }

    @Test
    void readsTheSameBytesAsEver() {
        disk.place("MANIFEST", golden());

        assertThat(ManifestFile.read(disk, STORE_ID)).contains(EXAMPLE);
        assertThat(ManifestFile.decode(golden())).isEqualTo(EXAMPLE);
        assertThat(ManifestFile.encode(STORE_ID, EXAMPLE)).isEqualTo(golden());
    }

    @Test
    void widthsAddUp() {
        assertThat(ManifestFormat.FIXED_BYTES).isEqualTo(FileHeader.BYTES + 8 + 8 + 8 + 8 + 4);
        assertThat(ManifestFormat.FILE_BYTES).isEqualTo(8 + 16 + 8 + 4);
        assertThat(ManifestFormat.TABLE_BYTES).isEqualTo(36 + 8 + 8 + 8 + 8 + 8 + 4 + 4);
        assertThat(ManifestFormat.HISTORY_BYTES).isEqualTo(36 + 8 + 8 + 8 + 8 + 8);
    }

    @Test
    void readsWhateverWasWritten(TestInfo test) {
        SeededRuns.of(test).count(200).checkEach(random -> {
            StoreManifest manifest = ManifestFixture.random(random);
            SimulatedDisk fresh = SimulatedDisk.empty();
            ManifestFile.write(fresh, STORE_ID, manifest);
            assertThat(ManifestFile.read(fresh, STORE_ID)).contains(manifest);
        });
    }

    @Test
    void readsTheManifestOfAnEmptyStore() {
        ManifestFile.write(disk, STORE_ID, StoreManifest.empty());

        assertThat(ManifestFile.read(disk, STORE_ID)).contains(StoreManifest.empty());
        assertThat(StoreManifest.empty().applied()).isEqualTo(AppliedState.EMPTY);
    }

    @Test
    void refusesEveryFlippedBit() {
        byte[] golden = golden();
        for (int bit = 0; bit < golden.length * 8; bit++) {
            byte[] damaged = golden.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            boolean saysWhatItIs = bit / 8 < FileHeader.STORE_ID_OFFSET;
            assertRefused(damaged, "bit " + bit, saysWhatItIs ? FormatException.class : CorruptionException.class);
        }
    }

    @Test
    void refusesEveryByteSetToZeroOrOnes() {
        byte[] golden = golden();
        for (int place = 0; place < golden.length; place++) {
            for (byte value : new byte[] {0, -1}) {
                if (golden[place] != value) {
                    byte[] damaged = golden.clone();
                    damaged[place] = value;
                    assertRefused(damaged, "byte " + place, StorageException.class);
                }
            }
        }
    }

    @Test
    void refusesEveryLengthButItsOwn() {
        byte[] golden = golden();
        for (int length = 0; length < golden.length; length++) {
            assertRefused(Arrays.copyOf(golden, length), "length " + length, CorruptionException.class);
        }
        assertRefused(Arrays.copyOf(golden, golden.length + 1), "one byte more", CorruptionException.class);
    }

    private void assertRefused(byte[] damaged, String what, Class<? extends StorageException> type) {
        disk.place("MANIFEST", damaged);
        assertThatThrownBy(() -> ManifestFile.read(disk, STORE_ID))
                .as(what)
                .isInstanceOf(type)
                .hasMessageContaining("MANIFEST");
        assertThat(disk.content("MANIFEST")).as(what).isEqualTo(damaged);
    }

    @Test
    void refusesTheManifestOfAnotherStore() {
        disk.place("MANIFEST", golden());
        assertThatThrownBy(() -> ManifestFile.read(disk, OTHER_STORE_ID))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("store id");
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 2})
    void namesEveryOtherFormatVersion(byte version) {
        byte[] other = golden();
        other[11] = version;
        disk.place("MANIFEST", other);
        assertThatThrownBy(() -> ManifestFile.read(disk, STORE_ID))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("found=format version " + version + " supported=format version 1");
    }

    @Test
    void isDocumented() {
        GoldenBytes.assertShown("manifest.md", "## Example", golden());
    }

    /** Its scalars and hashes mean something else, so it is not even looked at. */
    @Test
    void namesAManifestFromBeforeSystemRecords() {
        byte[] older = golden();
        System.arraycopy("MNFT".getBytes(StandardCharsets.US_ASCII), 0, older, 4, 4);
        disk.place("MANIFEST", older);
        assertThatThrownBy(() -> ManifestFile.read(disk, STORE_ID))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("found=kind MNFT");
    }

    /** Whole bytes with a right checksum that no writer makes: counts, orders and fields are checked nevertheless. */
    @Test
    void refusesPartsThatDoNotFitTogether() {
        int firstTable = LEVELS + 2 * Integer.BYTES;
        forged("levels", content -> content.putInt(LEVELS, 3));
        forged("no levels", content -> content.putInt(LEVELS, 0));
        forged("negative levels", content -> content.putInt(LEVELS, -1));
        forged("tables", content -> content.putInt(LEVELS + 4, 2));
        forged("a level less of tables", content -> content.putInt(LEVELS + 4, 0));
        forged("table number", content -> content.putLong(firstTable, 6));
        forged("table number of another", content -> content.putLong(firstTable, 3));
        forged("table number 0", content -> content.putLong(firstTable, 0));
        forged("table length", content -> content.putLong(firstTable + 24, 0));
        forged("table revisions", content -> content.putLong(firstTable + 44, 32));
        forged("table keys", content -> content.putLong(firstTable + 52, 3));
        forged("first key's length", content -> content.putInt(firstTable + 76, 33_000));
        forged("first key", content -> content.put(firstTable + 80, (byte) 'z'));
        forged("next file number", content -> content.putLong(44, 5));
        forged("history floor", content -> content.putLong(52, 33));
        forged("history floor below", content -> content.putLong(52, 9));
        forged("scalars' length", content -> content.putInt(60, 1));
        forged("unknown field of the scalars", content -> content.put(SCALARS, (byte) 0x78));
        int system = golden().length - 4 - ManifestFormat.FILE_BYTES;
        forged("system files", content -> content.putInt(system - 4, 2));
        forged("no system file", content -> content.putInt(system - 4, 0));
        forged("number of system records of another file", content -> content.putLong(system, 5));
        forged("number of system records not given", content -> content.putLong(system, 7));
        forged("length of system records", content -> content.putLong(system + 24, 0));
        forged("edits", content -> content.putLong(36, -1));
    }

    private void forged(String what, Consumer<ByteBuffer> change) {
        byte[] content = golden();
        change.accept(ByteBuffer.wrap(content));
        CRC32C crc = new CRC32C();
        crc.update(content, 0, content.length - 4);
        ByteBuffer.wrap(content).putInt(content.length - 4, (int) crc.getValue());
        disk.place("MANIFEST", content);
        assertThatThrownBy(() -> ManifestFile.read(disk, STORE_ID))
                .as(what)
                .isInstanceOfAny(CorruptionException.class, FormatException.class);
    }

    @Test
    void aReadThatEndsEarlyIsAFailingDisk() {
        disk.place("MANIFEST", golden());
        disk.shortenRead(1);
        assertThatThrownBy(() -> ManifestFile.read(disk, STORE_ID))
                .isInstanceOf(StorageException.class)
                .isNotInstanceOf(CorruptionException.class);
    }
}
