package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.codec.EtcdKeyValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** The CRC32C of versions, one behind the other, as {@link HashKv} describes them. <b>Used by one thread at a time.</b> */
final class HashedVersions {
    private static final byte[] BEGINNING = "key".getBytes(StandardCharsets.US_ASCII);
    private static final byte SEPARATOR = '_';
    private static final byte TOMBSTONE_MARK = 't';
    private static final int NAME_BYTES = 2 * Long.BYTES + 1;

    private final CRC32C crc = new CRC32C();
    private final byte[] name = new byte[NAME_BYTES + 1];
    private int joined;

    HashedVersions() {
        crc.update(BEGINNING);
        joined = (int) crc.getValue();
    }

    /** What the version of a revision adds. */
    record Piece(Revision revision, int crc, int bytes) {}

    /** Returns what a version adds, wherever it will stand. */
    Piece pieceOf(KeyRecord version) {
        Revision revision = version.modified();
        ByteBuffer.wrap(name)
                .putLong(revision.main())
                .put(SEPARATOR)
                .putLong(revision.sub())
                .put(TOMBSTONE_MARK);
        int nameBytes = version.live() ? NAME_BYTES : NAME_BYTES + 1;
        byte[] content = EtcdKeyValue.encode(version);
        crc.reset();
        crc.update(name, 0, nameBytes);
        crc.update(content);
        return new Piece(revision, (int) crc.getValue(), nameBytes + content.length);
    }

    /** Puts a piece behind those that were added before. */
    void add(Piece piece) {
        joined = Crc32cJoin.join(joined, piece.crc(), piece.bytes());
    }

    /** Returns the CRC32C of everything that was added, an unsigned number of 32 bits. */
    long hash() {
        return Integer.toUnsignedLong(joined);
    }
}
