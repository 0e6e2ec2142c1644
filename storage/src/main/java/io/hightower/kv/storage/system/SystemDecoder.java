package io.hightower.kv.storage.system;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.codec.RecordCodec;
import io.hightower.kv.storage.file.FileHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Takes the bytes of a file of system records apart, and believes nothing that the checksum does not cover. */
final class SystemDecoder {
    private final String file;
    private final byte[] content;
    private final ByteBuffer source;

    private SystemDecoder(String file, byte[] content) {
        this.file = file;
        this.content = content;
        this.source = ByteBuffer.wrap(content);
    }

    /**
     * What a file holds, and which file it says that it is.
     *
     * @param id its name
     * @param records the records
     */
    record Decoded(SystemId id, SystemRecords records) {}

    /** Decodes the whole content of a file. */
    static Decoded decode(String file, byte[] content) {
        SystemDecoder decoder = new SystemDecoder(file, content);
        Bytes origin = FileHeader.read(file, decoder.source, SystemFormat.KIND, SystemFormat.FORMAT_VERSION);
        decoder.requireWhole();
        return new Decoded(decoder.id(origin), decoder.records());
    }

    private void requireWhole() {
        if (content.length < SystemFormat.LENGTH_MIN) {
            throw damage("at least " + SystemFormat.LENGTH_MIN + " bytes", content.length + " bytes");
        }
        long length = source.getLong(SystemFormat.LENGTH_OFFSET);
        if (length != content.length) {
            throw damage(length + " bytes", content.length + " bytes");
        }
        int covered = content.length - SystemFormat.CHECKSUM_BYTES;
        int expected = (int) SystemFile.checksum(content, covered);
        int found = source.getInt(covered);
        if (found != expected) {
            throw new CorruptionException(file, covered, SystemFile.text(expected), SystemFile.text(found));
        }
        source.limit(covered);
    }

    private SystemId id(Bytes origin) {
        long number = source.getLong();
        if (number < 1 || number > SystemId.NUMBER_MAX) {
            throw damage("a number from 1 to " + SystemId.NUMBER_MAX, "number " + number);
        }
        source.position(source.position() + Long.BYTES);
        return new SystemId(number, origin);
    }

    private SystemRecords records() {
        long changes = source.getLong();
        int count = source.getInt();
        if (changes < 0 || count < 0) {
            throw damage("counts from 0", changes + " changes and " + count + " records");
        }
        SystemRecords records = SystemRecords.EMPTY;
        Bytes before = null;
        for (int i = 0; i < count; i++) {
            SystemRecord next = next();
            requirePossible(before, next, changes);
            records = records.withRecord(next);
            before = next.key();
        }
        if (source.hasRemaining()) {
            throw damage("the checksum", source.remaining() + " bytes more");
        }
        return records.atRevision(changes);
    }

    private SystemRecord next() {
        int length = source.remaining() < Integer.BYTES ? -1 : source.getInt();
        if (length < 0 || length > source.remaining()) {
            throw damage("a record", length + " bytes");
        }
        byte[] encoded = new byte[length];
        source.get(encoded);
        return RecordCodec.decodeSystem(file, encoded);
    }

    private void requirePossible(@Nullable Bytes before, SystemRecord next, long changes) {
        if (before != null && before.compareTo(next.key()) >= 0) {
            throw damage("keys in ascending order", "key " + next.key());
        }
        // Records about the cluster count their own writes, and are no changes.
        boolean isChange = !SystemRecord.isAboutCluster(next.key());
        if (next.modRevision() < 1 || (isChange && next.modRevision() > changes)) {
            throw damage("a record of one of " + changes + " changes", "one of change " + next.modRevision());
        }
    }

    private CorruptionException damage(String expected, String found) {
        return new CorruptionException(file, source.position(), expected, found);
    }
}
