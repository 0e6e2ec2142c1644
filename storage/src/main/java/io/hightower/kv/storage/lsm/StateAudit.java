package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.state.StateHash;
import io.hightower.kv.storage.history.HistoryFile;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.manifest.StoreManifest;
import io.hightower.kv.storage.system.SystemMeta;
import io.hightower.kv.storage.table.Table;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads a whole state and holds it against its scalars. <b>Confined to one thread.</b> */
final class StateAudit {
    private StateAudit() {}

    /**
     * Checks the named files to the last byte, and that all records together are what the scalars say. Of system records, which
     * are read and checked whole when they are opened, only the latter is left.
     *
     * @throws CorruptionException naming what is not as it should be
     */
    static void require(StoreManifest manifest, FileSet files, List<String> names) {
        Set<String> checked = new HashSet<>(names);
        for (List<SharedFile<Table>> level : files.levels()) {
            for (SharedFile<Table> table : level) {
                if (checked.contains(table.name())) {
                    table.content().verify();
                }
            }
        }
        for (SharedFile<HistoryFile> history : files.history()) {
            if (checked.contains(history.name())) {
                history.content().verify();
            }
        }
        requireSystem(manifest, files.systemRecords());
        requireRecords(manifest.applied(), files);
    }

    /**
     * Checks that system records are those of the scalars.
     *
     * @throws CorruptionException if they are not
     */
    static void requireSystem(StoreManifest manifest, SystemRecords system) {
        if (system.hash() != manifest.applied().systemHash()) {
            throw new CorruptionException(
                    manifest.system().map(SystemMeta::fileName).orElse(ManifestFile.FILE),
                    0,
                    "systemHash=" + StateHash.toText(manifest.applied().systemHash()),
                    "systemHash=" + StateHash.toText(system.hash()));
        }
    }

    private static void requireRecords(AppliedState applied, FileSet files) {
        Root root = new Root(
                applied,
                ActiveMemtable.emptySlice(),
                List.of(),
                files,
                null,
                files.systemRecords(),
                applied.revision() + 1,
                false);
        StateHash hash = new StateHash();
        long live = 0;
        long tombstones = 0;
        long sum = 0;
        try (VisibleVersions versions = VisibleVersions.newest(root)) {
            for (boolean found = versions.firstRecord(KeyRange.all()); found; found = versions.nextRecord()) {
                KeyRecord record = versions.record();
                sum += hash.of(record);
                if (record.live()) {
                    live++;
                } else {
                    tombstones++;
                }
            }
        }
        if (live != applied.liveKeys() || tombstones != applied.tombstones() || sum != applied.recordsHash()) {
            throw new CorruptionException(
                    ManifestFile.FILE,
                    0,
                    "keys=" + applied.liveKeys() + " tombstones=" + applied.tombstones() + " recordsHash="
                            + StateHash.toText(applied.recordsHash()),
                    "keys=" + live + " tombstones=" + tombstones + " recordsHash=" + StateHash.toText(sum));
        }
    }
}
