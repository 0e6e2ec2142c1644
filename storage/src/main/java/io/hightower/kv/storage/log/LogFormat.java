package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.file.FileHeader;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * The bytes of a segment. All of this is persisted: a change needs a new format version, and {@code
 * docs/formats/commit-log.md} with its example. Numbers are big-endian.
 *
 * <pre>
 * segment = header entry* mark? rest
 * header  = file header "CLOG" (28) | first index u64 | epoch u64 | crc u32                          48 bytes
 * record  = magic u32 | crc u32 | length u32 | synced up to u64 | index u64 | payload[length]    28 + length bytes
 * rest    = zeros, or what former uses of the file left behind
 * </pre>
 */
final class LogFormat {
    static final String KIND = "CLOG";
    static final int FORMAT_VERSION = 1;

    static final int FIRST_INDEX_OFFSET = FileHeader.BYTES;
    static final int EPOCH_OFFSET = FIRST_INDEX_OFFSET + Long.BYTES;
    static final int HEADER_CHECKSUM_OFFSET = EPOCH_OFFSET + Long.BYTES;
    static final int HEADER_BYTES = HEADER_CHECKSUM_OFFSET + Integer.BYTES;

    /** Begins a record that holds an entry: 0xEC, "KLE". The first byte occurs in no UTF-8 text before these letters. */
    static final int ENTRY_MAGIC = 0xEC4B4C45;

    /** Begins a record that only says how far the segment was synced: 0xEC, "KLM". */
    static final int MARK_MAGIC = 0xEC4B4C4D;

    static final int CHECKSUM_OFFSET = 4;
    static final int LENGTH_OFFSET = 8;
    static final int SYNCED_OFFSET = 12;
    static final int INDEX_OFFSET = 20;
    static final int RECORD_HEADER_BYTES = 28;

    /** Most bytes of an entry's payload: twice the largest request, which leaves room for what is around it. */
    static final int PAYLOAD_BYTES_MAX = 128 << 20;

    /** In the header of a spare that was never used: its first index and its epoch. */
    static final long NEVER_USED = 0;

    private static final String NAME_SUFFIX = ".log";
    private static final int NAME_DIGITS = 20;

    private LogFormat() {}

    /** What a segment file is kept for; its name says so. */
    enum Role {
        /** It holds entries of the log; its number is the index of the first one. */
        ENTRIES("log-"),
        /** It was trimmed and is kept for people; its number is the index of its first entry. */
        ARCHIVED("archive-"),
        /** It holds nothing of use and waits to be used; its number means nothing. */
        SPARE("spare-");

        final String prefix;

        Role(String prefix) {
            this.prefix = prefix;
        }

        String fileName(long number) {
            return String.format(Locale.ROOT, "%s%0" + NAME_DIGITS + "d%s", prefix, number, NAME_SUFFIX);
        }

        /** Returns the number in a file name, from 1 on; nothing if the file is none of this role. */
        OptionalLong number(String fileName) {
            int length = prefix.length() + NAME_DIGITS + NAME_SUFFIX.length();
            if (fileName.length() != length || !fileName.startsWith(prefix) || !fileName.endsWith(NAME_SUFFIX)) {
                return OptionalLong.empty();
            }
            String digits = fileName.substring(prefix.length(), prefix.length() + NAME_DIGITS);
            if (!digits.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
                return OptionalLong.empty();
            }
            try {
                long number = Long.parseLong(digits);
                return number > 0 ? OptionalLong.of(number) : OptionalLong.empty();
            } catch (NumberFormatException e) {
                // More than a log can hold.
                return OptionalLong.empty();
            }
        }
    }

    /** Returns the name of the segment of the log whose first entry has that index. */
    static String fileName(long firstIndex) {
        return Role.ENTRIES.fileName(firstIndex);
    }

    static ByteBuffer header(Bytes storeId, long firstIndex, long epoch) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        FileHeader.put(header, KIND, FORMAT_VERSION, storeId);
        header.putLong(firstIndex);
        header.putLong(epoch);
        header.putInt(headerChecksum(header.array()));
        return header.flip();
    }

    /**
     * Reads the bytes where a header is, or as many as there are.
     *
     * @throws StorageException if fewer can be read than there are
     */
    static byte[] readHeader(DiskFile file) {
        byte[] header = new byte[(int) Math.min(HEADER_BYTES, file.length())];
        int count = file.read(0, ByteBuffer.wrap(header));
        if (count != header.length) {
            throw new StorageException("A file ends before its length: file=" + file.name() + " wanted=" + header.length
                    + " read=" + count);
        }
        return header;
    }

    /** Verifies the header of the segment that a file name announces, and returns its epoch. */
    static long requireHeader(String file, byte[] bytes, Bytes storeId, long firstIndex) {
        long epoch = requireHeader(file, bytes, storeId);
        long firstIndexFound = ByteBuffer.wrap(bytes).getLong(FIRST_INDEX_OFFSET);
        if (firstIndexFound != firstIndex) {
            throw new CorruptionException(
                    file, FIRST_INDEX_OFFSET, "first index " + firstIndex, "first index " + firstIndexFound);
        }
        return epoch;
    }

    /** Verifies a header whatever it was written for, and returns its epoch. */
    static long requireHeader(String file, byte[] bytes, Bytes storeId) {
        ByteBuffer header = ByteBuffer.wrap(bytes);
        Bytes storeIdFound = FileHeader.read(file, header, KIND, FORMAT_VERSION);
        if (header.remaining() < HEADER_BYTES - FileHeader.BYTES) {
            throw new CorruptionException(file, 0, "a header of " + HEADER_BYTES + " bytes", bytes.length + " bytes");
        }
        int expected = headerChecksum(bytes);
        int found = header.getInt(HEADER_CHECKSUM_OFFSET);
        if (found != expected) {
            throw new CorruptionException(file, HEADER_CHECKSUM_OFFSET, checksumText(expected), checksumText(found));
        }
        if (!storeIdFound.equals(storeId)) {
            throw new CorruptionException(
                    file, FileHeader.STORE_ID_OFFSET, "store id " + storeId, "store id " + storeIdFound);
        }
        return header.getLong(EPOCH_OFFSET);
    }

    private static int headerChecksum(byte[] header) {
        CRC32C checksum = new CRC32C();
        checksum.update(header, 0, HEADER_CHECKSUM_OFFSET);
        return (int) checksum.getValue();
    }

    static String checksumText(int checksum) {
        return "checksum " + String.format(Locale.ROOT, "%08x", checksum);
    }
}
