package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.file.FileHeader;
import io.hightower.kv.storage.file.StoreIdentity;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Shows the identity of a store. */
final class IdentityInspection {
    private static final int CHECKSUM_BYTES = 4;
    private static final int FILE_BYTES = FileHeader.BYTES + CHECKSUM_BYTES;

    private IdentityInspection() {}

    static void show(Disk disk, String fileName, InspectionText text) {
        text.fact("kind", "identity of a store");
        ByteBuffer content = ByteBuffer.allocate(FILE_BYTES);
        long length;
        try (DiskFile file = disk.open(fileName)) {
            length = file.length();
            file.read(0, content);
        }
        content.flip();
        text.fact("store id", StoreIdentity.readHeader(fileName, content));
        text.formatVersion();
        if (length != FILE_BYTES) {
            throw new CorruptionException(fileName, 0, FILE_BYTES + " bytes", length + " bytes");
        }
        CRC32C checksum = new CRC32C();
        checksum.update(content.array(), 0, FileHeader.BYTES);
        int found = content.getInt();
        if (found != (int) checksum.getValue()) {
            throw new CorruptionException(
                    fileName,
                    FileHeader.BYTES,
                    "checksum " + Long.toHexString(checksum.getValue()),
                    "checksum " + Integer.toHexString(found));
        }
    }
}
