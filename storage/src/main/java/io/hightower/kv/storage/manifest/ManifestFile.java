package io.hightower.kv.storage.manifest;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.CompleteFile;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.file.FileHeader;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The file that says which manifest is in force. It is replaced as a whole, so after power loss there is the old one or the
 * new one, and never a part. The format is described in {@code docs/formats/manifest.md}.
 *
 * <p><b>Threads.</b> One thread at a time, which holds the directory's lock.
 */
public final class ManifestFile {
    /** The file's name. */
    public static final String FILE = "MANIFEST";

    private static final int LENGTH_MAX = Integer.MAX_VALUE - 8;

    private ManifestFile() {}

    /**
     * Puts a manifest into force; durable on return, together with the names of all files created or deleted before.
     *
     * <p>The contents of the files that it names are synced already. Files that only the manifest before named may be deleted
     * from now on.
     *
     * @throws io.hightower.kv.statemachine.DiskFullException if there is no room: the manifest before stays in force
     * @throws StorageException if the disk fails: nobody knows which of the two is in force, so that nothing may be deleted
     *     and no other manifest be written until the store was opened again
     */
    public static void write(Disk disk, Bytes storeId, StoreManifest manifest) {
        // Otherwise the manifest's name could outlive power loss, and the names of the files that it counts on not.
        disk.syncDirectory();
        CompleteFile.create(disk, FILE, ByteBuffer.wrap(encode(storeId, manifest)));
    }

    /**
     * Reads the manifest in force, and makes sure that it stays in force whatever happens now.
     *
     * @return nothing if the store was never written to
     * @throws CorruptionException if it is damaged, of another store, or missing although there are files that it must name
     * @throws io.hightower.kv.statemachine.FormatException if it is of another program or another release
     */
    public static Optional<StoreManifest> read(Disk disk, Bytes storeId) {
        if (!disk.exists(FILE)) {
            requireNoFiles(disk);
            return Optional.empty();
        }
        ManifestDecoder.Decoded decoded = ManifestDecoder.decode(FILE, content(disk));
        if (!decoded.storeId().equals(storeId)) {
            throw new CorruptionException(
                    FILE, FileHeader.STORE_ID_OFFSET, "store id " + storeId, "store id " + decoded.storeId());
        }
        // The process that renamed it may have ended before its own sync, and what the manifest before named is deleted
        // next.
        disk.syncDirectory();
        return Optional.of(decoded.manifest());
    }

    /** Returns the content that {@link #write} gives the file. */
    public static byte[] encode(Bytes storeId, StoreManifest manifest) {
        return ManifestEncoder.encode(storeId, manifest);
    }

    /**
     * Takes the content of such a file apart, whichever store it belongs to.
     *
     * @throws CorruptionException if it is damaged
     * @throws io.hightower.kv.statemachine.FormatException if it is of another program or another release
     */
    public static StoreManifest decode(byte[] content) {
        return ManifestDecoder.decode(FILE, content).manifest();
    }

    /**
     * Reads the header of such a file, and returns the store id in it, which nobody has verified.
     *
     * @throws CorruptionException if there are fewer bytes than a header has
     * @throws io.hightower.kv.statemachine.FormatException if it is of another program or another release
     */
    public static Bytes readHeader(String file, byte[] content) {
        return FileHeader.read(file, ByteBuffer.wrap(content), ManifestFormat.KIND, ManifestFormat.FORMAT_VERSION);
    }

    private static void requireNoFiles(Disk disk) {
        for (String name : disk.list()) {
            if (StoreFiles.isFinishedName(name)) {
                throw new CorruptionException(FILE, 0, "a manifest, since there is a file " + name, "no file");
            }
        }
    }

    private static byte[] content(Disk disk) {
        try (DiskFile file = disk.open(FILE)) {
            long length = file.length();
            if (length > LENGTH_MAX) {
                throw new CorruptionException(FILE, 0, "at most " + LENGTH_MAX + " bytes", length + " bytes");
            }
            ByteBuffer content = ByteBuffer.allocate((int) length);
            if (file.read(0, content) != length) {
                throw new StorageException("A file ends before its length: file=" + FILE + " length=" + length);
            }
            return content.array();
        }
    }
}
