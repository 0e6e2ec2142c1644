package io.hightower.kv.storage.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Links between simulated disks, files deleted while open, and reads that fail or lie. */
class LinkAndReadFaultTest {
    private final SimulatedDisk disk = SimulatedDisk.empty();
    private final SimulatedDisk target = SimulatedDisk.empty();

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String read(DiskFile file) {
        ByteBuffer content = ByteBuffer.allocate((int) file.length());
        file.read(0, content);
        return new String(content.array(), StandardCharsets.UTF_8);
    }

    private DiskFile syncedFile(String name, String content) {
        DiskFile file = disk.create(name);
        file.write(0, bytes(content));
        file.sync();
        disk.syncDirectory();
        return file;
    }

    @Test
    void linkHasTheContentAndOutlivesTheFile() {
        syncedFile("a", "content");
        disk.linkTo("a", target);
        target.syncDirectory();
        disk.delete("a");

        SimulatedDisk found = target.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        assertThat(read(found.open("a"))).isEqualTo("content");
    }

    @Test
    void nameOfLinkIsLostUnlessTheTargetDirectoryIsSynced() {
        syncedFile("a", "content");
        disk.linkTo("a", target);
        disk.syncDirectory();

        assertThat(target.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1)
                        .list())
                .isEmpty();
    }

    @Test
    void linkIsAnOperationThatCanBeCutAndFail() {
        syncedFile("a", "content");
        target.failOnce(OperationKind.LINK, 1);
        assertThatThrownBy(() -> disk.linkTo("a", target)).isInstanceOf(StorageException.class);
        disk.linkTo("a", target);
        assertThatThrownBy(() -> disk.linkTo("a", target)).hasMessageContaining("it exists");
        assertThat(target.operations()).isEqualTo(3);

        syncedFile("b", "content");
        target.cutPowerAt(4, CutPart.NOTHING);
        assertThatThrownBy(() -> disk.linkTo("b", target)).isInstanceOf(PowerLostException.class);
    }

    @Test
    void refusesToLinkWhatIsNotSynced() {
        DiskFile file = syncedFile("a", "content");
        file.write(0, bytes("x"));

        assertThatThrownBy(() -> disk.linkTo("a", target)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void deletedFileStaysReadableForWhoeverHasItOpen() {
        DiskFile file = syncedFile("a", "content");
        disk.delete("a");
        disk.syncDirectory();
        disk.create("a").write(0, bytes("another"));

        assertThat(read(file)).isEqualTo("content");
    }

    @Test
    void readsFailWhereTheyAreToldTo() {
        DiskFile file = syncedFile("a", "0123456789");
        disk.failReads("a", 4, 6);

        assertThat(file.read(0, ByteBuffer.allocate(4))).isEqualTo(4);
        assertThat(file.read(6, ByteBuffer.allocate(4))).isEqualTo(4);
        assertThatThrownBy(() -> read(file)).isInstanceOf(StorageException.class);
        disk.heal();
        assertThat(read(file)).isEqualTo("0123456789");
    }

    @Test
    void readsLieWhereTheyAreToldTo() {
        DiskFile file = syncedFile("a", "aaaa");
        disk.flipReads("a", 2, 1);

        assertThat(read(file)).isEqualTo("aaca");
        assertThat(new String(disk.content("a"), StandardCharsets.UTF_8)).isEqualTo("aaaa");
        disk.heal();
        assertThat(read(file)).isEqualTo("aaaa");
    }

    @Test
    void copiesShareNothingThatIsWritten() {
        int bytes = 100_000;
        DiskFile file = disk.create("a");
        file.write(0, ByteBuffer.allocate(bytes));
        file.sync();
        disk.syncDirectory();
        SimulatedDisk before = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        SimulatedDisk other = before.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        SimulatedDisk third = before.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);

        other.open("a").write(5_000, bytes("x"));
        other.open("a").truncate(bytes - 7);
        third.open("a").write(bytes - 2, bytes("yyyy"));

        assertThat(before.content("a")).containsOnly(0).hasSize(bytes);
        assertThat(other.content("a")).hasSize(bytes - 7).contains('x');
        assertThat(third.content("a")).hasSize(bytes + 2).contains('y').doesNotContain('x');
    }
}
