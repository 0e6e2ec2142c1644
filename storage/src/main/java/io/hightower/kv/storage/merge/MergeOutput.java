package io.hightower.kv.storage.merge;

import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.cache.BlockCache;
import io.hightower.kv.storage.cache.MemoryBudget;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.table.Table;
import io.hightower.kv.storage.table.TableId;
import io.hightower.kv.storage.table.TableMeta;
import io.hightower.kv.storage.table.TableOptions;
import io.hightower.kv.storage.table.TableWriter;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The tables that one merge writes, one after the other. <b>Used by one thread at a time.</b> */
final class MergeOutput {
    private static final System.Logger LOGGER = System.getLogger(MergeOutput.class.getName());
    private static final long PACE_BYTES = 256 << 10;

    private final Disk disk;
    private final Supplier<TableId> ids;
    private final Shape shape;
    private final Pacer pacer;
    private final List<TableMeta> finished = new ArrayList<>();
    private @Nullable TableWriter writer;

    /** How many bytes of the present table the pacer knows of. */
    private long pacedBytes;

    /**
     * What the tables are like.
     *
     * @param table how they are written
     * @param bytesMax how long they may become, give or take the versions of a key
     * @param isVerifying whether they are read back
     */
    record Shape(TableOptions table, long bytesMax, boolean isVerifying) {}

    MergeOutput(Disk disk, Supplier<TableId> ids, Shape shape, Pacer pacer) {
        this.disk = disk;
        this.ids = ids;
        this.shape = shape;
        this.pacer = pacer;
    }

    /** Adds the version on which the cursor stands. */
    void add(VersionCursor at, boolean newKey) {
        TableWriter present = writer;
        if (present == null) {
            present = TableWriter.create(disk, ids.get(), shape.table());
            writer = present;
            pacedBytes = 0;
        }
        present.add(at, newKey);
    }

    /** Says that the versions of a key are complete: only here a table may end. */
    void endKey() {
        TableWriter present = writer;
        if (present == null) {
            return;
        }
        long bytes = present.bytes();
        if (bytes - pacedBytes >= PACE_BYTES) {
            pacer.written(bytes - pacedBytes);
            pacedBytes = bytes;
        }
        if (bytes >= shape.bytesMax()) {
            finishTable(present);
        }
    }

    private void finishTable(TableWriter present) {
        finished.add(present.finish());
        writer = null;
    }

    /** Completes the last table, verifies all if that is wanted, and makes them durable. */
    List<TableMeta> finish() {
        TableWriter present = writer;
        if (present != null) {
            finishTable(present);
        }
        if (shape.isVerifying()) {
            finished.forEach(this::verify);
        }
        if (!finished.isEmpty()) {
            disk.syncDirectory();
        }
        return finished;
    }

    /** The budget is of its own and small: nothing of the table is kept. */
    private void verify(TableMeta meta) {
        MemoryBudget budget = new MemoryBudget(MemoryBudget.TOTAL_BYTES_MIN);
        Table table = Table.open(disk, meta, BlockCache.within(budget), budget);
        try {
            table.verifyBytes();
        } finally {
            table.release();
        }
    }

    /** Deletes everything. Never fails: what cannot be deleted is in no manifest. */
    void abandon() {
        TableWriter present = writer;
        if (present != null) {
            present.abandon();
            writer = null;
        }
        for (TableMeta table : finished) {
            try {
                disk.delete(table.fileName());
            } catch (StorageException e) {
                LOGGER.log(Level.WARNING, "A table that is not needed stays behind: file={0}", table.fileName(), e);
            }
        }
        finished.clear();
    }
}
