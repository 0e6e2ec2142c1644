package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.storage.run.VersionKind;
import java.util.Arrays;

/**
 * One reading of a whole table that believes nothing: neither the order of keys and versions, nor that they can be found, nor
 * what the table says about itself.
 */
final class TableVerification {
    private final Table table;
    private final TableMeta meta;
    private final TableIndex index;
    private final KeyPosition position = new KeyPosition();
    private final VersionDecoder decoder = new VersionDecoder();
    private final BlockSearch search = new BlockSearch();

    private Bytes firstKey = Bytes.EMPTY;
    private byte[] lastKey = new byte[0];
    private long lastMain;
    private int lastSub;
    private VersionKind lastKind = VersionKind.VALUE;
    private long keys;
    private long versions;
    private long tombstones;
    private long plainBytes;
    private long minMain = Long.MAX_VALUE;
    private long maxMain;

    /** The block that is looked at, for messages. */
    private long offset;

    TableVerification(Table table) {
        this.table = table;
        this.meta = table.meta();
        this.index = table.index();
    }

    void run() {
        verifyBytes();
        ReadAhead ahead = table.readAhead(true);
        long expectedOffset = TableFormat.HEADER_BYTES;
        for (int number = 0; number < index.blocks(); number++) {
            offset = index.offset(number);
            require(offset == expectedOffset, "offset " + expectedOffset, "offset " + offset);
            expectedOffset += index.length(number);
            try {
                verifyBlock(number, ahead.read(number));
            } catch (IndexOutOfBoundsException e) {
                throw new CorruptionException(meta.fileName(), offset, "a block", e.toString());
            }
        }
        long end = table.content().footer().filter();
        require(expectedOffset == end, "offset " + end, "offset " + expectedOffset);
        offset = table.content().footer().properties();
        verifyCounts();
    }

    /** Compares the checksum of the whole file with the one that was computed while it was written. */
    void verifyBytes() {
        long found = TableDump.checksum(table.file());
        require(
                found == meta.checksum(),
                "checksum " + Long.toHexString(meta.checksum()),
                "checksum " + Long.toHexString(found) + " of the whole file");
    }

    private void verifyBlock(int number, Block block) {
        boolean isContinued = index.isContinued(number);
        long minBefore = minMain;
        long maxBefore = maxMain;
        minMain = Long.MAX_VALUE;
        maxMain = 0;
        for (int ordinal = 0; ordinal < block.keyCount; ordinal++) {
            // Every key in its own way: through its restart.
            position.moveTo(block, ordinal);
            verifyKey(number, block, isContinued && ordinal == 0);
        }
        require(position.versionsEnd() == block.keys, "versions up to the keys", "other bytes");
        if (minMain != index.minMain(number) || maxMain != index.maxMain(number)) {
            throw damage(
                    "main revisions " + index.minMain(number) + " to " + index.maxMain(number),
                    "main revisions " + minMain + " to " + maxMain);
        }
        minMain = Math.min(minMain, minBefore);
        maxMain = Math.max(maxMain, maxBefore);
        int order = Arrays.compareUnsigned(index.separator(number), lastKey);
        require(order >= 0, "a separator at or behind the last key", "a smaller one");
    }

    private void verifyKey(int number, Block block, boolean isSame) {
        byte[] key = Arrays.copyOf(position.key(), position.keyLength());
        int order = Arrays.compareUnsigned(lastKey, key);
        if (isSame ? order != 0 : keys > 0 && order >= 0) {
            throw damage("keys in ascending order", Bytes.wrap(key).toString());
        }
        if (keys == 0) {
            firstKey = Bytes.wrap(key);
        }
        if (!isSame) {
            if (number > 0 && Arrays.compareUnsigned(index.separator(number - 1), key) >= 0) {
                throw damage(
                        "a key behind the separator before", Bytes.wrap(key).toString());
            }
            require(table.filter().mayContain(Bytes.wrap(key).hash64()), "a filter with every key", "one without");
            require(index.find(key, key.length) == number, "an index that finds every key", "another block");
            keys++;
            plainBytes += key.length;
        }
        boolean isFound = search.find(block, key)
                && search.versionsStart() == position.versionsStart()
                && search.versionsEnd() == position.versionsEnd();
        require(isFound, "restarts that find every key", "another place");
        lastKey = key;
        verifyVersions(block, isSame);
    }

    private void verifyVersions(Block block, boolean isSame) {
        int head = block.array[position.versionsStart()];
        decoder.first(block, position.versionsStart());
        boolean isFirst = !isSame;
        while (true) {
            boolean isOlder = decoder.main < lastMain || (decoder.main == lastMain && decoder.sub < lastSub);
            boolean isErased = decoder.main == lastMain
                    && decoder.sub == lastSub
                    && lastKind == VersionKind.ERASED
                    && decoder.kind == VersionKind.TOMBSTONE;
            if (!isFirst && !isOlder && !isErased) {
                throw damage("versions newest first", "version " + decoder.main + "." + decoder.sub);
            }
            isFirst = false;
            requireHead(head);
            count();
            if (decoder.at >= position.versionsEnd()) {
                require(decoder.at == position.versionsEnd(), "versions up to their end", "other bytes");
                return;
            }
            head = block.array[decoder.at];
            decoder.next();
        }
    }

    /** The decoder believes that no writer sets other bits, and that only values have leases. */
    private void requireHead(int head) {
        require((head & ~TableFormat.HEAD_KNOWN_MASK) == 0, "a head that is known", "head " + (head & 0xff));
        boolean saysLease = (head & TableFormat.HEAD_HAS_LEASE) != 0;
        require(saysLease == (decoder.lease != KeyRecord.NO_LEASE), "a lease where the head says so", "another head");
    }

    private void count() {
        lastMain = decoder.main;
        lastSub = decoder.sub;
        lastKind = decoder.kind;
        minMain = Math.min(minMain, decoder.main);
        maxMain = Math.max(maxMain, decoder.main);
        versions++;
        plainBytes += decoder.valueLength;
        if (decoder.kind != VersionKind.VALUE) {
            tombstones++;
        }
    }

    private void verifyCounts() {
        TableMeta counted = new TableMeta(
                meta.id(),
                meta.length(),
                meta.checksum(),
                firstKey,
                Bytes.wrap(lastKey),
                minMain,
                maxMain,
                keys,
                versions,
                tombstones);
        require(counted.equals(meta), meta.toString(), counted.toString());
        long expected = table.content().properties().plainBytes();
        require(plainBytes == expected, expected + " plain bytes", plainBytes + " plain bytes");
    }

    private void require(boolean holds, String expected, String found) {
        if (!holds) {
            throw damage(expected, found);
        }
    }

    private CorruptionException damage(String expected, String found) {
        return new CorruptionException(meta.fileName(), offset, expected, found);
    }
}
