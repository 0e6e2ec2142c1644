package io.hightower.kv.engine.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.storage.lsm.BackgroundWork;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Short lives of a whole store, each of which goes wrong in one way if a rule of durability is broken. */
class StoreLifeTest {
    private static final int WRITES = 30;
    private static final int KEYS = 7;

    private final SimulatedDisk disk = SimulatedDisk.empty();

    private static Map<String, String> fill(TinyStore store, int salt) {
        Map<String, String> expected = new TreeMap<>();
        for (int i = 0; i < WRITES; i++) {
            String value = "value " + salt + " " + i + " ".repeat(300);
            store.put("key" + i % KEYS, value);
            expected.put("key" + i % KEYS, value);
        }
        return expected;
    }

    @Test
    void aLateFlushNeitherLosesNorTurnsBack() {
        Queue<Runnable> waiting = new ArrayDeque<>();
        BackgroundWork late = new BackgroundWork(waiting::add, task -> {}, () -> {});
        TinyStore store = TinyStore.open(disk, TinyStore.ID, late);
        Map<String, String> expected = fill(store, 1);
        assertThat(waiting).isNotEmpty();
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
        assertThat(store.content()).isEqualTo(expected);

        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 0);
        store.abandon();
        try (TinyStore reopened = TinyStore.open(found)) {
            assertThat(reopened.content()).isEqualTo(expected);
        }
    }

    @Test
    void aFailedSyncIsNeverTriedAgain() {
        try (TinyStore store = TinyStore.open(disk)) {
            store.put("key", "value");
            disk.failOnce(OperationKind.SYNC, 1);
            assertThatThrownBy(store.store()::checkpoint).isInstanceOf(StorageException.class);
            assertThatThrownBy(store.store()::checkpoint)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("reopen");
        }
    }

    @Test
    void aManifestThatMayBeInForceIsTheLast() {
        try (TinyStore store = TinyStore.open(disk)) {
            store.put("key", "value");
            disk.failOnce(OperationKind.RENAME, 1);
            assertThatThrownBy(store.store()::checkpoint).isInstanceOf(StorageException.class);
            assertThatThrownBy(store.store()::checkpoint)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("reopen");
        }
    }

    @Test
    void aPinnedStateOutlivesMerges() throws IOException {
        try (TinyStore store = TinyStore.open(disk)) {
            Map<String, String> before = fill(store, 1);
            try (StateStore.PinnedState pinned = store.store().pin()) {
                fill(store, 2);
                store.store().compact();
                assertThat(TinyStore.content(pinned.view())).isEqualTo(before);
                for (StateFiles.StateFile file : pinned.files()) {
                    try (InputStream content = pinned.open(file, 0)) {
                        assertThat(content.readAllBytes()).hasSize((int) file.length());
                    }
                }
            }
        }
    }

    @Test
    void aStoreThatLostItsManifestDoesNotOpen() {
        TinyStore store = TinyStore.open(disk);
        store.put("key", "value");
        disk.endProcess();
        store.abandon();
        disk.delete("MANIFEST");
        assertThatThrownBy(() -> TinyStore.open(disk).close())
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("MANIFEST");
    }

    @Test
    void aStateDamagedOnItsWayIsRefused() {
        SimulatedDisk elsewhere = SimulatedDisk.empty();
        Bytes otherId = Bytes.utf8("fedcba9876543210");
        try (TinyStore donor = TinyStore.open(elsewhere, otherId, BackgroundWork.onCallersThread());
                TinyStore store = TinyStore.open(disk)) {
            fill(donor, 1);
            Map<String, String> before = fill(store, 2);
            try (StateStore.PinnedState pinned = donor.store().pin()) {
                assertThatThrownBy(() -> store.store().stage(damaged(pinned)).close())
                        .isInstanceOf(CorruptionException.class);
            }
            assertThat(store.content()).isEqualTo(before);
        }
    }

    /** Changes a byte in the first block of every table. */
    private static StateFiles damaged(StateFiles whole) {
        return new StateFiles() {
            @Override
            public List<StateFile> files() {
                return whole.files();
            }

            @Override
            public InputStream open(StateFile file, long offset) throws IOException {
                try (InputStream stream = whole.open(file, offset)) {
                    byte[] content = stream.readAllBytes();
                    if (file.name().endsWith(".table")) {
                        content[100] ^= 1;
                    }
                    return new ByteArrayInputStream(content);
                }
            }
        };
    }

    @Test
    void aHotKeyIsServedAsItWasWrittenLast() {
        try (TinyStore store = TinyStore.open(disk)) {
            for (int i = 0; i < 3; i++) {
                String value = "value " + i;
                store.put("hot", value);
                store.store().checkpoint();
                for (int read = 0; read < 3; read++) {
                    assertThat(store.get("hot")).isEqualTo(value);
                }
            }
        }
    }
}
