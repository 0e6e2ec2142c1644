package io.hightower.kv.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.simulated.CutPart;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StoreIdentityTest {
    private static final Bytes ID = Bytes.utf8("0123456789abcdef");
    private static final Bytes OTHER_ID = Bytes.utf8("fedcba9876543210");

    private final SimulatedDisk disk = SimulatedDisk.empty();

    @Test
    void keepsTheIdGivenFirst() {
        assertThat(StoreIdentity.openOrCreate(disk, () -> ID).id()).isEqualTo(ID);

        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        assertThat(StoreIdentity.openOrCreate(found, () -> OTHER_ID).id()).isEqualTo(ID);
    }

    @Test
    void refusesDirectoryWithForeignFilesNamingOne() {
        disk.place("holiday.jpg", new byte[5]);

        assertThatThrownBy(() -> StoreIdentity.openOrCreate(disk, () -> ID))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("holiday.jpg")
                .hasMessageContaining("simulated disk");
        assertThat(disk.list()).containsExactly("holiday.jpg");
    }

    @Test
    void refusesForeignNewerAndDamagedIdentity() {
        StoreIdentity.openOrCreate(disk, () -> ID);
        byte[] content = disk.content(StoreIdentity.FILE);
        for (int at = 0; at < content.length; at++) {
            byte[] changed = content.clone();
            changed[at] ^= 1;
            SimulatedDisk copy = SimulatedDisk.empty();
            copy.place(StoreIdentity.FILE, changed);
            assertThatThrownBy(() -> StoreIdentity.openOrCreate(copy, () -> OTHER_ID))
                    .as("at=%s", at)
                    .isInstanceOf(at < FileHeader.STORE_ID_OFFSET ? FormatException.class : CorruptionException.class)
                    .hasMessageContaining("STORE");
        }
        for (int length = 0; length <= content.length + 2; length++) {
            SimulatedDisk copy = SimulatedDisk.empty();
            copy.place(StoreIdentity.FILE, Arrays.copyOf(content, length));
            if (length != content.length) {
                assertThatThrownBy(() -> StoreIdentity.openOrCreate(copy, () -> OTHER_ID))
                        .as("length=%s", length)
                        .isInstanceOf(CorruptionException.class);
            }
        }
    }

    @Test
    void doesNotTakeShortReadForDamage() {
        StoreIdentity.openOrCreate(disk, () -> ID);
        disk.shortenRead(1);

        assertThatThrownBy(() -> StoreIdentity.openOrCreate(disk, () -> OTHER_ID))
                .isInstanceOf(StorageException.class)
                .isNotInstanceOf(CorruptionException.class);
    }

    @Test
    void creationMayBeInterruptedAnywhere() {
        StoreIdentity.openOrCreate(disk, () -> ID);
        for (long operation = 1; operation <= disk.operations(); operation++) {
            for (CutPart part : CutPart.values()) {
                SimulatedDisk cut = SimulatedDisk.empty();
                cut.cutPowerAt(operation, part);
                assertThatThrownBy(() -> StoreIdentity.openOrCreate(cut, () -> ID))
                        .isInstanceOf(StorageException.class);
                for (LossPolicy policy : LossPolicy.values()) {
                    for (long seed = 0; seed < 10; seed++) {
                        SimulatedDisk found = cut.reopenAfterPowerLoss(policy, seed);
                        Bytes id = StoreIdentity.openOrCreate(found, () -> OTHER_ID)
                                .id();
                        assertThat(id).isIn(ID, OTHER_ID);
                        assertThat(found.list()).containsExactly(StoreIdentity.FILE);
                    }
                }
            }
        }
    }
}
