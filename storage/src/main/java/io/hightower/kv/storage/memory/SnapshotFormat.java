package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.InvariantViolation;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * The constants of snapshot files. They are on disks: changing one makes another format version. Numbers are big-endian;
 * {@code docs/formats/snapshot.md} has the picture.
 */
final class SnapshotFormat {
    /** "HTKV": the first bytes of the file. */
    static final int MAGIC = 0x48544b56;

    /** "SNAP": tells a snapshot from the other files of a store; part of every block's checksum. */
    static final int KIND = 0x534e4150;

    static final int FORMAT_VERSION = 0;

    static final int HEADER_STORE_ID_OFFSET = 12;
    static final int HEADER_TERM_OFFSET = 28;
    static final int HEADER_INDEX_OFFSET = 36;
    static final int HEADER_CHECKSUM_OFFSET = 44;
    static final int HEADER_BYTES = 48;

    /** Length, type and checksum in front of a block's content. */
    static final int BLOCK_HEADER_BYTES = 3 * Integer.BYTES;

    /** A block of records in key order. */
    static final int RECORDS_BLOCK = 1;

    /** The last block. */
    static final int FOOTER_BLOCK = 2;

    /** A block is written out rather than grow beyond this; only a single record may be longer. */
    static final int BLOCK_CONTENT_BYTES = 64 * 1024;

    /** No block is longer: the largest request that can be configured, and room for what a record holds besides. */
    static final int BLOCK_CONTENT_BYTES_MAX = 64 * 1024 * 1024 + BLOCK_CONTENT_BYTES;

    /** "HTKV END": the last bytes of the file. */
    static final long END_MARK = 0x48544b5620454e44L;

    private static final String NAME_PREFIX = "snapshot-";
    private static final String NAME_SUFFIX = ".snap";
    private static final String TEMPORARY_SUFFIX = ".tmp";
    private static final int INDEX_DIGITS = 20;

    static {
        InvariantViolation.check(
                HEADER_STORE_ID_OFFSET == 3 * Integer.BYTES
                        && HEADER_TERM_OFFSET == HEADER_STORE_ID_OFFSET + 2 * Long.BYTES
                        && HEADER_INDEX_OFFSET == HEADER_TERM_OFFSET + Long.BYTES
                        && HEADER_CHECKSUM_OFFSET == HEADER_INDEX_OFFSET + Long.BYTES
                        && HEADER_BYTES == HEADER_CHECKSUM_OFFSET + Integer.BYTES,
                "the fields of a snapshot header lie side by side");
    }

    private SnapshotFormat() {}

    /** Returns the name of the file that holds the state at a log index. */
    static String fileName(long index) {
        String digits = Long.toString(index);
        return NAME_PREFIX + "0".repeat(INDEX_DIGITS - digits.length()) + digits + NAME_SUFFIX;
    }

    /** Returns the name under which a file is written until it is complete. */
    static String temporaryName(String distinction) {
        return NAME_PREFIX + distinction + TEMPORARY_SUFFIX;
    }

    static boolean isTemporaryName(String name) {
        return name.startsWith(NAME_PREFIX) && name.endsWith(TEMPORARY_SUFFIX);
    }

    /** Returns the log index that a file name stands for; nothing if it is not the name of a snapshot. */
    static OptionalLong indexOf(String name) {
        int length = NAME_PREFIX.length() + INDEX_DIGITS + NAME_SUFFIX.length();
        if (name.length() != length || !name.startsWith(NAME_PREFIX) || !name.endsWith(NAME_SUFFIX)) {
            return OptionalLong.empty();
        }
        String digits = name.substring(NAME_PREFIX.length(), NAME_PREFIX.length() + INDEX_DIGITS);
        if (!digits.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(digits));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Returns a number of four bytes as text, for messages about magic numbers. */
    static String text(int fourBytes) {
        byte[] bytes = {(byte) (fourBytes >>> 24), (byte) (fourBytes >>> 16), (byte) (fourBytes >>> 8), (byte) fourBytes
        };
        boolean printable = true;
        for (byte b : bytes) {
            printable &= b > ' ' && b < 0x7f;
        }
        return printable ? new String(bytes, StandardCharsets.US_ASCII) : "0x" + Integer.toHexString(fourBytes);
    }
}
