package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.codec.StateArchive;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Shows a state archive: a row for each file in it, whose content is held against its checksum. */
final class ArchiveInspection {
    private static final int CHUNK_BYTES = 1 << 18;

    private ArchiveInspection() {}

    static void show(Disk disk, String fileName, InspectionText text) {
        text.fact("kind", "state archive");
        try (DiskFile file = disk.open(fileName);
                InputStream input = new BufferedInputStream(new Content(file), CHUNK_BYTES)) {
            StateArchive.Reader archive = new StateArchive.Reader(input);
            text.formatVersion();
            // The list and its files fill the archive.
            long contents = archive.files().stream()
                    .mapToLong(StateFiles.StateFile::length)
                    .sum();
            long offset = file.length() - contents;
            for (StateFiles.StateFile entry : archive.files()) {
                text.row(
                        entry.name(),
                        "offset=" + offset,
                        "bytes=" + entry.length(),
                        "checksum=" + Integer.toHexString(entry.checksum()));
                requireContent(archive, entry, offset, fileName, text);
                offset += entry.length();
            }
            archive.requireEnd();
        } catch (IOException e) {
            throw new StorageException("A file cannot be read: file=" + fileName, e);
        }
        text.end("files");
    }

    private static void requireContent(
            StateArchive.Reader archive, StateFiles.StateFile entry, long offset, String fileName, InspectionText text)
            throws IOException {
        CRC32C checksum = new CRC32C();
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream content = archive.open(entry, 0)) {
            for (int count = content.read(chunk); count >= 0; count = content.read(chunk)) {
                checksum.update(chunk, 0, count);
            }
        }
        if ((int) checksum.getValue() != entry.checksum()) {
            text.damage(new CorruptionException(
                    fileName,
                    offset,
                    entry.name() + " with checksum " + Integer.toHexString(entry.checksum()),
                    "checksum " + Long.toHexString(checksum.getValue())));
        }
    }

    /** The content of a file as a stream. Closing it lets go of nothing: the file is not its own. */
    private static final class Content extends InputStream {
        private final DiskFile file;
        private long offset;

        Content(DiskFile file) {
            this.file = file;
        }

        @Override
        public int read() {
            byte[] single = new byte[1];
            return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int from, int count) {
            if (count == 0) {
                return 0;
            }
            int read = file.read(offset, ByteBuffer.wrap(target, from, count));
            offset += read;
            return read == 0 ? -1 : read;
        }
    }
}
