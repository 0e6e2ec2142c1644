package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.state.StateHash;
import io.hightower.kv.storage.cache.BlockCache;
import io.hightower.kv.storage.cache.MemoryBudget;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.history.HistoryFile;
import io.hightower.kv.storage.history.HistoryMeta;
import io.hightower.kv.storage.manifest.StoreManifest;
import io.hightower.kv.storage.system.SystemFile;
import io.hightower.kv.storage.system.SystemMeta;
import io.hightower.kv.storage.table.Table;
import io.hightower.kv.storage.table.TableMeta;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables, history files and system records that a manifest names, each read to its last byte. Tables stay open, for the check of all
 * records together, until this is closed. <b>Used by one thread at a time.</b>
 */
final class FilesCheck implements AutoCloseable {
    private final Disk disk;
    private final Findings findings;
    private final MemoryBudget budget = new MemoryBudget(MemoryBudget.TOTAL_BYTES_MIN);
    private final BlockCache cache = BlockCache.within(budget);
    private final List<Table> tables = new ArrayList<>();
    private int tablesRead;
    private int historiesRead;
    private boolean intact = true;

    FilesCheck(Disk disk, Findings findings) {
        this.disk = disk;
        this.findings = findings;
    }

    void run(StoreManifest manifest) {
        for (TableMeta meta : manifest.tables()) {
            tablesRead++;
            findings.reading(meta.fileName());
            intact &= findings.holds(meta.fileName(), () -> verify(meta));
            findings.done(meta.length());
        }
        for (HistoryMeta meta : manifest.history()) {
            historiesRead++;
            findings.reading(meta.fileName());
            intact &= findings.holds(meta.fileName(), () -> verify(meta));
            findings.done(meta.length());
        }
        manifest.system().ifPresent(meta -> {
            findings.reading(meta.fileName());
            intact &= findings.holds(meta.fileName(), () -> verify(meta, manifest.applied()));
            findings.done(meta.length());
        });
    }

    private void verify(SystemMeta meta, AppliedState applied) {
        SystemRecords records = SystemFile.read(disk, meta);
        if (records.hash() != applied.systemHash()) {
            throw new CorruptionException(
                    meta.fileName(),
                    0,
                    "systemHash=" + StateHash.toText(applied.systemHash()),
                    "systemHash=" + StateHash.toText(records.hash()));
        }
    }

    private void verify(TableMeta meta) {
        requirePresent(meta.fileName(), meta.length());
        Table table = Table.open(disk, meta, cache, budget);
        tables.add(table);
        table.verify();
    }

    private void verify(HistoryMeta meta) {
        requirePresent(meta.fileName(), meta.length());
        try (HistoryFile file = HistoryFile.open(disk, meta)) {
            file.verify();
        }
    }

    private void requirePresent(String name, long length) {
        if (!disk.exists(name)) {
            throw new CorruptionException(name, 0, length + " bytes", "no file");
        }
    }

    /** Returns the tables that could be opened, newest level first and within a level as the manifest has them. */
    List<Table> tables() {
        return tables;
    }

    /** Tells whether everything was as it should be. */
    boolean isIntact() {
        return intact;
    }

    int tablesRead() {
        return tablesRead;
    }

    int historiesRead() {
        return historiesRead;
    }

    @Override
    public void close() {
        tables.forEach(Table::release);
        tables.clear();
    }
}
