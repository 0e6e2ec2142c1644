package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.merge.Chain;
import io.hightower.kv.storage.run.Run;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.table.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tables of disjoint keys, read as one run. <b>Immutable.</b> */
final class Level implements Run {
    private final List<Table> tables;
    private final Chain chain;

    /** Takes tables in key order. */
    Level(List<Table> tables) {
        this.tables = List.copyOf(tables);
        this.chain = new Chain(tables.stream()
                .map(table ->
                        new Chain.Link(table.meta().firstKey(), table.meta().lastKey(), table::cursor))
                .toList());
    }

    @Override
    public @Nullable StoredVersion find(Bytes key, long hash, long throughMain) {
        int place = chain.placeOf(key);
        if (place == tables.size() || !tables.get(place).meta().spans(key)) {
            return null;
        }
        return tables.get(place).find(key, hash, throughMain);
    }

    @Override
    public VersionCursor cursor() {
        return chain.cursor();
    }
}
