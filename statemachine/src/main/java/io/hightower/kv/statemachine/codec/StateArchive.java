package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.spi.StateFiles;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a state in one stream: for a backup, or for a receiver that cannot ask for single files. Persisted; described
 * in {@code docs/formats/state-archive.md}. Numbers are big-endian.
 *
 * <pre>
 * archive = magic "HTKVARCH" | format version u32 | count u32 | entry* | crc32c u32 of everything before | content*
 * entry   = name length u16 | name, UTF-8 | length u64 | crc32c of the content u32
 * content = the bytes of each file, in the order of the entries, one after the other
 * </pre>
 *
 * <p>The receiver verifies each content against its entry; {@link Reader} verifies the list. <b>Confined to one thread.</b>
 */
public final class StateArchive {
    private static final byte[] MAGIC = "HTKVARCH".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT_VERSION = 1;
    private static final int FILES_MAX = 1 << 22;
    private static final int NAME_BYTES_MAX = 255;
    private static final int CHUNK_BYTES = 1 << 18;
    private static final String WHAT = "state archive";

    private StateArchive() {}

    /**
     * Writes all files. Leaves the stream open.
     *
     * @return the number of bytes written
     */
    public static long write(StateFiles source, OutputStream target) throws IOException {
        List<StateFiles.StateFile> files = source.files();
        long written = writeList(files, target);
        byte[] chunk = new byte[CHUNK_BYTES];
        for (StateFiles.StateFile file : files) {
            try (InputStream content = source.open(file, 0)) {
                long copied = 0;
                for (int count = content.read(chunk); count >= 0; count = content.read(chunk)) {
                    target.write(chunk, 0, count);
                    copied += count;
                }
                if (copied != file.length()) {
                    throw new CorruptionException(file.name(), copied, file.length() + " bytes", copied + " bytes");
                }
                written += copied;
            }
        }
        return written;
    }

    private static long writeList(List<StateFiles.StateFile> files, OutputStream target) throws IOException {
        CheckedOutputStream checked = new CheckedOutputStream(target, new CRC32C());
        DataOutputStream out = new DataOutputStream(checked);
        out.write(MAGIC);
        out.writeInt(FORMAT_VERSION);
        out.writeInt(files.size());
        for (StateFiles.StateFile file : files) {
            byte[] name = file.name().getBytes(StandardCharsets.UTF_8);
            out.writeShort(name.length);
            out.write(name);
            out.writeLong(file.length());
            out.writeInt(file.checksum());
        }
        out.writeInt((int) checked.getChecksum().getValue());
        out.flush();
        return out.size();
    }

    /** Reads an archive in its order: {@link #open} gives the files one after the other, each once. */
    public static final class Reader implements StateFiles {
        private final InputStream source;
        private final List<StateFile> files;
        private int next;
        private long leftOfPresent;

        /**
         * Reads and verifies the list.
         *
         * @param source stays open
         * @throws FormatException if the stream is no archive that this release reads
         * @throws CorruptionException if the list is damaged or cut short
         */
        public Reader(InputStream source) throws IOException {
            this.source = source;
            this.files = readList(source);
        }

        @Override
        public List<StateFile> files() {
            return files;
        }

        @Override
        public InputStream open(StateFile file, long offset) throws IOException {
            skip(leftOfPresent);
            while (next < files.size() && !files.get(next).equals(file)) {
                skip(files.get(next++).length());
            }
            if (next == files.size()) {
                throw new IllegalArgumentException("The files of an archive are read in order: file=" + file);
            }
            next++;
            skip(offset);
            leftOfPresent = file.length() - offset;
            return new Content(file);
        }

        private void skip(long count) throws IOException {
            try {
                source.skipNBytes(count);
            } catch (EOFException e) {
                throw cutShort(e);
            }
            leftOfPresent = 0;
        }

        /**
         * Reads to the end of the archive.
         *
         * @throws CorruptionException if more follows
         */
        public void requireEnd() throws IOException {
            skip(leftOfPresent);
            while (next < files.size()) {
                skip(files.get(next++).length());
            }
            if (source.read() >= 0) {
                throw new CorruptionException(WHAT, 0, "the end of the archive", "more bytes");
            }
        }

        private final class Content extends InputStream {
            private final StateFile file;

            Content(StateFile file) {
                this.file = file;
            }

            @Override
            public int read() throws IOException {
                byte[] single = new byte[1];
                return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (leftOfPresent == 0) {
                    return -1;
                }
                int count = source.read(target, offset, (int) Math.min(length, leftOfPresent));
                if (count < 0) {
                    throw new CorruptionException(
                            WHAT, file.length() - leftOfPresent, "all of " + file.name(), "the end of the stream");
                }
                leftOfPresent -= count;
                return count;
            }
        }
    }

    private static List<StateFiles.StateFile> readList(InputStream source) throws IOException {
        CRC32C checksum = new CRC32C();
        ByteBuffer head = take(source, MAGIC.length + 2 * Integer.BYTES, checksum);
        byte[] magic = new byte[MAGIC.length];
        head.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new FormatException(WHAT, "other bytes", "magic HTKVARCH");
        }
        int version = head.getInt();
        if (version != FORMAT_VERSION) {
            throw new FormatException(
                    WHAT, "format version " + Integer.toUnsignedString(version), "format version " + FORMAT_VERSION);
        }
        int count = head.getInt();
        if (count < 0 || count > FILES_MAX) {
            throw new CorruptionException(WHAT, MAGIC.length, "at most " + FILES_MAX + " files", count + " files");
        }
        List<StateFiles.StateFile> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(readEntry(source, checksum));
        }
        int expected = (int) checksum.getValue();
        int found = take(source, Integer.BYTES, new CRC32C()).getInt();
        if (found != expected) {
            throw new CorruptionException(
                    WHAT, 0, "checksum " + Integer.toHexString(expected), "checksum " + Integer.toHexString(found));
        }
        return List.copyOf(files);
    }

    private static StateFiles.StateFile readEntry(InputStream source, CRC32C checksum) throws IOException {
        int nameLength = take(source, Short.BYTES, checksum).getShort() & 0xffff;
        if (nameLength == 0 || nameLength > NAME_BYTES_MAX) {
            throw new CorruptionException(
                    WHAT, 0, "a name of 1 to " + NAME_BYTES_MAX + " bytes", nameLength + " bytes");
        }
        String name = StandardCharsets.UTF_8
                .decode(take(source, nameLength, checksum))
                .toString();
        ByteBuffer rest = take(source, Long.BYTES + Integer.BYTES, checksum);
        long length = rest.getLong();
        if (length < 0) {
            throw new CorruptionException(WHAT, 0, "a length", "length " + length);
        }
        return new StateFiles.StateFile(name, length, rest.getInt());
    }

    private static ByteBuffer take(InputStream source, int count, CRC32C checksum) throws IOException {
        byte[] bytes = source.readNBytes(count);
        if (bytes.length < count) {
            throw cutShort(null);
        }
        checksum.update(bytes);
        return ByteBuffer.wrap(bytes);
    }

    private static CorruptionException cutShort(@Nullable Throwable cause) {
        CorruptionException damage = new CorruptionException(WHAT, 0, "the whole archive", "the end of the stream");
        if (cause != null) {
            damage.addSuppressed(cause);
        }
        return damage;
    }
}
