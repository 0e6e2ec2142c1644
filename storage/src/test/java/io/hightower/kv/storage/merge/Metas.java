package io.hightower.kv.storage.merge;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.table.TableId;
import io.hightower.kv.storage.table.TableMeta;

/** Descriptions of tables that do not exist, with one letter as a key. */
final class Metas {
    static final Bytes STORE_ID = Bytes.utf8("a store of tests");

    private Metas() {}

    /** Describes a table with 100 keys, one version each, no tombstones, of main revision 10. */
    static TableMeta table(long number, String first, String last, long length) {
        return new TableMeta(
                new TableId(number, STORE_ID), length, 0, Bytes.utf8(first), Bytes.utf8(last), 10, 10, 100, 100, 0);
    }

    static TableMeta withTombstones(TableMeta table, long tombstones) {
        return new TableMeta(
                table.id(),
                table.length(),
                table.checksum(),
                table.firstKey(),
                table.lastKey(),
                table.minMain(),
                table.maxMain(),
                table.keys(),
                table.versions(),
                tombstones);
    }

    static TableMeta withVersions(TableMeta table, long versions, long minMain, long maxMain) {
        return new TableMeta(
                table.id(),
                table.length(),
                table.checksum(),
                table.firstKey(),
                table.lastKey(),
                minMain,
                maxMain,
                table.keys(),
                versions,
                table.tombstones());
    }
}
