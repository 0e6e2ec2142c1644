package io.hightower.kv.storage.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.DirectoryInUseException;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SimulatedDiskTest {
    private static final int SECTOR = SimulatedFile.SECTOR_BYTES;

    private final SimulatedDisk disk = SimulatedDisk.empty();

    private static void write(DiskFile file, long offset, String text) {
        file.write(offset, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String text(SimulatedDisk disk, String name) {
        return new String(disk.content(name), StandardCharsets.UTF_8);
    }

    private DiskFile durableFile(String name, String content) {
        DiskFile file = disk.create(name);
        write(file, 0, content);
        file.sync();
        disk.syncDirectory();
        return file;
    }

    /** Returns what can be found in a file under a policy, as text with dots for zeros. */
    private Set<String> possible(String name, LossPolicy policy, int seeds) {
        Set<String> found = new TreeSet<>();
        for (long seed = 0; seed < seeds; seed++) {
            found.add(text(disk.reopenAfterPowerLoss(policy, seed), name).replace('\0', '.'));
        }
        return found;
    }

    @Test
    void readsWhatWasWrittenSyncedOrNot() {
        DiskFile file = disk.create("a");
        write(file, 3, "abc");

        ByteBuffer target = ByteBuffer.allocate(10);
        assertThat(file.read(1, target)).isEqualTo(5);
        assertThat(target.array()).startsWith(0, 0, 'a', 'b', 'c');
        assertThat(file.read(6, target)).isZero();
        assertThat(file.length()).isEqualTo(6);
    }

    @Test
    void losesUnsyncedNamesAndContentSeparately() {
        DiskFile synced = disk.create("synced");
        write(synced, 0, "content");
        synced.sync();
        disk.syncDirectory();
        DiskFile nameless = disk.create("nameless");
        write(nameless, 0, "content");
        nameless.sync();
        write(synced, 7, " and more");

        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 0);

        assertThat(found.list()).containsExactly("synced");
        assertThat(text(found, "synced")).isEqualTo("content");
    }

    @Test
    void keepsEverythingIfAllSurvives() {
        write(disk.create("a"), 0, "content");

        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.ALL_SURVIVES, 0);

        assertThat(text(found, "a")).isEqualTo("content");
    }

    @Test
    void losesSectorsIndependentlyAndKeepsLengthsWithZeros() {
        DiskFile file = durableFile("a", "");
        write(file, 0, "a".repeat(SECTOR));
        write(file, SECTOR, "b".repeat(SECTOR));

        String a = "a".repeat(SECTOR);
        String b = "b".repeat(SECTOR);
        String zeros = ".".repeat(SECTOR);
        assertThat(possible("a", LossPolicy.RANDOM_SUBSET, 300))
                .containsExactlyInAnyOrder("", a, zeros, a + b, a + zeros, zeros + b, zeros + zeros);
    }

    @Test
    void revertsNameChangesIndependently() {
        durableFile("old", "x");
        disk.create("new");
        disk.rename("old", "renamed");

        Set<String> found = new TreeSet<>();
        for (long seed = 0; seed < 100; seed++) {
            found.add(disk.reopenAfterPowerLoss(LossPolicy.RANDOM_SUBSET, seed)
                    .list()
                    .toString());
        }
        assertThat(found).containsExactlyInAnyOrder("[old]", "[renamed]", "[new, old]", "[new, renamed]");
    }

    @Test
    void renamingReplacesAtomically() {
        durableFile("target", "old");
        DiskFile replacement = disk.create("temporary");
        write(replacement, 0, "new");
        replacement.sync();
        disk.syncDirectory();
        disk.rename("temporary", "target");

        assertThat(possible("target", LossPolicy.RANDOM_SUBSET, 50)).containsExactlyInAnyOrder("old", "new");
        assertThat(text(disk, "target")).isEqualTo("new");
    }

    @Test
    void tornSectorNeverHarmsSyncedBytesBeforeIt() {
        DiskFile file = durableFile("a", "synced");
        write(file, 6, "0123456789");

        Set<String> found = possible("a", LossPolicy.TORN_SECTOR, 500);

        assertThat(found).allMatch(content -> content.startsWith("synced"));
        assertThat(found).as("torn with zeros").contains("synced01234.....");
        assertThat(found).as("torn with garbage").anyMatch(content -> content.matches("(?s)synced012[^3.].*"));
    }

    @Test
    void tornOverwriteMixesOldAndNew() {
        DiskFile file = durableFile("a", "old old old");
        write(file, 0, "NEW NEW NEW");

        assertThat(possible("a", LossPolicy.TORN_SECTOR, 500))
                .contains("old old old", "NEW old old", "NEW NEW old")
                .allMatch(content -> content.matches("[NEWold ]{11}"));
    }

    @Test
    void cutMayBeUndoneUntilSynced() {
        DiskFile file = durableFile("a", "0123456789");
        file.truncate(4);
        assertThat(possible("a", LossPolicy.RANDOM_SUBSET, 50)).containsExactlyInAnyOrder("0123", "0123456789");
    }

    @Test
    void syncedCutStays() {
        DiskFile file = durableFile("a", "0123456789");
        file.truncate(4);
        file.sync();
        write(file, 6, "x");

        assertThat(possible("a", LossPolicy.RANDOM_SUBSET, 100))
                .containsExactlyInAnyOrder("0123", "0123...", "0123..x");
    }

    @Test
    void sameSeedGivesTheSameDisk() {
        DiskFile file = disk.create("a");
        for (int i = 0; i < 50; i++) {
            write(file, i * 100L, "x".repeat(100));
        }
        assertThat(disk.reopenAfterPowerLoss(LossPolicy.TORN_SECTOR, 7).fingerprint())
                .isEqualTo(disk.reopenAfterPowerLoss(LossPolicy.TORN_SECTOR, 7).fingerprint())
                .isNotEqualTo(
                        disk.reopenAfterPowerLoss(LossPolicy.TORN_SECTOR, 8).fingerprint());
    }

    @Test
    void everythingFailsFromTheCutOperationOn() {
        disk.cutPowerAt(3, CutPart.HALF);
        DiskFile file = disk.create("a");
        write(file, 0, "before");

        assertThatThrownBy(() -> write(file, 6, "during")).isInstanceOf(PowerLostException.class);

        assertThat(text(disk, "a")).isEqualTo("beforedur");
        assertThatThrownBy(file::sync).isInstanceOf(PowerLostException.class);
        assertThatThrownBy(disk::list).isInstanceOf(PowerLostException.class);
        assertThatThrownBy(() -> file.read(0, ByteBuffer.allocate(1))).isInstanceOf(PowerLostException.class);
        assertThat(disk.operations()).isEqualTo(3);
    }

    @Test
    void cutOperationMayHaveBeenDoneCompletely() {
        DiskFile file = durableFile("a", "");
        write(file, 0, "content");
        disk.cutPowerAt(disk.operations() + 1, CutPart.ALL);
        assertThatThrownBy(file::sync).isInstanceOf(PowerLostException.class);

        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 0);
        assertThat(text(found, "a")).isEqualTo("content");
    }

    @Test
    void endOfProcessKeepsUnsyncedChangesUnsynced() {
        DiskFile file = disk.create("a");
        write(file, 0, "content");
        Disk.DirectoryLock lock = disk.lock();

        disk.endProcess();

        lock.close();
        disk.lock();
        assertThatThrownBy(() -> write(file, 0, "x")).isInstanceOf(StorageException.class);
        assertThat(text(disk, "a")).isEqualTo("content");
        assertThat(disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 0)
                        .list())
                .isEmpty();
    }

    @Test
    void processEndedAtOperationLetsTheNextOneGoOn() {
        disk.endProcessAt(2, CutPart.NOTHING);
        DiskFile file = disk.create("a");
        assertThatThrownBy(() -> write(file, 0, "x")).isInstanceOf(StorageException.class);
        disk.endProcess();

        write(disk.open("a"), 0, "y");

        assertThat(text(disk, "a")).isEqualTo("y");
    }

    @Test
    void lockExcludesUntilClosedOrPowerIsLost() {
        Disk.DirectoryLock lock = disk.lock();
        assertThatThrownBy(disk::lock).isInstanceOf(DirectoryInUseException.class);
        lock.close();
        disk.lock();

        disk.reopenAfterPowerLoss(LossPolicy.ALL_SURVIVES, 0).lock();
    }

    @Test
    void failsOnceOrForEver() {
        DiskFile file = disk.create("a");
        disk.failOnce(OperationKind.WRITE, 2);
        write(file, 0, "1");
        assertThatThrownBy(() -> write(file, 1, "23"))
                .hasMessageContaining("A simulated fault: operation=WRITE file=a");
        write(file, 2, "4");
        assertThat(text(disk, "a")).isEqualTo("124");

        disk.failFrom(OperationKind.SYNC_DIRECTORY, 1);
        assertThatThrownBy(disk::syncDirectory).isInstanceOf(StorageException.class);
        assertThatThrownBy(disk::syncDirectory).isInstanceOf(StorageException.class);
        disk.heal();
        disk.syncDirectory();
    }

    @Test
    void failedSyncDropsPagesThatStayReadable() {
        DiskFile file = durableFile("a", "old");
        write(file, 3, " dropped");
        disk.failOnce(OperationKind.SYNC, 1);
        assertThatThrownBy(file::sync).isInstanceOf(StorageException.class);

        assertThat(text(disk, "a")).isEqualTo("old dropped");
        file.sync();
        assertThat(possible("a", LossPolicy.ALL_SURVIVES, 1)).containsExactly("old");
    }

    @Test
    void droppedPagesComeBackWhenWrittenAgain() {
        DiskFile file = durableFile("a", "old");
        write(file, 3, " dropped");
        disk.failOnce(OperationKind.SYNC, 1);
        assertThatThrownBy(file::sync).isInstanceOf(StorageException.class);

        write(file, 3, " dropped");
        file.sync();

        assertThat(possible("a", LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1)).containsExactly("old dropped");
    }

    @Test
    void failedSyncMayRevertContentAtOnce() {
        DiskFile file = durableFile("a", "old");
        write(file, 0, "new and longer");
        disk.failedSync(FailedSync.CONTENT_REVERTED_AT_ONCE);
        disk.failOnce(OperationKind.SYNC, 1);
        assertThatThrownBy(file::sync).isInstanceOf(StorageException.class);

        assertThat(text(disk, "a")).isEqualTo("old");
    }

    @Test
    void fullDiskTakesWhatFits() {
        disk.capacity(5);
        DiskFile file = disk.create("a");
        write(file, 0, "abc");
        assertThat(disk.freeBytes()).isEqualTo(2);

        assertThatThrownBy(() -> write(file, 3, "defg")).isInstanceOf(DiskFullException.class);

        assertThat(text(disk, "a")).isEqualTo("abcde");
        write(file, 0, "ABCDE");
        assertThatThrownBy(() -> disk.create("b")).isInstanceOf(DiskFullException.class);
        file.truncate(0);
        disk.create("b");
    }

    @Test
    void flipsBitsAtRest() {
        DiskFile file = durableFile("a", "aa");
        write(file, 2, "aa");
        disk.flipBit("a", 1, 1);
        disk.flipBit("a", 2, 1);

        assertThat(text(disk, "a")).isEqualTo("acca");
        assertThat(possible("a", LossPolicy.ALL_SURVIVES, 1)).containsExactly("acca");
    }

    @Test
    void shortensOneRead() {
        DiskFile file = durableFile("a", "0123456789");
        disk.shortenRead(2);

        assertThat(file.read(0, ByteBuffer.allocate(10))).isEqualTo(10);
        assertThat(file.read(0, ByteBuffer.allocate(10))).isEqualTo(5);
        assertThat(file.read(0, ByteBuffer.allocate(10))).isEqualTo(10);
    }

    @Test
    void fingerprintTellsDisksApart() {
        String empty = disk.fingerprint();
        disk.place("a", new byte[1]);
        String one = disk.fingerprint();
        disk.place("a", new byte[2]);

        assertThat(Arrays.asList(empty, one, disk.fingerprint())).doesNotHaveDuplicates();
    }

    @Test
    void deletedFileMayComeBackUntilTheDirectoryIsSynced() {
        durableFile("a", "x");
        disk.delete("a");
        assertThat(disk.exists("a")).isFalse();
        assertThat(disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 0)
                        .list())
                .containsExactly("a");
    }
}
