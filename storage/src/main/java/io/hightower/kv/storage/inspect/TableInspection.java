package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.table.TableId;
import io.hightower.kv.storage.table.TableMeta;
import io.hightower.kv.storage.table.TableScan;
import java.util.Locale;

/** Shows a table: what it says about itself, its blocks, and a row for each version. */
final class TableInspection implements TableScan.Visitor {
    private final InspectionText text;

    private TableInspection(InspectionText text) {
        this.text = text;
    }

    static void show(Disk disk, String fileName, InspectionText text) {
        text.fact("kind", "table");
        TableScan.run(disk, fileName, new TableInspection(text));
        text.end("versions");
    }

    @Override
    public void id(TableId id, long length) {
        text.formatVersion();
        text.fact("store id", id.originStoreId());
        text.fact("number", id.number());
    }

    @Override
    public void meta(TableMeta meta) {
        text.fact("checksum", Long.toHexString(meta.checksum()));
        text.fact(
                "content",
                "keys=" + meta.keys() + " versions=" + meta.versions() + " tombstones=" + meta.tombstones()
                        + " revisions=" + meta.minMain() + ".." + meta.maxMain());
        text.fact("first key", text.key(meta.firstKey()));
        text.fact("last key", text.key(meta.lastKey()));
    }

    @Override
    public void layout(String facts) {
        text.fact("layout", facts);
    }

    @Override
    public void block(int number, String facts) {
        text.part("block " + number + ": " + facts);
    }

    @Override
    public void version(Bytes key, StoredVersion version) {
        String revision = version.main() + "." + version.sub();
        String kind = version.kind().name().toLowerCase(Locale.ROOT);
        if (version.isValue()) {
            String facts = "create=" + version.createRevision() + " version=" + version.version() + " write="
                    + version.writeVersion()
                    + (version.lease() == KeyRecord.NO_LEASE ? "" : " lease=" + version.lease());
            text.row(revision, kind, facts, text.key(key), text.value(version.value()));
        } else {
            text.row(revision, kind, "write=" + version.writeVersion(), text.key(key));
        }
    }

    @Override
    public void damage(CorruptionException damage) {
        text.damage(damage);
    }
}
