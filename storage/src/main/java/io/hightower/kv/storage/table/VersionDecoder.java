package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionKind;

/** Reads the versions of a key one after another, newest first. <b>Used by one thread at a time.</b> */
final class VersionDecoder {
    private static final VersionKind[] KINDS = {VersionKind.VALUE, VersionKind.TOMBSTONE, VersionKind.ERASED};

    byte[] array = new byte[0];

    /** Where the next version begins. */
    int at;

    VersionKind kind = VersionKind.VALUE;
    long main;
    int sub;
    long createRevision;
    long version;
    long writeVersion;
    long lease;
    int valueOffset;
    int valueLength;

    /** Reads the first version that a block has of a key. */
    void first(Block block, int offset) {
        array = block.array;
        at = offset;
        int head = array[at++];
        main = block.base + Varint.unzigzag(varint());
        rest(head);
    }

    /** Reads the next older one. The caller knows that there is one in the block. */
    void next() {
        int head = array[at++];
        main -= varint();
        rest(head);
    }

    private void rest(int head) {
        kind = KINDS[head & TableFormat.HEAD_KIND_MASK];
        sub = (head & TableFormat.HEAD_HAS_SUB) == 0 ? 0 : (int) varint();
        if (kind != VersionKind.VALUE) {
            createRevision = 0;
            version = 0;
            writeVersion = main + Varint.unzigzag(varint());
            lease = KeyRecord.NO_LEASE;
            valueOffset = 0;
            valueLength = 0;
            return;
        }
        if ((head & TableFormat.HEAD_BEGINS_LIFE) != 0) {
            createRevision = main;
            version = 1;
        } else {
            createRevision = main - varint();
            version = varint();
        }
        writeVersion = main + Varint.unzigzag(varint());
        lease = (head & TableFormat.HEAD_HAS_LEASE) == 0 ? KeyRecord.NO_LEASE : varint();
        valueLength = (int) varint();
        valueOffset = at;
        at += valueLength;
    }

    private long varint() {
        byte[] source = array;
        int offset = at;
        byte next = source[offset++];
        long value = next & 0x7f;
        for (int shift = 7; next < 0; shift += 7) {
            next = source[offset++];
            value |= (next & 0x7fL) << shift;
        }
        at = offset;
        return value;
    }

    /** Copies the version that was read last. */
    StoredVersion copy() {
        return new StoredVersion(
                kind,
                Bytes.copyOf(array, valueOffset, valueLength),
                main,
                sub,
                createRevision,
                version,
                writeVersion,
                lease);
    }
}
