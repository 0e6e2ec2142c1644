package io.hightower.kv.storage.merge;

import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.table.TableMeta;
import java.util.List;

/** Says which keys older runs may hold, going through the tables of each run as the keys ascend. */
final class SpansBelow implements Retention.OlderRuns {
    /** The tables of each run in key order. */
    private final List<List<TableMeta>> runs;

    /** For each run, the first table that does not end before the last key asked. */
    private final int[] places;

    SpansBelow(List<List<TableMeta>> runs) {
        this.runs = runs;
        this.places = new int[runs.size()];
    }

    @Override
    public boolean mayHold(VersionCursor at) {
        byte[] key = at.keyArray();
        int offset = at.keyOffset();
        int length = at.keyLength();
        for (int run = 0; run < places.length; run++) {
            List<TableMeta> tables = runs.get(run);
            int place = places[run];
            while (place < tables.size() && tables.get(place).lastKey().compareTo(key, offset, length) < 0) {
                place++;
            }
            places[run] = place;
            if (place < tables.size() && tables.get(place).firstKey().compareTo(key, offset, length) <= 0) {
                return true;
            }
        }
        return false;
    }
}
