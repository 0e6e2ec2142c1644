package io.hightower.kv.storage.system;

import io.hightower.kv.storage.file.FileHeader;

/**
 * The bytes of a file of system records. All of this is persisted: a change needs a new format version, and {@code
 * docs/formats/system.md} with its example. Numbers are big-endian.
 *
 * <pre>
 * file   = file header "SYST" (28) | number u64 | file length u64 | changes u64 | records u32 | record* | crc u32
 * record = length u32 | protobuf message hightower.SystemRecord
 * </pre>
 *
 * <p>Records ascend by key. The last four bytes are the CRC32C of all before them.
 */
final class SystemFormat {
    static final String KIND = "SYST";
    static final int FORMAT_VERSION = 1;

    static final int NUMBER_OFFSET = FileHeader.BYTES;
    static final int LENGTH_OFFSET = NUMBER_OFFSET + Long.BYTES;

    /** What comes in front of the records. */
    static final int FIXED_BYTES = LENGTH_OFFSET + 2 * Long.BYTES + Integer.BYTES;

    static final int CHECKSUM_BYTES = Integer.BYTES;

    /** A file without records is not shorter. */
    static final int LENGTH_MIN = FIXED_BYTES + CHECKSUM_BYTES;

    private SystemFormat() {}
}
