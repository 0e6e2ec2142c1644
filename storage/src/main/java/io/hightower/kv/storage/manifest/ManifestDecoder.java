package io.hightower.kv.storage.manifest;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.codec.RecordCodec;
import io.hightower.kv.storage.file.FileHeader;
import io.hightower.kv.storage.history.HistoryId;
import io.hightower.kv.storage.history.HistoryMeta;
import io.hightower.kv.storage.system.SystemId;
import io.hightower.kv.storage.system.SystemMeta;
import io.hightower.kv.storage.table.TableId;
import io.hightower.kv.storage.table.TableMeta;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Takes the bytes of a manifest apart, and believes nothing that the checksum does not cover. */
final class ManifestDecoder {
    private final String file;
    private final byte[] content;
    private final ByteBuffer source;

    private ManifestDecoder(String file, byte[] content) {
        this.file = file;
        this.content = content;
        this.source = ByteBuffer.wrap(content);
    }

    /**
     * A manifest, and whose it is.
     *
     * @param storeId the store that the file belongs to
     * @param manifest what the file says
     */
    record Decoded(Bytes storeId, StoreManifest manifest) {}

    /** Decodes the whole content of a file. */
    static Decoded decode(String file, byte[] content) {
        ManifestDecoder decoder = new ManifestDecoder(file, content);
        Bytes storeId = FileHeader.read(file, decoder.source, ManifestFormat.KIND, ManifestFormat.FORMAT_VERSION);
        decoder.requireWhole();
        try {
            return new Decoded(storeId, decoder.manifest());
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            // The parts do not fit together although the checksum is right.
            throw decoder.damage("a manifest whose parts fit together", String.valueOf(e.getMessage()));
        }
    }

    private void requireWhole() {
        if (content.length < ManifestFormat.LENGTH_MIN) {
            throw damage("at least " + ManifestFormat.LENGTH_MIN + " bytes", content.length + " bytes");
        }
        long length = source.getLong();
        if (length != content.length) {
            throw damage(length + " bytes", content.length + " bytes");
        }
        int covered = content.length - ManifestFormat.CHECKSUM_BYTES;
        CRC32C crc = new CRC32C();
        crc.update(content, 0, covered);
        int found = source.getInt(covered);
        if (found != (int) crc.getValue()) {
            throw new CorruptionException(file, covered, text((int) crc.getValue()), text(found));
        }
        source.limit(covered);
    }

    private static String text(int checksum) {
        return "checksum " + String.format(Locale.ROOT, "%08x", checksum);
    }

    private StoreManifest manifest() {
        long edits = source.getLong();
        long nextFileNumber = source.getLong();
        long historyFloor = source.getLong();
        byte[] scalars = new byte[count(1)];
        source.get(scalars);
        AppliedState applied = RecordCodec.decodeApplied(file, scalars);
        int levelsCount = count(Integer.BYTES);
        List<List<TableMeta>> levels = new ArrayList<>();
        for (int level = 0; level < levelsCount; level++) {
            int tablesCount = count(ManifestFormat.TABLE_BYTES);
            List<TableMeta> tables = new ArrayList<>();
            for (int i = 0; i < tablesCount; i++) {
                tables.add(table());
            }
            levels.add(tables);
        }
        int historyCount = count(ManifestFormat.HISTORY_BYTES);
        List<HistoryMeta> history = new ArrayList<>();
        for (int i = 0; i < historyCount; i++) {
            history.add(history());
        }
        int systemCount = count(ManifestFormat.FILE_BYTES);
        if (systemCount > 1) {
            throw damage("one file of system records at most", systemCount + " files");
        }
        Optional<SystemMeta> system = systemCount == 0 ? Optional.empty() : Optional.of(system());
        if (source.hasRemaining()) {
            throw damage("the checksum", source.remaining() + " bytes more");
        }
        return new StoreManifest(edits, applied, nextFileNumber, historyFloor, levels, history, system);
    }

    private TableMeta table() {
        TableId id = new TableId(source.getLong(), origin());
        long length = source.getLong();
        long checksum = checksum();
        long minMain = source.getLong();
        long maxMain = source.getLong();
        long keys = source.getLong();
        long versions = source.getLong();
        long tombstones = source.getLong();
        return new TableMeta(id, length, checksum, key(), key(), minMain, maxMain, keys, versions, tombstones);
    }

    private HistoryMeta history() {
        return new HistoryMeta(
                new HistoryId(source.getLong(), origin()),
                source.getLong(),
                checksum(),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getLong());
    }

    private SystemMeta system() {
        return new SystemMeta(new SystemId(source.getLong(), origin()), source.getLong(), checksum());
    }

    private Bytes origin() {
        return bytes(FileHeader.STORE_ID_BYTES);
    }

    private long checksum() {
        return Integer.toUnsignedLong(source.getInt());
    }

    private Bytes key() {
        int length = count(1);
        if (length > Limits.KEY_BYTES_MAX) {
            throw damage("a key of at most " + Limits.KEY_BYTES_MAX + " bytes", length + " bytes");
        }
        return bytes(length);
    }

    private Bytes bytes(int count) {
        byte[] bytes = new byte[count];
        source.get(bytes);
        return Bytes.wrap(bytes);
    }

    /** Reads how many things follow, each of at least so many bytes. */
    private int count(int bytesEachMin) {
        int count = source.getInt();
        if (count < 0 || (long) count * bytesEachMin > source.remaining()) {
            throw damage("at most " + source.remaining() / bytesEachMin, Integer.toUnsignedString(count) + " things");
        }
        return count;
    }

    private CorruptionException damage(String expected, String found) {
        return new CorruptionException(file, source.position(), expected, found);
    }
}
