package io.hightower.kv.storage.simulated;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file at one moment, growing as needed. <b>Used by one thread at a time.</b>
 *
 * <p>It is made of chunks that copies share until one of them writes there, and a chunk of zeros is none. So a copy costs
 * nothing, a small write the copy of one chunk, and what was written in advance next to nothing.
 */
final class FileImage {
    private static final int CHUNK_BYTES = 4 << 10;
    private static final byte[] ZEROS = new byte[CHUNK_BYTES];

    /** Stands for the digest of a chunk of zeros; shorter than any. */
    private static final byte[] NOTHING_BUT_ZEROS = {0};

    /** By number; null where there are zeros only, as behind the length. */
    private @Nullable Chunk[] chunks;

    private int length;

    /** What this image alone may write to; a new one whenever the chunks have got another reader. */
    private Object owner = new Object();

    /** Who may write to the array {@link #chunks}. */
    private Object chunksOwner = owner;

    private static final class Chunk {
        private final byte[] bytes;
        private final Object owner;

        /** Of the bytes, as they are; null when nobody has asked since the last write. */
        private byte @Nullable [] digest;

        Chunk(byte[] bytes, Object owner) {
            this.bytes = bytes;
            this.owner = owner;
        }
    }

    private FileImage(@Nullable Chunk[] chunks, int length) {
        this.chunks = chunks;
        this.length = length;
    }

    static FileImage empty() {
        return new FileImage(new Chunk[0], 0);
    }

    static FileImage of(byte[] content) {
        FileImage image = empty();
        image.write(0, content, 0, content.length);
        return image;
    }

    /** Returns an image of its own with the same bytes. */
    FileImage copy() {
        FileImage copy = new FileImage(chunks, length);
        copy.chunksOwner = chunksOwner;
        owner = new Object();
        return copy;
    }

    byte[] toByteArray() {
        byte[] bytes = new byte[length];
        read(0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    int length() {
        return length;
    }

    /** Writes {@code count} bytes of the source; a gap before them is filled with zeros. */
    void write(int offset, byte[] source, int from, int count) {
        int end = Math.addExact(offset, count);
        if (end > length) {
            resize(end);
        }
        for (int done = 0; done < count; ) {
            int at = offset + done;
            int part = Math.min(count - done, CHUNK_BYTES - at % CHUNK_BYTES);
            int number = at / CHUNK_BYTES;
            if (chunks[number] != null || !isZero(source, from + done, part)) {
                System.arraycopy(source, from + done, writable(number), at % CHUNK_BYTES, part);
            }
            done += part;
        }
    }

    private static boolean isZero(byte[] bytes, int from, int count) {
        return Arrays.equals(bytes, from, from + count, ZEROS, 0, count);
    }

    private byte[] writable(int number) {
        Chunk chunk = chunks[number];
        if (chunk != null && chunk.owner == owner) {
            chunk.digest = null;
            return chunk.bytes;
        }
        Chunk own = new Chunk(chunk == null ? new byte[CHUNK_BYTES] : chunk.bytes.clone(), owner);
        set(number, own);
        return own.bytes;
    }

    private void set(int number, @Nullable Chunk chunk) {
        if (chunksOwner != owner) {
            chunks = chunks.clone();
            chunksOwner = owner;
        }
        chunks[number] = chunk;
    }

    /** Cuts the file, or makes it longer with zeros. */
    void resize(int newLength) {
        int needed = (newLength + CHUNK_BYTES - 1) / CHUNK_BYTES;
        if (needed > chunks.length) {
            chunks = Arrays.copyOf(chunks, Math.max(needed, chunks.length * 2));
            chunksOwner = owner;
        }
        if (newLength < length) {
            clearBehind(newLength);
        }
        length = newLength;
    }

    private void clearBehind(int newLength) {
        int kept = newLength % CHUNK_BYTES;
        int number = newLength / CHUNK_BYTES;
        if (kept > 0 && chunks[number] != null) {
            Arrays.fill(writable(number), kept, CHUNK_BYTES, (byte) 0);
        }
        for (int behind = kept > 0 ? number + 1 : number; behind < chunks.length; behind++) {
            if (chunks[behind] != null) {
                set(behind, null);
            }
        }
    }

    /** Reads as many bytes as the target has room for; all of them lie within the length. */
    void read(int offset, ByteBuffer target) {
        for (int at = offset; target.hasRemaining(); ) {
            int part = Math.min(target.remaining(), CHUNK_BYTES - at % CHUNK_BYTES);
            Chunk chunk = chunks[at / CHUNK_BYTES];
            target.put(chunk == null ? ZEROS : chunk.bytes, at % CHUNK_BYTES, part);
            at += part;
        }
    }

    /** Takes the bytes of a range from another image; behind its end, zeros. */
    void take(FileImage other, int from, int until) {
        if (from >= until) {
            return;
        }
        byte[] bytes = new byte[until - from];
        int present = Math.min(bytes.length, Math.max(0, other.length - from));
        other.read(from, ByteBuffer.wrap(bytes, 0, present));
        write(from, bytes, 0, bytes.length);
    }

    void flip(int offset, int mask) {
        if (offset < length) {
            writable(offset / CHUNK_BYTES)[offset % CHUNK_BYTES] ^= (byte) mask;
        }
    }

    /** Feeds a digest with what is equal for equal bytes and different for different ones. */
    void feed(MessageDigest digest, MessageDigest chunkDigest) {
        for (int at = 0; at < length; at += CHUNK_BYTES) {
            Chunk chunk = chunks[at / CHUNK_BYTES];
            if (chunk == null) {
                digest.update(NOTHING_BUT_ZEROS);
                continue;
            }
            byte[] known = chunk.digest;
            if (known == null) {
                known = isZero(chunk.bytes, 0, CHUNK_BYTES) ? NOTHING_BUT_ZEROS : chunkDigest.digest(chunk.bytes);
                chunk.digest = known;
            }
            digest.update(known);
        }
    }
}
