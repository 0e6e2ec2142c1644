package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Collects the keys and versions of one block and lays them out; see {@link TableFormat}. Its arrays are used again for the
 * next block, so that adding allocates nothing. <b>Used by one thread at a time.</b>
 */
final class BlockBuilder {
    private static final int BYTES_AT_FIRST = 2 * TableOptions.BLOCK_BYTES_MAX;

    /** A larger array is given back after the block: one large value should not cost its memory for ever. */
    private static final int BYTES_KEPT_MAX = 1 << 20;

    private static final int RESTARTS_AT_FIRST = 64;

    /** The whole block in the end; the versions before that. */
    private byte[] content = new byte[BYTES_AT_FIRST];

    private int contentLength;
    private byte[] keys = new byte[BYTES_AT_FIRST];
    private int keysLength;
    private int[] restartKeys = new int[RESTARTS_AT_FIRST];
    private int[] restartVersions = new int[RESTARTS_AT_FIRST];
    private int keyCount;

    private byte[] key = new byte[256];
    private int keyLength;
    private byte[] keyBefore = new byte[256];
    private int keyBeforeLength;
    private boolean keyIsOpen;
    private int keyVersionsStart;

    private long base;
    private long lastMain;
    private long minMain;
    private long maxMain;

    /** Returns the bytes of the block as far as it is known, not more than what it will have. */
    int bytes() {
        int open = keyIsOpen ? 3 + keyLength : 0;
        return contentLength
                + keysLength
                + open
                + (keyCount / TableFormat.RESTART_KEYS + 1) * TableFormat.RESTART_BYTES
                + TableFormat.TAIL_BYTES;
    }

    boolean isEmpty() {
        return keyCount == 0 && !keyIsOpen;
    }

    /** Returns the array that begins with the key of the latest {@link #beginKey}. */
    byte[] keyArray() {
        return key;
    }

    int keyLength() {
        return keyLength;
    }

    long minMain() {
        return minMain;
    }

    long maxMain() {
        return maxMain;
    }

    /** Begins a key; the one before ends. The caller has checked that it is greater. */
    void beginKey(byte[] source, int offset, int length) {
        endKey();
        byte[] spare = keyBefore;
        keyBefore = key;
        keyBeforeLength = keyLength;
        key = spare.length >= length ? spare : new byte[Math.max(length, 2 * spare.length)];
        System.arraycopy(source, offset, key, 0, length);
        keyLength = length;
        openKey();
    }

    /** Begins the same key once more, in the next block. */
    void continueKey() {
        InvariantViolation.check(isEmpty(), "a key is continued at the beginning of a block");
        openKey();
    }

    private void openKey() {
        keyIsOpen = true;
        keyVersionsStart = contentLength;
    }

    private void endKey() {
        if (!keyIsOpen) {
            return;
        }
        keyIsOpen = false;
        int shared = 0;
        if (keyCount % TableFormat.RESTART_KEYS == 0) {
            rememberRestart(keyCount / TableFormat.RESTART_KEYS);
        } else {
            int mismatch = Arrays.mismatch(keyBefore, 0, keyBeforeLength, key, 0, keyLength);
            shared = mismatch < 0 ? keyLength : mismatch;
        }
        int added = keyLength - shared;
        keys = withRoom(keys, keysLength, 3 * Varint.INT_BYTES_MAX + added);
        int at = Varint.put(keys, keysLength, shared);
        at = Varint.put(keys, at, added);
        at = Varint.put(keys, at, contentLength - keyVersionsStart);
        System.arraycopy(key, shared, keys, at, added);
        keysLength = at + added;
        keyCount++;
    }

    private void rememberRestart(int restart) {
        if (restart == restartKeys.length) {
            restartKeys = Arrays.copyOf(restartKeys, 2 * restart);
            restartVersions = Arrays.copyOf(restartVersions, 2 * restart);
        }
        restartKeys[restart] = keysLength;
        restartVersions[restart] = keyVersionsStart;
    }

    /** Adds the version on which the cursor stands to the present key. */
    void addVersion(VersionCursor version) {
        long main = version.main();
        int valueLength = version.valueLength();
        content = withRoom(content, contentLength, TableFormat.VERSION_OVERHEAD_MAX + valueLength);
        boolean isFirstOfBlock = contentLength == 0;
        if (isFirstOfBlock) {
            base = main;
        }
        minMain = isFirstOfBlock ? main : Math.min(minMain, main);
        maxMain = isFirstOfBlock ? main : Math.max(maxMain, main);
        boolean isFirstOfKey = contentLength == keyVersionsStart;
        long mainStored = isFirstOfKey ? Varint.zigzag(main - base) : lastMain - main;
        lastMain = main;
        contentLength = encode(version, main, mainStored, valueLength);
    }

