package io.hightower.kv.storage.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a durable write makes durable on the simulated disk, and what it leaves as it was. */
class DurableWriteTest {
    private static final int SECTOR = SimulatedFile.SECTOR_BYTES;
    private static final String A = "a".repeat(SECTOR);
    private static final String B = "b".repeat(SECTOR);
    private static final String C = "c".repeat(SECTOR);

    private final SimulatedDisk disk = SimulatedDisk.empty();
    private DiskFile file;

    @BeforeEach
    void createFile() {
        file = disk.create("f");
        disk.syncDirectory();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private String found(LossPolicy policy, long seed) {
        byte[] content = disk.reopenAfterPowerLoss(policy, seed).content("f");
        return new String(content, StandardCharsets.UTF_8).replace('\0', '.');
    }

    @Test
    void survivesWithItsLength() {
        file.writeDurably(3, bytes("abc"));

        assertThat(found(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1)).isEqualTo("...abc");
    }

    @Test
    void leavesOtherSectorsPending() {
        file.write(0, bytes(A + B + C));
        file.writeDurably(SECTOR + 1, bytes("durable"));

        assertThat(found(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1))
                .as("what was pending in its sector is settled with it")
                .isEqualTo(".".repeat(SECTOR) + "bdurable" + "b".repeat(SECTOR - 8));
        Set<String> possible = new TreeSet<>();
        for (long seed = 0; seed < 100; seed++) {
            possible.add(found(LossPolicy.RANDOM_SUBSET, seed).replaceAll("(.)\\1+", "$1"));
        }
        assertThat(possible)
                .containsExactlyInAnyOrder(
                        ".bdurableb", "abdurableb", ".bdurablebc", "abdurablebc", ".bdurableb.", "abdurableb.");
    }

    @Test
    void cutInTheMiddleIsDurableInHalf() {
        disk.cutPowerAt(disk.operations() + 1, CutPart.HALF);
        assertThatThrownBy(() -> file.writeDurably(0, bytes(A + B))).isInstanceOf(PowerLostException.class);

        assertThat(found(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1)).isEqualTo(A);
        assertThat(found(LossPolicy.ALL_SURVIVES, 1)).isEqualTo(A + B);
    }

    @Test
    void cutBeforeOrAfterIsNothingOrAll() {
        disk.cutPowerAt(disk.operations() + 1, CutPart.NOTHING);
        assertThatThrownBy(() -> file.writeDurably(0, bytes(A))).isInstanceOf(PowerLostException.class);
        assertThat(found(LossPolicy.ALL_SURVIVES, 1)).isEmpty();

        SimulatedDisk other = SimulatedDisk.empty();
        DiskFile there = other.create("f");
        other.syncDirectory();
        other.cutPowerAt(other.operations() + 1, CutPart.ALL);
        assertThatThrownBy(() -> there.writeDurably(0, bytes(A))).isInstanceOf(PowerLostException.class);
        assertThat(other.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1)
                        .content("f"))
                .hasSize(SECTOR);
    }

    @Test
    void singleSectorCutInTheMiddleMayBeTorn() {
        file.writeDurably(0, bytes("old old"));
        disk.cutPowerAt(disk.operations() + 1, CutPart.HALF);
        assertThatThrownBy(() -> file.writeDurably(0, bytes("NEW NEW"))).isInstanceOf(PowerLostException.class);

        Set<String> possible = new TreeSet<>();
        for (long seed = 0; seed < 300; seed++) {
            possible.add(found(LossPolicy.TORN_SECTOR, seed));
        }
        assertThat(possible).contains("old old", "NEW old").allMatch(text -> text.length() == 7);
    }

    @Test
    void failsAsSyncsDo() {
        file.write(0, bytes(A));
        file.sync();
        disk.failOnce(OperationKind.WRITE_DURABLY, 1);
        assertThatThrownBy(() -> file.writeDurably(0, bytes(B))).isInstanceOf(StorageException.class);

        assertThat(new String(disk.content("f"), StandardCharsets.UTF_8)).isEqualTo(B);
        file.sync();
        assertThat(found(LossPolicy.ALL_SURVIVES, 1))
                .as("dropped, and not written by a later sync")
                .isEqualTo(A);
    }

    @Test
    void failureMayRevertItsRange() {
        file.write(0, bytes(A));
        file.sync();
        file.write(SECTOR, bytes(C));
        disk.failedSync(FailedSync.CONTENT_REVERTED_AT_ONCE);
        disk.failOnce(OperationKind.WRITE_DURABLY, 1);
        assertThatThrownBy(() -> file.writeDurably(0, bytes(B))).isInstanceOf(StorageException.class);

        assertThat(new String(disk.content("f"), StandardCharsets.UTF_8)).isEqualTo(A + C);
    }

    @Test
    void lackOfSpaceIsFinal() {
        disk.capacity(5);

        assertThatThrownBy(() -> file.writeDurably(0, bytes("too long")))
                .isInstanceOf(StorageException.class)
                .isNotInstanceOf(DiskFullException.class);
    }
}
