package io.hightower.kv.storage.memtable;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionKind;

/** Takes one version of a {@link VersionLog} after the other apart. <b>Used by one thread at a time.</b> */
final class VersionReader {
    private static final VersionKind[] KINDS = {VersionKind.VALUE, VersionKind.TOMBSTONE, VersionKind.ERASED};
    private static final byte[] NOTHING = new byte[0];

    private final VersionLog log;
    private int node;
    private int older;
    private int end;
    private VersionKind kind = VersionKind.ERASED;
    private long main;
    private int sub;
    private long writeVersion;
    private long createRevision;
    private long version;
    private long lease;
    private byte[] valueArray = NOTHING;
    private int valueOffset;
    private int valueLength;

    // Where it is in the version that it reads.
    private byte[] chunk = NOTHING;
    private int at;

    VersionReader(VersionLog log) {
        this.log = log;
    }

    /** Reads a version that was published to this thread. */
    void read(int reference) {
        chunk = log.arena().chunk(reference);
        int start = Arena.position(reference);
        node = (int) VersionLog.INT.get(chunk, start);
        int flags = chunk[start + VersionLog.FLAGS_AT];
        at = start + VersionLog.BODY_AT;
        older = (flags & VersionLog.OLDER) == 0 ? Arena.NONE : integer();
        kind = KINDS[flags & VersionLog.KIND_MASK];
        main = log.base() + folded();
        sub = (flags & VersionLog.SUB) == 0 ? 0 : (int) number();
        writeVersion = (flags & VersionLog.WRITE_VERSION) == 0 ? main : main + folded();
        if (kind == VersionKind.VALUE) {
            readLife(flags);
            lease = (flags & VersionLog.LEASE) == 0 ? KeyRecord.NO_LEASE : number();
            readValue(flags);
        } else {
            createRevision = 0;
            version = 0;
            lease = KeyRecord.NO_LEASE;
            valueLength = 0;
        }
        end = Arena.plus(reference, Arena.aligned(at - start));
    }

    private void readLife(int flags) {
        if ((flags & VersionLog.CHANGED) == 0) {
            createRevision = main;
            version = 1;
        } else {
            createRevision = main - number();
            version = number();
        }
    }

    private void readValue(int flags) {
        if ((flags & VersionLog.LONG_VALUE) == 0) {
            valueLength = (int) number();
            valueArray = chunk;
            valueOffset = at;
            at += valueLength;
        } else {
            valueArray = log.longValue(integer());
            valueOffset = 0;
            valueLength = valueArray.length;
        }
    }

    private int integer() {
        int integer = (int) VersionLog.INT.get(chunk, at);
        at += Integer.BYTES;
        return integer;
    }

    private long folded() {
        long number = number();
        return (number >>> 1) ^ -(number & 1);
    }

    private long number() {
        long number = 0;
        byte bits = chunk[at++];
        for (int shift = 0; ; shift += 7) {
            number |= (bits & 0x7fL) << shift;
            if (bits >= 0) {
                return number;
            }
            bits = chunk[at++];
        }
    }

    /** Returns the node of the version's key. */
    int node() {
        return node;
    }

    /** Returns the next older version of the key, {@link Arena#NONE} if there is none. */
    int older() {
        return older;
    }

    /** Returns the reference behind the version, where the next one stands if it fitted. */
    int end() {
        return end;
    }

    /** Returns what the version is. */
    VersionKind kind() {
        return kind;
    }

    /** Returns its main revision. */
    long main() {
        return main;
    }

    /** Returns its sub-revision. */
    int sub() {
        return sub;
    }

    /** Returns its write version. */
    long writeVersion() {
        return writeVersion;
    }

    /** Returns the main revision at which the key's life began; 0 unless it is a value. */
    long createRevision() {
        return createRevision;
    }

    /** Returns the number of changes in the key's life; 0 unless it is a value. */
    long version() {
        return version;
    }

    /** Returns the lease that ends the key's life; 0 for none, and unless it is a value. */
    long lease() {
        return lease;
    }

    /** Returns the array that holds the value. */
    byte[] valueArray() {
        return valueArray;
    }

    /** Returns where in {@link #valueArray} the value begins. */
    int valueOffset() {
        return valueOffset;
    }

    /** Returns the value's length in bytes; 0 unless it is a value. */
    int valueLength() {
        return valueLength;
    }

    /** Copies the version. */
    StoredVersion copy() {
        Bytes value = Bytes.copyOf(valueArray, valueOffset, valueLength);
        return new StoredVersion(kind, value, main, sub, createRevision, version, writeVersion, lease);
    }
}
