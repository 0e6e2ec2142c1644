package io.hightower.kv.storage.file;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What every file of the store begins with: who wrote it, what it is, and to which store it belongs. Persisted; described in
 * {@code docs/formats/directory.md}.
 *
 * <pre>
 * magic "HTKV" | kind, four letters | format version u32 | store id, 16 bytes        big-endian, 28 bytes
 * </pre>
 *
 * <p>The checksum over it is the file kind's own, which has more to protect.
 */
public final class FileHeader {
    /** Length of the header in bytes. */
    public static final int BYTES = 28;

    /** Length of a store id in bytes. */
    public static final int STORE_ID_BYTES = 16;

    /** Where the store id begins. */
    public static final int STORE_ID_OFFSET = 12;

    private static final String MAGIC = "HTKV";
    private static final int WORD_BYTES = 4;

    private FileHeader() {}

    /** Writes a header at the buffer's position, which moves behind it. */
    public static void put(ByteBuffer target, String kind, int formatVersion, Bytes storeId) {
        if (kind.length() != WORD_BYTES || storeId.length() != STORE_ID_BYTES) {
            throw new IllegalArgumentException(
                    "A kind has 4 letters and a store id 16 bytes: kind=" + kind + " storeId=" + storeId);
        }
        target.put(MAGIC.getBytes(StandardCharsets.US_ASCII));
        target.put(kind.getBytes(StandardCharsets.US_ASCII));
        target.putInt(formatVersion);
        target.put(storeId.asByteBuffer());
    }

    /**
     * Reads a header at the buffer's position, which moves behind it, and returns the store id. The checksum is for the
     * caller to verify before believing the store id.
     *
     * @throws CorruptionException if there are fewer bytes than a header has
     * @throws FormatException if it is not a file of that kind and format version
     */
    public static Bytes read(String file, ByteBuffer source, String kind, int formatVersion) {
        if (source.remaining() < BYTES) {
            throw new CorruptionException(file, 0, "a header of " + BYTES + " bytes", source.remaining() + " bytes");
        }
        Bytes magic = take(source, WORD_BYTES);
        if (!magic.equals(Bytes.utf8(MAGIC))) {
            throw new FormatException(file, "magic " + magic, "magic " + Bytes.utf8(MAGIC));
        }
        Bytes kindFound = take(source, WORD_BYTES);
        if (!kindFound.equals(Bytes.utf8(kind))) {
            throw new FormatException(file, "kind " + letters(kindFound), "kind " + kind);
        }
        int versionFound = source.getInt();
        if (versionFound != formatVersion) {
            throw new FormatException(
                    file,
                    "format version " + Integer.toUnsignedString(versionFound),
                    "format version " + formatVersion);
        }
        return take(source, STORE_ID_BYTES);
    }

    /** Returns a kind as text, or as hexadecimal digits if it is no word of letters. */
    private static String letters(Bytes kind) {
        for (int i = 0; i < WORD_BYTES; i++) {
            if (kind.at(i) < 'A' || kind.at(i) > 'Z') {
                return kind.toString();
            }
        }
        return kind.toUtf8();
    }

    private static Bytes take(ByteBuffer source, int count) {
        byte[] bytes = new byte[count];
        source.get(bytes);
        return Bytes.wrap(bytes);
    }
}
