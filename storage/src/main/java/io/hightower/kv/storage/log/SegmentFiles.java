package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.CompleteFile;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The files of segments: writing them in advance, and looking at their headers. <b>Thread-safe.</b> */
final class SegmentFiles {
    private static final System.Logger LOGGER = System.getLogger(SegmentFiles.class.getName());

    private static final int CHUNK_BYTES = 256 << 10;

    /** Synced in steps of so many bytes, about 10 ms each, so that the log's own writes need not wait for all of it. */
    private static final int BYTES_PER_SYNC = 4 << 20;

    private final Disk disk;
    private final Bytes storeId;

    SegmentFiles(Disk disk, Bytes storeId) {
        this.disk = disk;
        this.storeId = storeId;
    }

    /** What a header says, and how long the file is. */
    record Found(long epoch, long fileBytes) {}

    /**
     * Looks at a file; nothing if its header is not one of this store.
     *
     * @throws StorageException if it cannot be read
     */
    Optional<Found> look(String name) {
        try (DiskFile file = disk.open(name)) {
            byte[] header = LogFormat.readHeader(file);
            return Optional.of(new Found(LogFormat.requireHeader(name, header, storeId), file.length()));
        } catch (CorruptionException | FormatException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes a file full of zeros behind its header and gives it its name, which is durable after the next sync of the
     * directory. A failure, and an abandonment, leaves the directory as it was.
     *
     * @param header see {@link LogFormat}
     * @param fileBytes its length
     * @param abandoned asked now and then; once it says so, the work ends without the file
     * @return whether the file is there
     */
    boolean writeInAdvance(String name, ByteBuffer header, long fileBytes, BooleanSupplier abandoned) {
        String temporary = name + CompleteFile.TEMPORARY_SUFFIX;
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        boolean complete;
        try (DiskFile file = disk.create(temporary)) {
            complete = fill(file, header, fileBytes, abandoned);
        } catch (StorageException e) {
            deleteQuietly(temporary, e);
            throw e;
        }
        if (complete) {
            disk.rename(temporary, name);
        } else {
            disk.delete(temporary);
        }
        return complete;
    }

    private static boolean fill(DiskFile file, ByteBuffer header, long fileBytes, BooleanSupplier abandoned) {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, fileBytes));
        chunk.put(header.duplicate());
        long unsynced = 0;
        for (long at = 0; at < fileBytes; at += chunk.limit()) {
            if (abandoned.getAsBoolean()) {
                return false;
            }
            chunk.clear().limit((int) Math.min(chunk.capacity(), fileBytes - at));
            file.write(at, chunk);
            if (at == 0) {
                Arrays.fill(chunk.array(), 0, LogFormat.HEADER_BYTES, (byte) 0);
            }
            unsynced += chunk.limit();
            if (unsynced >= BYTES_PER_SYNC) {
                file.sync();
                unsynced = 0;
            }
        }
        if (unsynced > 0) {
            file.sync();
        }
        return true;
    }

    private void deleteQuietly(String temporary, StorageException cause) {
        try {
            if (disk.exists(temporary)) {
                disk.delete(temporary);
            }
        } catch (StorageException e) {
            LOGGER.log(Level.WARNING, "A temporary file stays behind: file={0} cause={1}", temporary, e.getMessage());
            cause.addSuppressed(e);
        }
    }
}
