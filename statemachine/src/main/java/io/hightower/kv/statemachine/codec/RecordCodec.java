package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.SystemRecord;
import java.io.IOException;

/**
 * The bytes of what a snapshot holds: protobuf messages {@code hightower.KeyRecord}, {@code
 * hightower.SystemRecord} and {@code hightower.AppliedState}. The
 * file around them carries the format version and the checksums.
 */
public final class RecordCodec {
    private RecordCodec() {}

    /** Encodes a record. */
    public static byte[] encode(KeyRecord entry) {
        return MessageWriter.encode(writer -> {
            writer.bytes(1, entry.key());
            writer.flag(2, entry.live());
            writer.bytes(3, entry.value());
            writer.number(4, entry.createRevision());
            writer.number(5, entry.modified().main());
            writer.number(6, entry.modified().sub());
            writer.number(7, entry.version());
            writer.number(8, entry.writeVersion());
            writer.number(9, entry.lease());
        });
    }

    /**
     * Decodes a record.
     *
     * @param what names the bytes in errors
     * @throws io.hightower.kv.statemachine.CorruptionException if they are malformed
     */
    public static KeyRecord decodeRecord(String what, byte[] encoded) {
        return MessageReader.decode(what, encoded, 0, RecordCodec::readRecord);
    }

    private static KeyRecord readRecord(MessageReader reader) throws IOException {
        Bytes key = Bytes.EMPTY;
        boolean live = false;
        Bytes value = Bytes.EMPTY;
        long createRevision = 0;
        long main = 0;
        int sub = 0;
        long version = 0;
        long writeVersion = 0;
        long lease = KeyRecord.NO_LEASE;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> key = reader.bytes();
                case 2 -> live = reader.flag();
                case 3 -> value = reader.bytes();
                case 4 -> createRevision = reader.number();
                case 5 -> main = reader.number();
                case 6 -> sub = reader.smallNumber();
                case 7 -> version = reader.number();
                case 8 -> writeVersion = reader.number();
                case 9 -> lease = reader.number();
                default -> throw reader.unknownField();
            }
        }
        return new KeyRecord(key, live, value, createRevision, new Revision(main, sub), version, writeVersion, lease);
    }

    /** Encodes a record of the system key space. */
    public static byte[] encode(SystemRecord entry) {
        return MessageWriter.encode(writer -> {
            writer.bytes(1, entry.key());
            writer.bytes(2, entry.value());
            writer.number(3, entry.modRevision());
        });
    }

    /**
     * Decodes a record of the system key space.
     *
     * @param what names the bytes in errors
     * @throws io.hightower.kv.statemachine.CorruptionException if they are malformed
     */
    public static SystemRecord decodeSystem(String what, byte[] encoded) {
        return MessageReader.decode(what, encoded, 0, RecordCodec::readSystem);
    }

    private static SystemRecord readSystem(MessageReader reader) throws IOException {
        Bytes key = Bytes.EMPTY;
        Bytes value = Bytes.EMPTY;
        long modRevision = 0;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> key = reader.bytes();
                case 2 -> value = reader.bytes();
                case 3 -> modRevision = reader.number();
                default -> throw reader.unknownField();
            }
        }
        return new SystemRecord(key, value, modRevision);
    }

    /** Encodes the scalars. */
    public static byte[] encode(AppliedState applied) {
        return MessageWriter.encode(writer -> {
            writer.number(1, applied.position().term());
            writer.number(2, applied.position().index());
            writer.number(3, applied.revision());
            writer.number(4, applied.latestVersion());
            writer.number(5, applied.releasedRevision());
            writer.number(6, applied.logicalTimeMillis());
            writer.number(7, applied.liveKeys());
            writer.number(8, applied.tombstones());
            writer.fixed(9, applied.recordsHash());
            writer.number(10, applied.compactRevision());
            writer.fixed(11, applied.systemHash());
        });
    }

    /**
     * Decodes the scalars.
     *
     * @param what names the bytes in errors
     * @throws io.hightower.kv.statemachine.CorruptionException if they are malformed
     */
    public static AppliedState decodeApplied(String what, byte[] encoded) {
        return MessageReader.decode(what, encoded, 0, RecordCodec::readApplied);
    }

    private static AppliedState readApplied(MessageReader reader) throws IOException {
        long term = 0;
        long index = 0;
        long[] scalars = new long[6];
        long recordsHash = 0;
        long compactRevision = 0;
        long systemHash = 0;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> term = reader.number();
                case 2 -> index = reader.number();
                case 3, 4, 5, 6, 7, 8 -> scalars[field - 3] = reader.number();
                case 9 -> recordsHash = reader.fixed();
                case 10 -> compactRevision = reader.number();
                case 11 -> systemHash = reader.fixed();
                default -> throw reader.unknownField();
            }
        }
        return new AppliedState(
                new LogPosition(term, index),
                scalars[0],
                scalars[1],
                scalars[2],
                compactRevision,
                scalars[3],
                scalars[4],
                scalars[5],
                recordsHash,
                systemHash);
    }
}
