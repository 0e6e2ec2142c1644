package io.hightower.kv.storage.file;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.StorageException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/**
 * The name of a store, given at random when its directory was first used, and kept in the file {@code STORE}.
 *
 * <p>Every other file of the store carries it, so that files of different stores cannot be mixed unnoticed. The file is the
 * first one in the directory: a directory that has other files but not this one belongs to somebody else. <b>Immutable.</b>
 * The format is described in {@code docs/formats/directory.md}.
 */
public final class StoreIdentity {
    /** The file's name. */
    public static final String FILE = "STORE";

    private static final String KIND = "STOR";
    private static final int FORMAT_VERSION = 1;
    private static final int CHECKSUM_BYTES = 4;
    private static final int FILE_BYTES = FileHeader.BYTES + CHECKSUM_BYTES;

    private final Bytes id;

    private StoreIdentity(Bytes id) {
        this.id = id;
    }

    /**
     * Reads the identity of the store in a directory, or gives one to an empty directory; durable on return. The caller holds
     * the directory's lock.
     *
     * @param newId gives 16 random bytes; asked only if the directory is new
     * @throws FormatException if the directory belongs to another program or another release
     * @throws CorruptionException if the identity is damaged
     */
    public static StoreIdentity openOrCreate(Disk disk, Supplier<Bytes> newId) {
        if (!disk.exists(FILE)) {
            requireEmpty(disk);
            CompleteFile.create(disk, FILE, encode(newId.get()));
        }
        return read(disk);
    }

    /**
     * Gives a directory that was filled by a copy the identity of its origin: the last step, since a directory with files but
     * without identity is refused. Durable on return.
     */
    public static void write(Disk disk, Bytes id) {
        CompleteFile.create(disk, FILE, encode(id));
    }

    private static void requireEmpty(Disk disk) {
        List<String> foreign = disk.list().stream()
                .filter(name -> !name.equals(FILE + CompleteFile.TEMPORARY_SUFFIX))
                .toList();
        if (!foreign.isEmpty()) {
            throw new FormatException(
                    "directory " + disk.description(),
                    "file " + foreign.get(0) + " but no file " + FILE,
                    "an empty directory, or one with a file " + FILE);
        }
    }

    private static ByteBuffer encode(Bytes id) {
        ByteBuffer content = ByteBuffer.allocate(FILE_BYTES);
        FileHeader.put(content, KIND, FORMAT_VERSION, id);
        content.putInt(checksum(content.array()));
        return content.flip();
    }

    private static int checksum(byte[] content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content, 0, FileHeader.BYTES);
        return (int) checksum.getValue();
    }

    private static StoreIdentity read(Disk disk) {
        // One byte more than the file should have, to notice a longer one.
        ByteBuffer content = ByteBuffer.allocate(FILE_BYTES + 1);
        long length;
        try (DiskFile file = disk.open(FILE)) {
            length = file.length();
            int count = file.read(0, content);
            if (count != Math.min(length, content.capacity())) {
                throw new StorageException("A file ends before its length: file=" + FILE + " length=" + length);
            }
        }
        content.flip();
        Bytes id = readHeader(FILE, content);
        if (length != FILE_BYTES) {
            throw new CorruptionException(FILE, 0, FILE_BYTES + " bytes", length + " bytes");
        }
        int expected = checksum(content.array());
        int found = content.getInt();
        if (found != expected) {
            throw new CorruptionException(
                    FILE,
                    FileHeader.BYTES,
                    "checksum " + Integer.toHexString(expected),
                    "checksum " + Integer.toHexString(found));
        }
        return new StoreIdentity(id);
    }

    /**
     * Reads the header of an identity file at the buffer's position, and returns the store's id, which nobody has verified.
     *
     * @throws CorruptionException if there are fewer bytes than a header has
     * @throws FormatException if the file is none, or of another release
     */
    public static Bytes readHeader(String file, ByteBuffer content) {
        return FileHeader.read(file, content, KIND, FORMAT_VERSION);
    }

    /** Returns the store's id, 16 bytes. */
    public Bytes id() {
        return id;
    }
}
