package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.XxHash64;
import java.nio.ByteBuffer;

/**
 * The hash over the whole state: equal on every member and in every mode after the same commands.
 *
 * <p>It is the sum, modulo 2^64, of one hash per record (tombstones included), so that a write changes it by a
 * subtraction and an addition, and so that it can be computed anew from the records in any order. The scalars that
 * commands decide are mixed in when it is read; log position and logical time are not, because they differ between modes.
 *
 * <p>The canonical encoding of a record, all numbers big-endian: key length u32, key, live u8 (1 or 0), value length u32,
 * value, create revision u64, main revision u64, sub-revision u32, version u64, write version u64, lease u64. Its hash is
 * XXH64 with seed 0. The system key space has a sum of its own, see {@link io.hightower.kv.statemachine.SystemRecord#hash}.
 * Both are mixed with the scalars, in this order, each u64: sum of the records, revision, latest version, released revision,
 * live keys, tombstones, compact revision, sum of the system key space. Sums find divergence, not forgery. <b>Used by one
 * thread at a time.</b>
 */
public final class StateHash {
    private static final int FIXED_BYTES = 4 + 1 + 4 + 8 + 8 + 4 + 8 + 8 + 8;
    private static final int SCALAR_BYTES = 8 * 8;

    private byte[] buffer = new byte[1024];

    /** Returns the hash of one record, a term of the sum. */
    public long of(KeyRecord entry) {
        int length = FIXED_BYTES + entry.key().length() + entry.value().length();
        if (buffer.length < length) {
            buffer = new byte[Math.max(length, 2 * buffer.length)];
        }
        ByteBuffer target = ByteBuffer.wrap(buffer);
        target.putInt(entry.key().length());
        target.position(entry.key().copyTo(buffer, target.position()));
        target.put((byte) (entry.live() ? 1 : 0));
        target.putInt(entry.value().length());
        target.position(entry.value().copyTo(buffer, target.position()));
        target.putLong(entry.createRevision());
        target.putLong(entry.modified().main());
        target.putInt(entry.modified().sub());
        target.putLong(entry.version());
        target.putLong(entry.writeVersion());
        target.putLong(entry.lease());
        return XxHash64.hash(buffer, 0, length);
    }

    /** Returns the hash over the whole state that {@code applied} describes. */
    public static long of(AppliedState applied) {
        ByteBuffer scalars = ByteBuffer.allocate(SCALAR_BYTES);
        scalars.putLong(applied.recordsHash());
        scalars.putLong(applied.revision());
        scalars.putLong(applied.latestVersion());
        scalars.putLong(applied.releasedRevision());
        scalars.putLong(applied.liveKeys());
        scalars.putLong(applied.tombstones());
        scalars.putLong(applied.compactRevision());
        scalars.putLong(applied.systemHash());
        return XxHash64.hash(scalars.array(), 0, SCALAR_BYTES);
    }

    /** Writes the hash as operators see it: 16 hexadecimal digits. */
    public static String toText(long hash) {
        String digits = Long.toHexString(hash);
        return "0".repeat(16 - digits.length()) + digits;
    }
}
