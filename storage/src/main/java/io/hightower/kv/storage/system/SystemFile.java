package io.hightower.kv.storage.system;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.codec.RecordCodec;
import io.hightower.kv.storage.file.CompleteFile;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.file.FileHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;

/** Writes and reads all records of the system key space as one file, see {@link SystemFormat}. */
public final class SystemFile {
    private static final int LENGTH_MAX = Integer.MAX_VALUE - 8;

    private SystemFile() {}

    /**
     * Writes the records of one moment; content and name are durable on return. The file exists whole or not at all.
     *
     * @throws io.hightower.kv.statemachine.DiskFullException if there is no room; nothing is left of the file
     */
    public static SystemMeta write(Disk disk, SystemId id, SystemRecords records) {
        byte[] content = encode(id, records);
        CompleteFile.create(disk, id.fileName(), ByteBuffer.wrap(content));
        return new SystemMeta(id, content.length, checksum(content, content.length));
    }

    /**
     * Reads a file that a manifest names, and checks it to its last byte.
     *
     * @throws CorruptionException if it is missing, damaged, or not the one that is meant
     * @throws io.hightower.kv.statemachine.FormatException if it is in a format of another release
     */
    public static SystemRecords read(Disk disk, SystemMeta meta) {
        String name = meta.fileName();
        if (!disk.exists(name)) {
            throw new CorruptionException(name, 0, meta.length() + " bytes", "no file");
        }
        byte[] content = content(disk, name);
        if (content.length != meta.length()) {
            throw new CorruptionException(
                    name, Math.min(content.length, meta.length()), meta.length() + " bytes", content.length + " bytes");
        }
        long found = checksum(content, content.length);
        if (found != meta.checksum()) {
            // Of the whole, since also what says that it is such a file may be damaged.
            throw new CorruptionException(
                    name, 0, text((int) meta.checksum()), text((int) found) + " of the whole file");
        }
        SystemDecoder.Decoded decoded = SystemDecoder.decode(name, content);
        if (!decoded.id().equals(meta.id())) {
            throw new CorruptionException(
                    name,
                    FileHeader.STORE_ID_OFFSET,
                    "number " + meta.id().number() + " of store " + meta.id().originStoreId(),
                    "number " + decoded.id().number() + " of store "
                            + decoded.id().originStoreId());
        }
        return decoded.records();
    }

    /**
     * What a file says by itself, whatever its name and wherever it lies.
     *
     * @param meta what a manifest would say about it
     * @param records the records
     */
    public record Content(SystemMeta meta, SystemRecords records) {}

    /**
     * Reads a file that no manifest vouches for; for people who look at it.
     *
     * @throws CorruptionException if it is damaged
     * @throws io.hightower.kv.statemachine.FormatException if it is no such file, or in a format of another release
     */
    public static Content inspect(Disk disk, String fileName) {
        byte[] content = content(disk, fileName);
        SystemDecoder.Decoded decoded = SystemDecoder.decode(fileName, content);
        return new Content(
                new SystemMeta(decoded.id(), content.length, checksum(content, content.length)), decoded.records());
    }

    /** Returns the content of a file. */
    static byte[] encode(SystemId id, SystemRecords records) {
        List<byte[]> encoded = new ArrayList<>(records.size());
        long length = SystemFormat.LENGTH_MIN;
        for (SystemRecord entry : records.all()) {
            byte[] bytes = RecordCodec.encode(entry);
            encoded.add(bytes);
            length += Integer.BYTES + bytes.length;
        }
        if (length > LENGTH_MAX) {
            throw new StorageException("The system records are too long for a file: file=" + id + " bytes=" + length);
        }
        ByteBuffer target = ByteBuffer.allocate((int) length);
        FileHeader.put(target, SystemFormat.KIND, SystemFormat.FORMAT_VERSION, id.originStoreId());
        target.putLong(id.number()).putLong(length);
        target.putLong(records.revision()).putInt(encoded.size());
        encoded.forEach(bytes -> target.putInt(bytes.length).put(bytes));
        target.putInt((int) checksum(target.array(), target.position()));
        InvariantViolation.check(!target.hasRemaining(), "a file is as long as it was measured");
        return target.array();
    }

    /** Returns the CRC32C of the first bytes. */
    static long checksum(byte[] content, int length) {
        CRC32C crc = new CRC32C();
        crc.update(content, 0, length);
        return crc.getValue();
    }

    static String text(int checksum) {
        return "checksum " + String.format(Locale.ROOT, "%08x", checksum);
    }

    private static byte[] content(Disk disk, String name) {
        try (DiskFile file = disk.open(name)) {
            long length = file.length();
            if (length > LENGTH_MAX) {
                throw new CorruptionException(name, 0, "at most " + LENGTH_MAX + " bytes", length + " bytes");
            }
            byte[] content = new byte[(int) length];
            if (file.read(0, ByteBuffer.wrap(content)) != length) {
                throw new StorageException("A file ends before its length: file=" + name + " length=" + length);
            }
            return content;
        }
    }
}
