package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.history.HistoryId;
import io.hightower.kv.storage.history.HistoryMeta;
import io.hightower.kv.storage.history.HistoryScan;
import io.hightower.kv.storage.run.VersionKind;
import java.util.Locale;

/** Shows a history file: what it says about itself, its blocks, and a row for each change. */
final class HistoryInspection implements HistoryScan.Visitor {
    private final InspectionText text;

    private HistoryInspection(InspectionText text) {
        this.text = text;
    }

    static void show(Disk disk, String fileName, InspectionText text) {
        text.fact("kind", "history");
        HistoryScan.run(disk, fileName, new HistoryInspection(text));
        text.end("changes");
    }

    @Override
    public void id(HistoryId id, long length) {
        text.formatVersion();
        text.fact("store id", id.originStoreId());
        text.fact("number", id.number());
    }

    @Override
    public void meta(HistoryMeta meta) {
        text.fact("checksum", Long.toHexString(meta.checksum()));
        text.fact(
                "content",
                "values=" + meta.values() + " tombstones=" + meta.tombstones() + " revisions=" + meta.firstMain() + ".."
                        + meta.lastMain() + " " + ManifestInspection.completeFrom(meta));
    }

    @Override
    public void block(int number, String facts) {
        text.part("block " + number + ": " + facts);
    }

    @Override
    public void change(long main, int sub, VersionKind kind, Bytes key) {
        text.row(main + "." + sub, kind.name().toLowerCase(Locale.ROOT), text.key(key));
    }

    @Override
    public void damage(CorruptionException damage) {
        text.damage(damage);
    }
}
