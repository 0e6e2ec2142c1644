package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.storage.cache.BlockCache;
import io.hightower.kv.storage.cache.MemoryBudget;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.run.StoredVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Shows a table to people, without needing a manifest; damaged blocks are named, and the others shown. */
public final class TableDump {
    private static final int BYTES_PER_READ = 1 << 20;

    private TableDump() {}

    /**
     * Returns what a manifest would say about a file, by reading all of it.
     *
     * @throws CorruptionException if the file's name, header, index, filter or properties are not right
     */
    public static TableMeta readMeta(Disk disk, String fileName) {
        try (DiskFile file = disk.open(fileName)) {
            TableContent content = TableContent.read(file);
            TableMeta meta = content.properties().meta(content.id(), content.length(), checksum(file));
            if (!meta.fileName().equals(fileName)) {
                throw new CorruptionException(fileName, 0, "the table of that name", meta.fileName());
            }
            return meta;
        }
    }

    /** Returns CRC32C of a whole file. */
    static long checksum(DiskFile file) {
        CRC32C checksum = new CRC32C();
        long length = file.length();
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BYTES_PER_READ, length));
        for (long at = 0; at < length; at += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), length - at));
            BlockReader.readFully(file, at, buffer);
            checksum.update(buffer.flip());
        }
        return checksum.getValue();
    }

    /**
     * Writes the table as text: one line for the file, one for each block, one for each version.
     *
     * @throws IOException if {@code out} does
     */
    public static void write(Disk disk, String fileName, Appendable out) throws IOException {
        MemoryBudget budget = new MemoryBudget(MemoryBudget.TOTAL_BYTES_MIN);
        Table table = Table.open(disk, readMeta(disk, fileName), BlockCache.within(budget), budget);
        try {
            writeFile(table, out);
            for (int number = 0; number < table.index().blocks(); number++) {
                writeBlock(table, number, out);
                writeVersions(table, number, out);
            }
        } finally {
            table.release();
        }
    }

    private static void writeFile(Table table, Appendable out) throws IOException {
        TableMeta meta = table.meta();
        TableProperties properties = table.content().properties();
        out.append("table number=" + meta.id().number() + " origin=" + meta.id().originStoreId() + " length="
                + meta.length() + " checksum=" + Long.toHexString(meta.checksum()) + "\n");
        out.append("keys=" + meta.keys() + " versions=" + meta.versions() + " tombstones=" + meta.tombstones()
                + " revisions=" + meta.minMain() + ".." + meta.maxMain() + " first=" + meta.firstKey() + " last="
                + meta.lastKey() + "\n");
        out.append("blockBytes=" + properties.blockBytes() + " compression=" + properties.compression()
                + " filterProbes=" + properties.filterProbes() + " plainBytes=" + properties.plainBytes() + "\n");
    }

    private static void writeBlock(Table table, int number, Appendable out) throws IOException {
        TableIndex index = table.index();
        out.append("block " + number + " offset=" + index.offset(number) + " length=" + index.length(number)
                + " revisions=" + index.minMain(number) + ".." + index.maxMain(number)
                + (index.isContinued(number) ? " continued" : "") + "\n");
    }

    private static void writeVersions(Table table, int number, Appendable out) throws IOException {
        Block block;
        try {
            block = table.reader().read(number);
        } catch (CorruptionException e) {
            out.append("  " + e.getMessage() + "\n");
            return;
        }
        KeyPosition position = new KeyPosition();
        VersionDecoder decoder = new VersionDecoder();
        for (int ordinal = 0; ordinal < block.keyCount; ordinal++) {
            position.moveTo(block, ordinal);
            out.append("  key " + Bytes.copyOf(position.key(), 0, position.keyLength()) + "\n");
            decoder.first(block, position.versionsStart());
            writeVersion(decoder.copy(), out);
            while (decoder.at < position.versionsEnd()) {
                decoder.next();
                writeVersion(decoder.copy(), out);
            }
        }
    }

    private static void writeVersion(StoredVersion version, Appendable out) throws IOException {
        out.append("    " + version.main() + "." + version.sub() + " " + version.kind() + " writeVersion="
                + version.writeVersion());
        if (version.isValue()) {
            out.append(" createRevision=" + version.createRevision() + " version=" + version.version()
                    + (version.lease() == KeyRecord.NO_LEASE ? "" : " lease=" + version.lease()) + " value="
                    + version.value());
        }
        out.append("\n");
    }
}
