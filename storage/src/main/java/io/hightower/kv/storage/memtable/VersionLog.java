package io.hightower.kv.storage.memtable;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.storage.run.VersionKind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The versions of a memtable in the order in which they were added; those of one key chained from newer to older.
 *
 * <pre>
 * version   node : 4 | flags : 1 | older version : 4 | main - base | sub | write version - main
 *                    | main - create revision | version | lease | value length | value
 *           only a version that is not its key's first in the memtable has an older one; numbers without a width have 7 bits
 *           a byte, low bits first, signed ones folded; what the flags say is left out
 * flags     0–1 kind   2 has an older version   3 has a sub-revision   4 a value that did not create its key
 *           5 write version is not main   6 value is long: 4 bytes with its number instead of length and value
 *           7 has a lease
 * </pre>
 *
 * <p>The base is the main revision of the first version. A value of more than 64 KiB gets an array of its own. The node of a
 * key is never 0, so a 0 in its place is the unused end of a chunk. <b>Threads.</b> One writer, many readers.
 */
final class VersionLog {
    static final int KIND_MASK = 0b11;
    static final int OLDER = 1 << 2;
    static final int SUB = 1 << 3;
    static final int CHANGED = 1 << 4;
    static final int WRITE_VERSION = 1 << 5;
    static final int LONG_VALUE = 1 << 6;
    static final int LEASE = 1 << 7;

    static final int FLAGS_AT = 4;
    static final int BODY_AT = 5;
    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

    /** The reference of the first version. */
    static final int FIRST = 1;

    private static final int SHORT_VALUE_BYTES_MAX = 64 * 1024;
    private static final int LONG_VALUES_FIRST = 4;
    private static final int SHORT_NUMBER = 0x80;

    /** Node, flags and older version, seven numbers, and the length of the value. */
    private static final int HEADER_BYTES_MAX = 4 + 1 + 4 + 7 * 10 + 5;

    private final Arena arena = new Arena();
    private byte[][] longValues = new byte[LONG_VALUES_FIRST][];
    private int longValueCount;
    private long longValueBytes;
    private long base;
    private int size;

    // Where the writer is in the version that it writes.
    private byte[] chunk = arena.chunk(FIRST);
    private int at;

    /** Returns the memory of the versions. */
    Arena arena() {
        return arena;
    }

    /** Returns the main revision that others are counted from. Set before anything is published. */
    long base() {
        return base;
    }

    /** Returns the number of versions. */
    int size() {
        return size;
    }

    /** Returns the bytes of values that have arrays of their own. */
    long longValueBytes() {
        return longValueBytes;
    }

    /** Returns a long value by its number. The array is never changed. */
    byte[] longValue(int number) {
        return longValues[number];
    }

    /** Returns the next older version of the same key, {@link Arena#NONE} if there is none. */
    int older(int version) {
        byte[] array = arena.chunk(version);
        int place = Arena.position(version);
        return (array[place + FLAGS_AT] & OLDER) == 0 ? Arena.NONE : (int) INT.get(array, place + BODY_AT);
    }

    /** Returns the key node of the version that stands at a reference, {@link Arena#NONE} if none stands there. */
    int node(int reference) {
        byte[] array = arena.chunk(reference);
        int place = Arena.position(reference);
        return place + FLAGS_AT > array.length ? Arena.NONE : (int) INT.get(array, place);
    }

    /**
     * Adds a version. Nobody sees it before its reference is published.
     *
     * @param older the version of the key that was the newest, {@link Arena#NONE} if the memtable had none
     */
    int add(int node, int older, VersionKind kind, KeyRecord record) {
        long main = record.modified().main();
        if (size == 0) {
            base = main;
        }
        Bytes value = record.value();
        boolean isLong = value.length() > SHORT_VALUE_BYTES_MAX;
        int reference = arena.reserve(HEADER_BYTES_MAX + (isLong ? 0 : value.length()));
        chunk = arena.chunk(reference);
        int start = Arena.position(reference);
        INT.set(chunk, start, node);
        at = start + BODY_AT;
        int flags = kind.code();
        if (older != Arena.NONE) {
            flags |= OLDER;
            putInt(older);
        }
        flags |= putRevision(record, main);
        if (kind == VersionKind.VALUE) {
            flags |= putLife(record, main);
            flags |= putLease(record);
            if (isLong) {
                flags |= LONG_VALUE;
                putInt(keepLongValue(value));
            } else {
                putNumber(value.length());
                at = value.copyTo(chunk, at);
            }
        }
        chunk[start + FLAGS_AT] = (byte) flags;
        arena.take(at - start);
        size++;
        return reference;
    }

    private int putRevision(KeyRecord record, long main) {
        int flags = 0;
        putFolded(main - base);
        if (record.modified().sub() != 0) {
            flags |= SUB;
            putNumber(record.modified().sub());
        }
        if (record.writeVersion() != main) {
            flags |= WRITE_VERSION;
            putFolded(record.writeVersion() - main);
        }
        return flags;
    }

    private int putLife(KeyRecord record, long main) {
        if (record.version() == 1 && record.createRevision() == main) {
            return 0;
        }
        putNumber(main - record.createRevision());
        putNumber(record.version());
        return CHANGED;
    }

    private int putLease(KeyRecord record) {
        if (record.lease() == KeyRecord.NO_LEASE) {
            return 0;
        }
        putNumber(record.lease());
        return LEASE;
    }

    private int keepLongValue(Bytes value) {
        byte[][] values =
                longValueCount < longValues.length ? longValues : Arrays.copyOf(longValues, longValues.length * 2);
        values[longValueCount] = value.toByteArray();
        longValues = values;
        longValueBytes += value.length();
        return longValueCount++;
    }

    private void putInt(int number) {
        INT.set(chunk, at, number);
        at += Integer.BYTES;
    }

    /** Writes a signed number so that small ones are short: 0, -1, 1, -2 become 0, 1, 2, 3. */
    private void putFolded(long number) {
        putNumber((number << 1) ^ (number >> 63));
    }

    private void putNumber(long number) {
        long rest = number;
        for (; (rest & -SHORT_NUMBER) != 0; rest >>>= 7) {
            chunk[at++] = (byte) (rest | SHORT_NUMBER);
        }
        chunk[at++] = (byte) rest;
    }
}
