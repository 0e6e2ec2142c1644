package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.cache.BlockCache;
import io.hightower.kv.storage.cache.MemoryBudget;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.run.Run;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import java.util.ArrayList;
import java.util.List;

/** What several tests of tables do. */
final class TableFixture {
    static final TableOptions SMALL_BLOCKS = new TableOptions(4 << 10, Compression.NONE, 10, 0);

    private TableFixture() {}

    /** Opens a table with a cache of its own. */
    static Table open(Disk disk, TableMeta meta) {
        MemoryBudget budget = new MemoryBudget(4 << 20);
        return Table.open(disk, meta, BlockCache.within(budget), budget);
    }

    static StoredVersion find(Table table, Bytes key) {
        return table.find(key, key.hash64(), Run.NEWEST);
    }

    static StoredVersion find(Table table, String key) {
        return find(table, Bytes.utf8(key));
    }

    /** Returns every key with every version, forward. */
    static List<Object> scan(Table table, CacheUse use) {
        try (VersionCursor cursor = table.cursor(use)) {
            return scan(cursor);
        }
    }

    static List<Object> scan(VersionCursor cursor) {
        List<Object> found = new ArrayList<>();
        for (boolean more = cursor.first(); more; more = cursor.nextKey()) {
            do {
                found.add(List.of(cursor.key(), cursor.current()));
            } while (cursor.nextVersion());
        }
        return found;
    }

    /** Returns every key with its newest version, backward. */
    static List<Object> scanBackward(VersionCursor cursor) {
        List<Object> found = new ArrayList<>();
        for (boolean more = cursor.last(); more; more = cursor.previousKey()) {
            found.add(List.of(cursor.key(), cursor.current()));
        }
        return found;
    }

    /** Makes keys {@code key00000} and so on, each with one version, of so many bytes. */
    static VersionMap numbered(int keys, int valueBytes) {
        VersionMap map = new VersionMap();
        for (int i = 0; i < keys; i++) {
            map.add(key(i), VersionMap.value(i + 1L, 0, "v".repeat(valueBytes)));
        }
        return map;
    }

    static String key(int number) {
        return String.format("key%05d", number);
    }
}
