package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.codec.RecordCodec;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The bytes of an exported {@link TreeMapStateStore}, all numbers big-endian: magic u64, the scalars, the changes
 * of the system key space u64, its records in key order behind their number u32, the records in key order, CRC32C u32 of
 * everything before it. Scalars and records are a length u32 and the bytes of {@link RecordCodec}.
 */
final class TreeMapExport {
    private static final long MAGIC = 0x54726565_4d617030L; // "TreeMap0"
    private static final int MAGIC_BYTES = 8;
    private static final int CHECKSUM_BYTES = 4;
    private static final String WHAT = "exported tree map";

    private TreeMapExport() {}

    record Content(NavigableMap<Bytes, KeyRecord> records, AppliedState applied, SystemRecords system) {}

    static byte[] write(StoreView view) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(MAGIC);
        writeBlock(out, RecordCodec.encode(view.applied()));
        out.writeLong(view.system().revision());
        out.writeInt(view.system().size());
        for (SystemRecord entry : view.system().all()) {
            writeBlock(out, RecordCodec.encode(entry));
        }
        try (StoreView.RecordCursor cursor = view.records()) {
            while (cursor.next()) {
                writeBlock(out, RecordCodec.encode(cursor.current()));
            }
        }
        byte[] content = bytes.toByteArray();
        out.writeInt(checksum(content, content.length));
        return bytes.toByteArray();
    }

    private static void writeBlock(DataOutputStream out, byte[] block) throws IOException {
        out.writeInt(block.length);
        out.write(block);
    }

    static Content read(byte[] exported) {
        if (exported.length < MAGIC_BYTES + CHECKSUM_BYTES) {
            throw new CorruptionException(WHAT, 0, "magic and checksum", exported.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(exported);
        long magic = in.getLong();
        if (magic != MAGIC) {
            throw new FormatException(WHAT, Long.toHexString(magic), Long.toHexString(MAGIC));
        }
        int end = exported.length - CHECKSUM_BYTES;
        int written = in.getInt(end);
        int found = checksum(exported, end);
        if (written != found) {
            throw new CorruptionException(WHAT, end, Integer.toHexString(written), Integer.toHexString(found));
        }
        in.limit(end);
        AppliedState applied = RecordCodec.decodeApplied(WHAT, readBlock(in));
        long systemRevision = in.getLong();
        SystemRecords system = SystemRecords.EMPTY;
        for (int left = in.getInt(); left > 0; left--) {
            system = system.withRecord(RecordCodec.decodeSystem(WHAT, readBlock(in)));
        }
        NavigableMap<Bytes, KeyRecord> records = new TreeMap<>();
        while (in.hasRemaining()) {
            KeyRecord entry = RecordCodec.decodeRecord(WHAT, readBlock(in));
            records.put(entry.key(), entry);
        }
        return new Content(Collections.unmodifiableNavigableMap(records), applied, system.atRevision(systemRevision));
    }

    private static byte[] readBlock(ByteBuffer in) {
        if (in.remaining() < Integer.BYTES) {
            throw new CorruptionException(WHAT, in.position(), "a length", in.remaining() + " bytes");
        }
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new CorruptionException(WHAT, in.position(), "a block", "length " + length);
        }
        byte[] block = new byte[length];
        in.get(block);
        return block;
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }
}
