package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.manifest.StoreManifest;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.List;
import java.util.Optional;

/** Edits of one data key and of system records, numbered by their log position, so that each moment can be told. */
final class SystemFixture {
    static final Bytes DATA = Bytes.utf8("data");
    static final Bytes SYSTEM = Bytes.utf8("system");

    private SystemFixture() {}

    static LogStructuredStore open(SimulatedDisk disk) {
        return open(disk, BackgroundWork.onCallersThread());
    }

    static LogStructuredStore open(SimulatedDisk disk, BackgroundWork background) {
        return LogStructuredStore.open(disk, StoreFixture.STORE_ID, StoreFixture.tiny(), background);
    }

    /** Writes the number of the edit, and as many bytes more, to the data key. */
    static void writeData(LogStructuredStore store, int bytesMore) {
        write(store, Optional.of(bytesMore), false);
    }

    /** Writes the number of the edit to a system record. */
    static void writeSystem(LogStructuredStore store) {
        write(store, Optional.empty(), true);
    }

    /** Writes both. */
    static void writeBoth(LogStructuredStore store, int bytesMore) {
        write(store, Optional.of(bytesMore), true);
    }

    private static void write(LogStructuredStore store, Optional<Integer> dataBytesMore, boolean system) {
        AppliedState before = store.applied();
        long number = before.position().index() + 1;
        StateStore.Edit edit = store.edit();
        if (system) {
            edit.system(edit.system().with(SYSTEM, Bytes.utf8("" + number)));
        }
        long hash = before.recordsHash();
        if (dataBytesMore.isPresent()) {
            Bytes value = Bytes.utf8(number + ":" + "x".repeat(dataBytesMore.get()));
            KeyRecord record =
                    new KeyRecord(DATA, true, value, number + 1, new Revision(number + 1, 0), 1, number + 1, number);
            edit.write(record);
            hash = StateReading.recordsHash(List.of(record));
        }
        boolean data = dataBytesMore.isPresent();
        edit.publish(new AppliedState(
                new LogPosition(0, number),
                data ? number + 1 : before.revision(),
                data ? number + 1 : before.latestVersion(),
                0,
                0,
                0,
                data ? 1 : before.liveKeys(),
                0,
                hash,
                edit.system().hash()));
    }

    /** Returns the number of the edit that wrote the data key last, 0 if none did. */
    static long dataNumber(StoreView view) {
        return view.get(DATA)
                .map(value -> value.value().toUtf8())
                .map(text -> Long.parseLong(text.substring(0, text.indexOf(':'))))
                .orElse(0L);
    }

    /** Returns the number of the edit that wrote the system record last, 0 if none did. */
    static long systemNumber(StoreView view) {
        return view.system()
                .get(SYSTEM)
                .map(SystemRecord::value)
                .map(value -> Long.parseLong(value.toUtf8()))
                .orElse(0L);
    }

    static StoreManifest manifest(SimulatedDisk disk) {
        return ManifestFile.decode(disk.content(ManifestFile.FILE));
    }

    static List<String> systemFiles(SimulatedDisk disk) {
        return disk.list().stream().filter(name -> name.endsWith(".system")).toList();
    }
}
