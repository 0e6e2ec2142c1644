package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.merge.LeveledTables;
import io.hightower.kv.storage.merge.Merge;
import io.hightower.kv.storage.merge.MergePlan;
import io.hightower.kv.storage.merge.MergeResult;
import io.hightower.kv.storage.table.CacheUse;
import io.hightower.kv.storage.table.Table;
import io.hightower.kv.storage.table.TableId;
import io.hightower.kv.storage.table.TableMeta;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Writes tables: from a sealed memtable, or from other tables. Nothing is in force yet. <b>Thread-safe.</b> */
final class TableRuns {
    private final StoreParts parts;
    private final Merge merges;

    /** Gives up merges, not flushes, once {@code cancelled} is true. */
    TableRuns(StoreParts parts, BooleanSupplier cancelled) {
        this.parts = parts;
        this.merges = Merge.to(parts.disk(), this::nextId, parts.mergeOptions()).cancelledBy(cancelled);
    }

    private TableId nextId() {
        return new TableId(parts.committer().takeFileNumber(), parts.storeId());
    }

    /** Writes a memtable; no table if nothing in it is worth keeping. */
    List<TableMeta> flush(Sealed sealed, long horizon) {
        // Flushes go oldest first, so what is older is in force already.
        LeveledTables older = LeveledTables.of(parts.committer().manifest().levels());
        return merges.flush(sealed.slice().cursor(), horizon, older.asOlderRuns())
                .orElseThrow(() -> new InvariantViolation("a flush is never given up"))
                .tables();
    }

    /** Carries out a plan; nothing if it was given up. */
    Optional<MergeResult> merge(MergePlan plan, Map<TableId, Table> tables, long horizon) {
        return merges.run(plan, horizon, table -> Objects.requireNonNull(tables.get(table.id()), "an input is open")
                .cursor(CacheUse.NONE));
    }
}
