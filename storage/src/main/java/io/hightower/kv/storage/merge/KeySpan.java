package io.hightower.kv.storage.merge;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.table.TableMeta;
import java.util.List;

/** The keys from a first to a last one, both included. <b>Immutable.</b> */
record KeySpan(Bytes first, Bytes last) {
    static KeySpan of(TableMeta table) {
        return new KeySpan(table.firstKey(), table.lastKey());
    }

    /** Returns the least span that has all keys of some tables, of which there is at least one. */
    static KeySpan of(List<TableMeta> tables) {
        KeySpan span = of(tables.get(0));
        for (TableMeta table : tables) {
            span = span.with(table);
        }
        return span;
    }

    KeySpan with(TableMeta table) {
        Bytes least = first.compareTo(table.firstKey()) <= 0 ? first : table.firstKey();
        Bytes greatest = last.compareTo(table.lastKey()) >= 0 ? last : table.lastKey();
        return new KeySpan(least, greatest);
    }

    boolean overlaps(TableMeta table) {
        return first.compareTo(table.lastKey()) <= 0 && table.firstKey().compareTo(last) <= 0;
    }
}
