package io.hightower.kv.storage.history;

import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.storage.file.FileHeader;

/**
 * The bytes of a history file. All of this is persisted: a change needs a new format version, and {@code
 * docs/formats/history.md} with its example. Numbers are big-endian.
 *
 * <pre>
 * file    = header block* index footer
 * header  = file header "HIST" (28) | number u64 | crc u32                                            40 bytes
 * block   = crc u32 | content length u32 | kind u32 | changes u32 | first main u64 | first sub u32    28 + content
 * content = key length, key, then for each further change:
 *           main minus the one before, sub (minus the one before if main is the same), key length, key
 *           numbers as varints of 7 bits a byte, the lowest first
 * index   = crc u32 | value blocks u32 | tombstone blocks u32 | entry*                                12 + 28 each
 * entry   = offset u64 | length of the block u32 | changes u32 | first main u64 | first sub u32
 * footer  = crc u32 | index length u32 | index offset u64 | complete from u64 | first main u64 | first sub u32
 *         | last main u64 | last sub u32 | values u64 | tombstones u64 | end mark u64                 72 bytes
 * </pre>
 *
 * <p>The index lists the blocks of values first, then those of tombstones, both in the order of their revisions.
 */
final class HistoryFormat {
    static final String KIND = "HIST";
    static final int FORMAT_VERSION = 1;

    static final int HEADER_CHECKSUM_OFFSET = FileHeader.BYTES + Long.BYTES;
    static final int HEADER_BYTES = HEADER_CHECKSUM_OFFSET + Integer.BYTES;

    static final int BLOCK_HEADER_BYTES = 28;

    /** A block is written out rather than grow beyond this; only a single change may be longer. */
    static final int BLOCK_CONTENT_BYTES = 8 << 10;

    /** No block's content is longer: the longest key, and its length. */
    static final int BLOCK_CONTENT_BYTES_MAX = Limits.KEY_BYTES_MAX + 3;

    static final int INDEX_HEADER_BYTES = 12;
    static final int INDEX_ENTRY_BYTES = 28;

    static final int FOOTER_BYTES = 72;

    /** "HTKV END": the last bytes of the file. */
    static final long END_MARK = 0x48544b5620454e44L;

    /** A file with one change of a key of one byte is not shorter. */
    static final long LENGTH_MIN =
            HEADER_BYTES + BLOCK_HEADER_BYTES + 2 + INDEX_HEADER_BYTES + INDEX_ENTRY_BYTES + FOOTER_BYTES;

    /** The longest varint: ten groups of 7 bits make 64. */
    static final int VARINT_BYTES_MAX = 10;

    private HistoryFormat() {}
}
