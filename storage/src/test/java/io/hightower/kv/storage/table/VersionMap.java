package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Keys with their versions, newest first, in a {@link TreeMap}: what a table must agree with. */
final class VersionMap {
    static final Bytes ORIGIN = Bytes.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    static final TableId ID = new TableId(7, ORIGIN);

    final NavigableMap<Bytes, List<StoredVersion>> versions = new TreeMap<>();

    /** Adds a version that is older than all others of the key. */
    VersionMap add(Bytes key, StoredVersion version) {
        versions.computeIfAbsent(key, absent -> new ArrayList<>()).add(version);
        return this;
    }

    VersionMap add(String key, StoredVersion version) {
        return add(Bytes.utf8(key), version);
    }

    static StoredVersion value(long main, int sub, String value) {
        return new StoredVersion(VersionKind.VALUE, Bytes.utf8(value), main, sub, main, 1, main);
    }

    static StoredVersion tombstone(long main, int sub) {
        return new StoredVersion(VersionKind.TOMBSTONE, Bytes.EMPTY, main, sub, 0, 0, main);
    }

    static StoredVersion erased(long main, int sub) {
        return new StoredVersion(VersionKind.ERASED, Bytes.EMPTY, main, sub, 0, 0, main);
    }

    /** Makes versions of one key, newest first, with revisions below {@code main}. */
    static List<StoredVersion> randomVersions(RandomGenerator random, int count, int valueBytesMax) {
        List<StoredVersion> made = new ArrayList<>();
        long main = random.nextLong(1, 1L << random.nextInt(4, 40));
        int sub = random.nextInt(3) == 0 ? random.nextInt(32_000) : 0;
        for (int i = 0; i < count && main > 0; i++) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    if (random.nextBoolean()) {
                        made.add(new StoredVersion(
                                VersionKind.ERASED, Bytes.EMPTY, main, sub, 0, 0, writeVersion(random, main)));
                    }
                    made.add(new StoredVersion(
                            VersionKind.TOMBSTONE, Bytes.EMPTY, main, sub, 0, 0, writeVersion(random, main)));
                }
                case 1 ->
                    made.add(new StoredVersion(
                            VersionKind.ERASED, Bytes.EMPTY, main, sub, 0, 0, writeVersion(random, main)));
                default -> made.add(randomValue(random, main, sub, valueBytesMax));
            }
            if (sub > 0 && random.nextInt(3) == 0) {
                sub = random.nextInt(sub);
            } else {
                main -= random.nextLong(1, Math.max(2, main / 2));
                sub = random.nextInt(3) == 0 ? random.nextInt(10) : 0;
            }
        }
        return made;
    }

    private static StoredVersion randomValue(RandomGenerator random, long main, int sub, int valueBytesMax) {
        byte[] value = new byte[random.nextInt(valueBytesMax + 1)];
        if (random.nextBoolean()) {
            random.nextBytes(value);
        }
        boolean isCreation = random.nextBoolean();
        return new StoredVersion(
                VersionKind.VALUE,
                Bytes.wrap(value),
                main,
                sub,
                isCreation ? main : random.nextLong(1, main + 1),
                isCreation ? 1 : random.nextLong(1, 1L << 50),
                writeVersion(random, main),
                random.nextInt(3) == 0 ? random.nextLong() : 0);
    }

    private static long writeVersion(RandomGenerator random, long main) {
        return random.nextBoolean() ? main : random.nextLong(0, 1L << 62);
    }

    /** Writes all of it as a table; neither the manifest nor the directory learn of it. */
    TableMeta write(Disk disk, TableOptions options) {
        try (TableWriter writer = TableWriter.create(disk, ID, options)) {
            copy(cursor(), writer);
            return writer.finish();
        }
    }

    static void copy(VersionCursor cursor, TableWriter writer) {
        for (boolean more = cursor.first(); more; more = cursor.nextKey()) {
            writer.add(cursor, true);
            while (cursor.nextVersion()) {
                writer.add(cursor, false);
            }
        }
    }

    long count() {
        return versions.values().stream().mapToLong(List::size).sum();
    }

    VersionMapCursor cursor() {
        return new VersionMapCursor(versions);
    }
}
