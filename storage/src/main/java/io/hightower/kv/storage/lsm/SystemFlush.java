package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.storage.manifest.StoreManifest;
import io.hightower.kv.storage.system.SystemFile;
import io.hightower.kv.storage.system.SystemId;
import io.hightower.kv.storage.system.SystemMeta;
import java.util.List;
import java.util.Optional;

/**
 * What a flush does with system records: if they are others than those in force, they go to a file of their own. <b>Used by
 * one thread at a time.</b>
 */
final class SystemFlush implements AutoCloseable {
    private final StoreParts parts;
    private final SystemRecords records;
    private final boolean changed;
    private Optional<SystemMeta> written = Optional.empty();

    /** Holds what was written, so that nobody reads it back from the disk. */
    private FileSet opened = new FileSet(List.of(), List.of(), Optional.empty());

    private SystemFlush(StoreParts parts, SystemRecords records, boolean changed) {
        this.parts = parts;
        this.records = records;
        this.changed = changed;
    }

    /** Nothing is to be done if the records are the very ones that the files in force were read from or written from. */
    @SuppressWarnings("ReferenceEquality")
    static SystemFlush of(StoreParts parts, FileSet inForce, SystemRecords records) {
        return new SystemFlush(parts, records, inForce.systemRecords() != records);
    }

    /** Writes the file if one is needed. */
    void write() {
        if (!changed) {
            return;
        }
        SystemId id = new SystemId(parts.committer().takeFileNumber(), parts.storeId());
        SystemMeta meta = SystemFile.write(parts.disk(), id, records);
        written = Optional.of(meta);
        opened = new FileSet(List.of(), List.of(), Optional.of(parts.files().system(meta, records)));
    }

    /** Returns what is open of it. */
    FileSet opened() {
        return opened;
    }

    /** Returns the file that the next manifest names. */
    Optional<SystemMeta> after(StoreManifest before) {
        return written.isPresent() ? written : before.system();
    }

    /** Returns the name of the file that was written, if any. */
    List<String> fileNames() {
        return written.map(file -> List.of(file.fileName())).orElse(List.of());
    }

    @Override
    public void close() {
        opened.release();
    }
}