    private int encode(VersionCursor version, long main, long mainStored, int valueLength) {
        VersionKind kind = version.kind();
        boolean isValue = kind == VersionKind.VALUE;
        int sub = version.sub();
        long lease = isValue ? version.lease() : KeyRecord.NO_LEASE;
        boolean beginsLife = isValue && version.createRevision() == main && version.version() == 1;
        content[contentLength] = (byte) (kind.code()
                | (sub != 0 ? TableFormat.HEAD_HAS_SUB : 0)
                | (beginsLife ? TableFormat.HEAD_BEGINS_LIFE : 0)
                | (lease != KeyRecord.NO_LEASE ? TableFormat.HEAD_HAS_LEASE : 0));
        int at = Varint.put(content, contentLength + 1, mainStored);
        if (sub != 0) {
            at = Varint.put(content, at, sub);
        }
        if (isValue && !beginsLife) {
            at = Varint.put(content, at, main - version.createRevision());
            at = Varint.put(content, at, version.version());
        }
        at = Varint.put(content, at, Varint.zigzag(version.writeVersion() - main));
        if (lease != KeyRecord.NO_LEASE) {
            at = Varint.put(content, at, lease);
        }
        if (isValue) {
            at = Varint.put(content, at, valueLength);
            System.arraycopy(version.valueArray(), version.valueOffset(), content, at, valueLength);
            at += valueLength;
        }
        return at;
    }

    /** Completes the block. Its bytes are the first {@link #length} of {@link #array} until {@link #clear}. */
    void finish() {
        endKey();
        InvariantViolation.check(keyCount > 0, "a block has a key");
        int restarts = (keyCount + TableFormat.RESTART_KEYS - 1) / TableFormat.RESTART_KEYS;
        int more = keysLength + restarts * TableFormat.RESTART_BYTES + TableFormat.TAIL_BYTES;
        content = withRoom(content, contentLength, more);
        int keysStart = contentLength;
        System.arraycopy(keys, 0, content, keysStart, keysLength);
        int shared = sharedByAll();
        ByteBuffer out = ByteBuffer.wrap(content).position(keysStart + keysLength);
        for (int i = 0; i < restarts; i++) {
            out.putLong(restartPrefix(restartKeys[i], shared));
        }
        for (int i = 0; i < restarts; i++) {
            out.putInt(restartKeys[i]);
        }
        for (int i = 0; i < restarts; i++) {
            out.putInt(restartVersions[i]);
        }
        out.putLong(base).putInt(keysStart).putInt(keyCount).putShort((short) shared);
        contentLength = out.position();
    }

    /** Keys are in order: what the first and the last share, all share. */
    private int sharedByAll() {
        int at = skipVarint(skipVarint(0));
        int firstLength = unsignedVarint(skipVarint(0));
        int first = skipVarint(at);
        int mismatch = Arrays.mismatch(keys, first, first + firstLength, key, 0, keyLength);
        return mismatch < 0 ? keyLength : mismatch;
    }

    private long restartPrefix(int entry, int shared) {
        int lengthAt = skipVarint(entry);
        int length = unsignedVarint(lengthAt);
        int start = skipVarint(skipVarint(lengthAt));
        return Bytes.prefix64(keys, start + shared, length - shared);
    }

    private int skipVarint(int offset) {
        int at = offset;
        while (keys[at] < 0) {
            at++;
        }
        return at + 1;
    }

    private int unsignedVarint(int offset) {
        int value = 0;
        int at = offset;
        int shift = 0;
        while (keys[at] < 0) {
            value |= (keys[at++] & 0x7f) << shift;
            shift += 7;
        }
        return value | keys[at] << shift;
    }

    byte[] array() {
        return content;
    }

    int length() {
        return contentLength;
    }

    /** Forgets the block; the present key stays known for {@link #continueKey}. */
    void clear() {
        contentLength = 0;
        keysLength = 0;
        keyCount = 0;
        if (content.length > BYTES_KEPT_MAX) {
            content = new byte[BYTES_AT_FIRST];
        }
    }

    private static byte[] withRoom(byte[] array, int used, int more) {
        int needed = Math.addExact(used, more);
        return needed <= array.length
                ? array
                : Arrays.copyOf(array, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, 2L * array.length)));
    }
}
