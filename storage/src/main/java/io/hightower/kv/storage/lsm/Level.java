package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.run.Run;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.table.Table;
import io.hightower.kv.storage.table.TableMeta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tables of disjoint keys, read as one run. <b>Immutable.</b> */
final class Level implements Run {
    private final Table[] tables;
    private final Bytes[] lastKeys;
    /** {@link Bytes#prefix64} of {@link #lastKeys}, which decides most comparisons. */
    private final long[] lastPrefixes;

    /** Takes at least one table; in key order. */
    Level(List<Table> tables) {
        this.tables = tables.toArray(Table[]::new);
        this.lastKeys = tables.stream().map(table -> table.meta().lastKey()).toArray(Bytes[]::new);
        this.lastPrefixes = tables.stream()
                .mapToLong(table -> table.meta().lastKey().prefix64())
                .toArray();
    }

    static boolean covers(TableMeta meta, Bytes key) {
        return meta.firstKey().compareTo(key) <= 0 && key.compareTo(meta.lastKey()) <= 0;
    }

    int size() {
        return tables.length;
    }

    Table table(int index) {
        return tables[index];
    }

    /** Returns the index of the first table that ends at or behind {@code key}; {@link #size} if there is none. */
    int indexOf(Bytes key) {
        long prefix = key.prefix64();
        int low = 0;
        int high = tables.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int comparison = Long.compareUnsigned(lastPrefixes[middle], prefix);
            if (comparison == 0) {
                comparison = lastKeys[middle].compareTo(key);
            }
            if (comparison < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public @Nullable StoredVersion find(Bytes key, long hash, long throughMain) {
        int index = indexOf(key);
        if (index == tables.length || tables[index].meta().firstKey().compareTo(key) > 0) {
            return null;
        }
        return tables[index].find(key, hash, throughMain);
    }

    @Override
    public VersionCursor cursor() {
        return new LevelCursor(this);
    }
}
