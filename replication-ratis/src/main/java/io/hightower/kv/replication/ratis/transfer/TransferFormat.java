package io.hightower.kv.replication.ratis.transfer;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.StateFiles.StateFile;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32C;

/**
 * The messages of a transfer, numbers big-endian.
 *
 * <pre>
 * begin  asks     needed u64
 *        answers  pin u64 · term u64 · index u64 · files u32 · files × (name length u16 · name · length u64 · CRC32C u32)
 * read   asks     pin u64 · file u32, counted from 0 in the list · offset u64
 *        answers  chunks: CRC32C u32 of what follows · 1 to 262,144 bytes of the file; they end with the file
 * end    asks     pin u64
 *        answers  nothing
 * </pre>
 *
 * <p>Names are UTF-8. Whatever is longer or shorter than that is refused as damaged.
 */
final class TransferFormat {
    /** Most bytes of a file in one chunk. */
    static final int CHUNK_BYTES = 256 * 1024;

    private static final int NAME_BYTES_MAX = 255;
    private static final int LISTED_BYTES_LEAST = Short.BYTES + 1 + Long.BYTES + Integer.BYTES;

    private TransferFormat() {}

    /**
     * What a receiver gets to know of a pinned state.
     *
     * @param pin what it is called from now on
     * @param position where in the log it stands
     * @param files what it consists of, in the order of the transfer
     */
    record Manifest(long pin, LogPosition position, List<StateFile> files) {}

    /** Which bytes a receiver wants: those of a file from an offset on. */
    record Wanted(long pin, int file, long offset) {}

    static byte[] begin(long neededIndex) {
        return ByteBuffer.allocate(Long.BYTES).putLong(neededIndex).array();
    }

    static long readBegin(byte[] request) {
        return read(request, ByteBuffer::getLong);
    }

    static byte[] begun(Manifest manifest) {
        List<byte[]> names = manifest.files().stream()
                .map(file -> file.name().getBytes(StandardCharsets.UTF_8))
                .toList();
        int bytes = 3 * Long.BYTES + Integer.BYTES;
        for (byte[] name : names) {
            bytes += Short.BYTES + name.length + Long.BYTES + Integer.BYTES;
        }
        ByteBuffer answer = ByteBuffer.allocate(bytes);
        answer.putLong(manifest.pin());
        answer.putLong(manifest.position().term());
        answer.putLong(manifest.position().index());
        answer.putInt(names.size());
        for (int at = 0; at < names.size(); at++) {
            StateFile file = manifest.files().get(at);
            answer.putShort((short) names.get(at).length);
            answer.put(names.get(at));
            answer.putLong(file.length());
            answer.putInt(file.checksum());
        }
        return answer.array();
    }

    static Manifest readBegun(byte[] answer) {
        return read(answer, from -> {
            long pin = from.getLong();
            LogPosition position = new LogPosition(from.getLong(), from.getLong());
            int count = from.getInt();
            if (count < 0 || count > from.remaining() / LISTED_BYTES_LEAST) {
                throw damaged(answer, "a list of files", count + " files");
            }
            List<StateFile> files = new ArrayList<>(count);
            for (int at = 0; at < count; at++) {
                byte[] name = new byte[from.getShort() & 0xffff];
                if (name.length == 0 || name.length > NAME_BYTES_MAX) {
                    throw damaged(answer, "a file's name", name.length + " bytes");
                }
                from.get(name);
                String text = new String(name, StandardCharsets.UTF_8);
                long length = from.getLong();
                // The name becomes that of a file here.
                if (length < 0 || !text.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
                    throw damaged(answer, "a plain name and a length", "name=" + text + " length=" + length);
                }
                files.add(new StateFile(text, length, from.getInt()));
            }
            return new Manifest(pin, position, List.copyOf(files));
        });
    }

    static byte[] read(Wanted wanted) {
        return ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES)
                .putLong(wanted.pin())
                .putInt(wanted.file())
                .putLong(wanted.offset())
                .array();
    }

    static Wanted readRead(byte[] request) {
        return read(request, from -> new Wanted(from.getLong(), from.getInt(), from.getLong()));
    }

    static byte[] chunk(byte[] content, int length) {
        ByteBuffer chunk = ByteBuffer.allocate(Integer.BYTES + length);
        chunk.putInt(checksum(content, 0, length));
        chunk.put(content, 0, length);
        return chunk.array();
    }

    /**
     * Returns the bytes of a file in a chunk.
     *
     * @throws CorruptionException if they are not what was sent
     */
    static ByteBuffer readChunk(byte[] chunk) {
        if (chunk.length <= Integer.BYTES || chunk.length > Integer.BYTES + CHUNK_BYTES) {
            throw damaged(chunk, "a chunk", chunk.length + " bytes");
        }
        ByteBuffer from = ByteBuffer.wrap(chunk);
        int sent = from.getInt();
        int received = checksum(chunk, Integer.BYTES, chunk.length - Integer.BYTES);
        if (sent != received) {
            throw damaged(
                    chunk,
                    "bytes with checksum " + Integer.toHexString(sent),
                    "bytes with checksum " + Integer.toHexString(received));
        }
        return from;
    }

    static byte[] end(long pin) {
        return ByteBuffer.allocate(Long.BYTES).putLong(pin).array();
    }

    static long readEnd(byte[] request) {
        return read(request, ByteBuffer::getLong);
    }

    private static int checksum(byte[] content, int offset, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(content, offset, length);
        return (int) checksum.getValue();
    }

    private static <T> T read(byte[] message, Function<ByteBuffer, T> reading) {
        ByteBuffer from = ByteBuffer.wrap(message);
        T read;
        try {
            read = reading.apply(from);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw damaged(message, "a message of a transfer", message.length + " bytes");
        }
        if (from.hasRemaining()) {
            throw damaged(message, "the end of the message", from.remaining() + " more bytes");
        }
        return read;
    }

    private static CorruptionException damaged(byte[] message, String expected, String found) {
        return new CorruptionException("message of " + message.length + " bytes", 0, expected, found);
    }
}
