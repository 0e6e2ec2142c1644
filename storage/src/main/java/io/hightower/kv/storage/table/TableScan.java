package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.run.StoredVersion;
import java.nio.ByteBuffer;

/**
 * One reading of a table for people, whatever the file's name: without a manifest, and going on behind what is damaged.
 * <b>Used by one thread at a time.</b>
 */
public final class TableScan {
    private final DiskFile file;
    private final Visitor visitor;

    /** Is told what stands in the file. */
    public interface Visitor {
        /** Names the table, as its header does. */
        void id(TableId id, long length);

        /** Says what the table says about itself, with the checksum of the bytes that are there. */
        void meta(TableMeta meta);

        /** Says a thing about the layout of the file, as {@code name=value} facts. */
        void layout(String facts);

        /** Begins a block; its versions follow. */
        void block(int number, String facts);

        /** Shows a version. */
        void version(Bytes key, StoredVersion version);

        /** Says that a part of the file is damaged. */
        void damage(CorruptionException damage);
    }

    private TableScan(DiskFile file, Visitor visitor) {
        this.file = file;
        this.visitor = visitor;
    }

    /**
     * Reads a file.
     *
     * @throws CorruptionException if header or footer are damaged: nothing else can be found without them
     * @throws io.hightower.kv.statemachine.FormatException if it is no table, or one of another release
     */
    public static void run(Disk disk, String fileName, Visitor visitor) {
        try (DiskFile file = disk.open(fileName)) {
            new TableScan(file, visitor).run();
        }
    }

    private void run() {
        TableId id = TableContent.readHeader(file);
        long length = file.length();
        visitor.id(id, length);
        long footerAt = length - TableFormat.FOOTER_BYTES;
        if (footerAt < TableFormat.HEADER_BYTES) {
            throw new CorruptionException(file.name(), length, "a footer", "the end of the file");
        }
        TableContent.Parts parts = new TableContent.Parts(file, id);
        TableFooter footer = TableFooter.decode(file.name(), footerAt, parts.read(footerAt, length, false));
        visitor.layout("filterOffset=" + footer.filter() + " indexOffset=" + footer.index() + " propertiesOffset="
                + footer.properties() + " footerOffset=" + footer.footer());
        showProperties(id, parts, footer);
        try {
            parts.read(footer.filter(), footer.index(), false);
        } catch (CorruptionException e) {
            visitor.damage(e);
        }
        showBlocks(id, parts, footer);
    }

    private void showProperties(TableId id, TableContent.Parts parts, TableFooter footer) {
        try {
            ByteBuffer bytes = parts.read(footer.properties(), footer.footer(), false);
            TableProperties properties = TableProperties.decode(file.name(), footer.properties(), bytes);
            visitor.meta(properties.meta(id, file.length(), TableDump.checksum(file)));
            visitor.layout("blockBytes=" + properties.blockBytes() + " compression=" + properties.compression()
                    + " filterProbes=" + properties.filterProbes() + " plainBytes=" + properties.plainBytes());
        } catch (CorruptionException e) {
            visitor.damage(e);
        }
    }

    private void showBlocks(TableId id, TableContent.Parts parts, TableFooter footer) {
        TableIndex index;
        try {
            index = new TableIndex(file.name(), footer.index(), parts.read(footer.index(), footer.properties(), true));
        } catch (CorruptionException e) {
            visitor.damage(e);
            return;
        }
        BlockReader reader = new BlockReader(file, index, id);
        for (int number = 0; number < index.blocks(); number++) {
            visitor.block(
                    number,
                    "offset=" + index.offset(number) + " bytes=" + index.length(number) + " revisions="
                            + index.minMain(number) + ".." + index.maxMain(number)
                            + (index.isContinued(number) ? " continued=true" : ""));
            try {
                showVersions(reader.read(number));
            } catch (CorruptionException e) {
                visitor.damage(e);
            } catch (IndexOutOfBoundsException e) {
                visitor.damage(new CorruptionException(file.name(), index.offset(number), "a block", e.toString()));
            }
        }
    }

    private void showVersions(Block block) {
        KeyPosition position = new KeyPosition();
        VersionDecoder decoder = new VersionDecoder();
        for (int ordinal = 0; ordinal < block.keyCount; ordinal++) {
            position.moveTo(block, ordinal);
            Bytes key = Bytes.copyOf(position.key(), 0, position.keyLength());
            decoder.first(block, position.versionsStart());
            visitor.version(key, decoder.copy());
            while (decoder.at < position.versionsEnd()) {
                decoder.next();
                visitor.version(key, decoder.copy());
            }
        }
    }
}
