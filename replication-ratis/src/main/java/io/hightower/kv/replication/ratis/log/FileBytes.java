package io.hightower.kv.replication.ratis.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/** The bytes of a file by their offsets, of which little is in memory at a time. Used by one thread at a time. */
final class FileBytes {
    private static final int CHUNK_BYTES = 64 * 1024;

    private final FileChannel channel;
    private final long length;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private long chunkFrom;
    private int chunkBytes;

    /** Reads what the file holds now; it must not change meanwhile. */
    FileBytes(FileChannel channel) throws IOException {
        this.channel = channel;
        this.length = channel.size();
    }

    long length() {
        return length;
    }

    /** Returns the byte at an offset below the length, from 0 to 255. */
    int at(long offset) throws IOException {
        if (offset < chunkFrom || offset >= chunkFrom + chunkBytes) {
            load(offset);
        }
        return chunk[(int) (offset - chunkFrom)] & 0xff;
    }

    private void load(long offset) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(chunk);
        while (buffer.hasRemaining() && offset + buffer.position() < length) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new IOException("The file is shorter than it said: length=" + length);
            }
        }
        chunkFrom = offset;
        chunkBytes = buffer.position();
    }

    /** Returns the CRC32C of a range inside the file. */
    int checksum(long from, long until) throws IOException {
        CRC32C checksum = new CRC32C();
        long offset = from;
        while (offset < until) {
            at(offset);
            int begin = (int) (offset - chunkFrom);
            int bytes = (int) Math.min(chunkBytes - begin, until - offset);
            checksum.update(chunk, begin, bytes);
            offset += bytes;
        }
        return (int) checksum.getValue();
    }

    /** Returns the offset behind the last byte from there on that is not 0; the same offset if there is none. */
    long endOfContent(long from) throws IOException {
        long end = from;
        for (long offset = from; offset < length; offset++) {
            if (at(offset) != 0) {
                end = offset + 1;
            }
        }
        return end;
    }

    /** Returns the first offset in a range inside the file whose byte is not 0; the end of the range if there is none. */
    long skipZeros(long from, long until) throws IOException {
        long offset = from;
        while (offset < until && at(offset) == 0) {
            offset++;
        }
        return offset;
    }
}
