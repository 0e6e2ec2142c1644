package io.hightower.kv.storage.merge;

import io.hightower.kv.storage.table.TableMeta;
import java.util.List;

/**
 * What a merge has written. <b>Immutable.</b>
 *
 * @param tables the new tables in key order, durable; none if nothing was kept
 * @param versionsIn how many versions were read
 * @param versionsOut how many of them are in the new tables
 * @param versionsDropped how many are not; this and the one before are all that were read
 */
public record MergeResult(List<TableMeta> tables, long versionsIn, long versionsOut, long versionsDropped) {
    /** Copies the list. */
    public MergeResult {
        tables = List.copyOf(tables);
    }

    /** Returns the length of the new tables together, in bytes. */
    public long bytes() {
        return tables.stream().mapToLong(TableMeta::length).sum();
    }
}
