package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.state.StateHash;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.history.HistoryMeta;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.manifest.StoreManifest;
import io.hightower.kv.storage.system.SystemMeta;
import io.hightower.kv.storage.table.TableMeta;
import java.nio.ByteBuffer;
import java.util.List;

/** Shows a manifest. */
final class ManifestInspection {
    private static final int LENGTH_MAX = Integer.MAX_VALUE - 8;

    private ManifestInspection() {}

    static void show(Disk disk, String fileName, InspectionText text) {
        text.fact("kind", "manifest");
        byte[] content = content(disk, fileName);
        text.fact("store id", ManifestFile.readHeader(fileName, content));
        text.formatVersion();
        StoreManifest manifest;
        try {
            manifest = ManifestFile.decode(content);
        } catch (CorruptionException e) {
            text.damage(e);
            return;
        }
        text.fact("edits", manifest.edits());
        text.fact("next file number", manifest.nextFileNumber());
        text.fact("history floor", manifest.historyFloor());
        showScalars(manifest.applied(), text);
        for (int level = 0; level < manifest.levels().size(); level++) {
            List<TableMeta> tables = manifest.levels().get(level);
            text.part("level " + level + ": tables=" + tables.size());
            tables.forEach(table -> show(table, text));
        }
        text.part("history: files=" + manifest.history().size());
        manifest.history().forEach(file -> show(file, text));
        text.part("system: files=" + manifest.system().stream().count());
        manifest.system().ifPresent(file -> show(file, text));
        text.end("files");
    }

    private static byte[] content(Disk disk, String fileName) {
        try (DiskFile file = disk.open(fileName)) {
            long length = file.length();
            if (length > LENGTH_MAX) {
                throw new CorruptionException(fileName, 0, "at most " + LENGTH_MAX + " bytes", length + " bytes");
            }
            byte[] content = new byte[(int) length];
            if (file.read(0, ByteBuffer.wrap(content)) != length) {
                throw new StorageException("A file ends before its length: file=" + fileName + " length=" + length);
            }
            return content;
        }
    }

    private static void showScalars(AppliedState applied, InspectionText text) {
        text.fact(
                "applied",
                "term " + applied.position().term() + " index "
                        + applied.position().index());
        text.fact("revision", applied.revision());
        text.fact("latest version", applied.latestVersion());
        text.fact("released revision", applied.releasedRevision());
        text.fact("compact revision", applied.compactRevision());
        text.fact("logical time millis", applied.logicalTimeMillis());
        text.fact("keys", applied.liveKeys());
        text.fact("tombstones", applied.tombstones());
        text.fact("records hash", StateHash.toText(applied.recordsHash()));
        text.fact("system hash", StateHash.toText(applied.systemHash()));
    }

    private static void show(TableMeta table, InspectionText text) {
        text.row(
                table.fileName(),
                "bytes=" + table.length(),
                "checksum=" + Long.toHexString(table.checksum()),
                "keys=" + table.keys(),
                "versions=" + table.versions(),
                "tombstones=" + table.tombstones(),
                "revisions=" + table.minMain() + ".." + table.maxMain(),
                text.key(table.firstKey()),
                text.key(table.lastKey()));
    }

    private static void show(HistoryMeta file, InspectionText text) {
        text.row(
                file.fileName(),
                "bytes=" + file.length(),
                "checksum=" + Long.toHexString(file.checksum()),
                "values=" + file.values(),
                "tombstones=" + file.tombstones(),
                "revisions=" + file.firstMain() + ".." + file.lastMain(),
                completeFrom(file));
    }

    private static void show(SystemMeta file, InspectionText text) {
        text.row(file.fileName(), "bytes=" + file.length(), "checksum=" + Long.toHexString(file.checksum()));
    }

    static String completeFrom(HistoryMeta file) {
        return file.completeFrom() == HistoryMeta.TOMBSTONES_ONLY
                ? "tombstonesOnly=true"
                : "completeFrom=" + file.completeFrom();
    }
}
