package io.hightower.kv.storage.table;

import io.hightower.kv.storage.file.FileHeader;

/**
 * The bytes of a table. All of this is persisted: a change needs a new format version, and {@code docs/formats/table.md}
 * with its example. Numbers are big-endian, checksums CRC32C.
 *
 * <pre>
 * table   = header block+ filter index properties footer
 * header  = file header "TABL" (28) | number u64 | crc u32                                            40 bytes
 * stored  = bytes | crc u32                                        filter, index, properties, footer are stored like this
 * block   = bytes, maybe compressed | type u8 | plain length u32 | crc u32
 * footer  = filter offset u64 | index offset u64 | properties offset u64 | format version u32 | magic u32 | crc u32
 * crc     over origin store id (16) | number u64 | offset in the file u64 | everything of it before the crc
 * </pre>
 *
 * <p>A block before compression:
 *
 * <pre>
 * block    = versions keys restarts tail
 * version  = head u8 | main varint | [sub varint] | [life varint | count varint] | write version varint
 *            | [lease varint] | [length varint] | value
 * key      = shared varint | added varint | bytes of versions varint | added bytes
 * restarts = prefix u64 per restart | offset of the key u32 per restart | offset of its versions u32 per restart
 * tail     = base u64 | offset of the keys u32 | number of keys u32 | shared by all keys u16              18 bytes
 * </pre>
 */
final class TableFormat {
    static final String KIND = "TABL";
    static final int FORMAT_VERSION = 1;

    static final int CHECKSUM_BYTES = Integer.BYTES;

    static final int HEADER_BYTES = FileHeader.BYTES + Long.BYTES + CHECKSUM_BYTES;

    /** Type, plain length, checksum. */
    static final int BLOCK_TRAILER_BYTES = 1 + Integer.BYTES + CHECKSUM_BYTES;

    /** Ends a table: "HTKV" once more, with the highest bit of each letter set. */
    static final int FOOTER_MAGIC = 0xC8D4CBD6;

    static final int FOOTER_BYTES = 3 * Long.BYTES + 2 * Integer.BYTES + CHECKSUM_BYTES;

    /** Keys between two restarts: the first is stored whole, each other without what it shares with the one before. */
    static final int RESTART_KEYS = 16;

    /** A restart's prefix, offset of the key, offset of its versions. */
    static final int RESTART_BYTES = Long.BYTES + 2 * Integer.BYTES;

    static final int TAIL_BYTES = Long.BYTES + 2 * Integer.BYTES + Short.BYTES;

    // The head of a version.
    static final int HEAD_KIND_MASK = 0x03;
    /** The sub-revision is not 0 and follows. */
    static final int HEAD_HAS_SUB = 0x04;
    /** The version is the first of its key's life: create revision = main, version = 1, and neither follows. */
    static final int HEAD_BEGINS_LIFE = 0x08;

    /** A value that a lease ends: the lease follows. */
    static final int HEAD_HAS_LEASE = 0x10;

    static final int HEAD_KNOWN_MASK = 0x1f;

    /** The most bytes of a version besides its value: the head, then seven numbers. */
    static final int VERSION_OVERHEAD_MAX = 1 + 5 * 10 + 2 * 5;

    // A row of the index.
    static final int ROW_OFFSET = 0;
    static final int ROW_SEPARATOR = 8;
    static final int ROW_LENGTH = 12;
    static final int ROW_MIN_MAIN = 16;
    static final int ROW_MAX_MAIN = 24;
    static final int ROW_BYTES = 32;

    /** In a row's length: the block's first key began in the block before. */
    static final int ROW_CONTINUED_FLAG = 0x80000000;

    private TableFormat() {}
}
