package io.hightower.kv.storage.manifest;

import io.hightower.kv.storage.file.FileHeader;

/**
 * The bytes of a manifest. All of this is persisted: a change needs a new format version, and {@code
 * docs/formats/manifest.md} with its example. Numbers are big-endian.
 *
 * <pre>
 * manifest = file header "MANF" (28) | file length u64 | edits u64 | next file number u64 | history floor u64
 *          | scalars length u32 | scalars | levels u32 | level* | history files u32 | history file*
 *          | system files u32, 0 or 1 | system* | crc u32
 * level    = tables u32 | table*
 * table    = file | min main u64 | max main u64 | keys u64 | versions u64 | tombstones u64
 *          | first key length u32 | first key | last key length u32 | last key                  84 bytes and the keys
 * history  = file | complete from u64 | first main u64 | last main u64 | values u64 | tombstones u64         76 bytes
 * system   = file                                                                                            36 bytes
 * file     = number u64 | origin store id, 16 bytes | length u64 | crc32c of the file u32                    36 bytes
 * </pre>
 *
 * <p>The scalars are protobuf message {@code hightower.AppliedState}. The last four bytes are the CRC32C of all before them.
 */
final class ManifestFormat {
    static final String KIND = "MANF";

    static final int FORMAT_VERSION = 1;

    static final int LENGTH_OFFSET = FileHeader.BYTES;

    /** What comes in front of the scalars. */
    static final int FIXED_BYTES = FileHeader.BYTES + 4 * Long.BYTES + Integer.BYTES;

    /** What names a file and says what is in it. */
    static final int FILE_BYTES = Long.BYTES + FileHeader.STORE_ID_BYTES + Long.BYTES + Integer.BYTES;

    /** A table without the bytes of its keys. */
    static final int TABLE_BYTES = FILE_BYTES + 5 * Long.BYTES + 2 * Integer.BYTES;

    static final int HISTORY_BYTES = FILE_BYTES + 5 * Long.BYTES;

    static final int CHECKSUM_BYTES = Integer.BYTES;

    /** A manifest without files, and without scalars, is not shorter. */
    static final int LENGTH_MIN = FIXED_BYTES + 3 * Integer.BYTES + CHECKSUM_BYTES;

    private ManifestFormat() {}
}
