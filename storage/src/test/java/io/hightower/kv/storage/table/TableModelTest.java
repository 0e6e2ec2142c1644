package io.hightower.kv.storage.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.storage.cache.BlockCache;
import io.hightower.kv.storage.cache.MemoryBudget;
import io.hightower.kv.storage.cache.MemoryUse;
import io.hightower.kv.storage.run.Run;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Random keys with random versions, written to tables of all kinds, compared with a map in every way of reading. */
class TableModelTest {
    private static final List<TableOptions> OPTIONS = List.of(
            new TableOptions(4 << 10, Compression.NONE, 10),
            new TableOptions(4 << 10, Compression.LZ4, 4, 0),
            new TableOptions(8 << 10, Compression.LZ4, 0),
            new TableOptions(32 << 10, Compression.NONE, 16));

    private record Step(Bytes key, List<StoredVersion> versions) {}

    @Test
    void agreesWithAMap(TestInfo test) {
        SeededRuns.of(test).count(30).check(TableModelTest::keysWithVersions, TableModelTest::compare);
    }

    private static List<Step> keysWithVersions(RandomGenerator random) {
        KeyShape shape = KeyShape.values()[random.nextInt(KeyShape.values().length)];
        int keys = 1 + random.nextInt(1 << random.nextInt(1, 11));
        int versionsMax = random.nextInt(4) == 0 ? 400 : 4;
        int valueBytesMax = random.nextInt(4) == 0 ? 3000 : 40;
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            int count = random.nextInt(5) > 0 ? 1 : 1 + random.nextInt(random.nextInt(1, versionsMax + 1));
            steps.add(new Step(shape.key(random), VersionMap.randomVersions(random, count, valueBytesMax)));
        }
        return steps;
    }

    private static void compare(List<Step> steps) {
        VersionMap model = new VersionMap();
        for (Step step : steps) {
            model.versions.put(step.key(), step.versions());
        }
        if (model.versions.isEmpty()) {
            return;
        }
        for (TableOptions options : OPTIONS) {
            SimulatedDisk disk = SimulatedDisk.empty();
            TableMeta meta = model.write(disk, options);
            MemoryBudget budget = new MemoryBudget(MemoryBudget.TOTAL_BYTES_MIN);
            Table table = Table.open(disk, meta, BlockCache.within(budget), budget);
            table.verify();
            requireMeta(model, meta, disk);
            requireFinds(model, table);
            for (CacheUse use : CacheUse.values()) {
                try (VersionCursor cursor = table.cursor(use)) {
                    requireSameWalks(model, cursor);
                    requireSameRandomWalk(model, cursor);
                }
            }
            table.release();
            assertThat(budget.used()).isZero();
        }
    }

    private static void requireMeta(VersionMap model, TableMeta meta, SimulatedDisk disk) {
        assertThat(meta.firstKey()).isEqualTo(model.versions.firstKey());
        assertThat(meta.lastKey()).isEqualTo(model.versions.lastKey());
        assertThat(meta.keys()).isEqualTo(model.versions.size());
        assertThat(meta.versions()).isEqualTo(model.count());
        List<StoredVersion> all =
                model.versions.values().stream().flatMap(List::stream).toList();
        assertThat(meta.tombstones())
                .isEqualTo(all.stream().filter(each -> !each.isValue()).count());
        assertThat(meta.minMain())
                .isEqualTo(all.stream().mapToLong(StoredVersion::main).min().orElseThrow());
        assertThat(meta.maxMain())
                .isEqualTo(all.stream().mapToLong(StoredVersion::main).max().orElseThrow());
        assertThat(meta.length()).isEqualTo(disk.content(meta.fileName()).length);
    }

    private static void requireFinds(VersionMap model, Table table) {
        for (Map.Entry<Bytes, List<StoredVersion>> entry : model.versions.entrySet()) {
            Bytes key = entry.getKey();
            assertThat(find(table, key, Run.NEWEST)).isEqualTo(entry.getValue().get(0));
            for (StoredVersion version : sample(entry.getValue())) {
                for (long through = version.main() - 1; through <= version.main() + 1; through++) {
                    assertThat(find(table, key, through)).isEqualTo(newestThrough(entry.getValue(), through));
                }
            }
            Bytes missing = key.successor();
            if (!model.versions.containsKey(missing)) {
                assertThat(find(table, missing, Run.NEWEST)).isNull();
            }
            Bytes shorter = Bytes.copyOf(key.toByteArray(), 0, key.length() - 1);
            assertThat(find(table, shorter, Run.NEWEST))
                    .isEqualTo(
                            model.versions.containsKey(shorter)
                                    ? model.versions.get(shorter).get(0)
                                    : null);
        }
    }

    private static List<StoredVersion> sample(List<StoredVersion> versions) {
        if (versions.size() <= 8) {
            return versions;
        }
        List<StoredVersion> some = new ArrayList<>();
        for (int i = 0; i < versions.size(); i += versions.size() / 8) {
            some.add(versions.get(i));
        }
        return some;
    }

    private static StoredVersion newestThrough(List<StoredVersion> versions, long through) {
        return versions.stream()
                .filter(version -> version.main() <= through)
                .findFirst()
                .orElse(null);
    }

    private static StoredVersion find(Table table, Bytes key, long through) {
        return table.find(key, key.hash64(), through);
    }

    private static void requireSameWalks(VersionMap model, VersionCursor cursor) {
        VersionMapCursor expected = model.cursor();
        boolean more = expected.first();
        requireSameKey(cursor.first(), cursor, more, expected);
        while (more) {
            more = expected.nextKey();
            requireSameKey(cursor.nextKey(), cursor, more, expected);
        }
        more = expected.last();
        requireSameKey(cursor.last(), cursor, more, expected);
        while (more) {
            more = expected.previousKey();
            requireSameKey(cursor.previousKey(), cursor, more, expected);
        }
    }

    /** Compares all versions of a key, and leaves both cursors on the oldest one. */
    private static void requireSameKey(boolean stands, VersionCursor cursor, boolean more, VersionMapCursor expected) {
        assertThat(stands).isEqualTo(more);
        if (more) {
            do {
                assertThat(cursor.key()).isEqualTo(expected.key());
                assertThat(cursor.current()).isEqualTo(expected.current());
                more = expected.nextVersion();
                assertThat(cursor.nextVersion()).isEqualTo(more);
            } while (more);
            assertThat(cursor.current()).isEqualTo(expected.current());
        }
    }

    private static void requireSameRandomWalk(VersionMap model, VersionCursor cursor) {
        RandomGenerator random = new SplittableRandom(model.count());
        List<Bytes> keys = List.copyOf(model.versions.keySet());
        VersionMapCursor expected = model.cursor();
        boolean stands = false;
        for (int i = 0; i < 300; i++) {
            Bytes wanted = near(keys.get(random.nextInt(keys.size())), random);
            int move = random.nextInt(stands ? 10 : 4);
            boolean moved =
                    switch (move) {
                        case 0 -> cursor.seek(wanted);
                        case 1 -> cursor.seekBefore(wanted);
                        case 2 -> cursor.first();
                        case 3 -> cursor.last();
                        case 4, 5 -> cursor.nextKey();
                        case 6, 7 -> cursor.previousKey();
                        default -> cursor.nextVersion();
                    };
            boolean should =
                    switch (move) {
                        case 0 -> expected.seek(wanted);
                        case 1 -> expected.seekBefore(wanted);
                        case 2 -> expected.first();
                        case 3 -> expected.last();
                        case 4, 5 -> expected.nextKey();
                        case 6, 7 -> expected.previousKey();
                        default -> expected.nextVersion();
                    };
            assertThat(moved).as("move %d to %s", move, wanted).isEqualTo(should);
            stands = moved || (stands && move > 7);
            if (stands) {
                assertThat(cursor.key()).isEqualTo(expected.key());
                assertThat(cursor.current()).isEqualTo(expected.current());
            }
        }
    }

    private static Bytes near(Bytes key, RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> key.successor();
            case 1 -> Bytes.copyOf(key.toByteArray(), 0, key.length() - 1);
            default -> key;
        };
    }

    @Test
    void chargesTheBudgetForWhatItKeepsInMemory() {
        VersionMap model = new VersionMap();
        for (int i = 0; i < 1000; i++) {
            model.add("key" + i, VersionMap.value(i + 1, 0, "value" + i));
        }
        SimulatedDisk disk = SimulatedDisk.empty();
        TableMeta meta = model.write(disk, TableOptions.defaults());
        MemoryBudget budget = new MemoryBudget(MemoryBudget.TOTAL_BYTES_MIN);
        Table table = Table.open(disk, meta, BlockCache.within(budget), budget);

        assertThat(budget.used(MemoryUse.FILTERS_AND_INDEXES))
                .isEqualTo(table.memoryBytes())
                .isGreaterThan(1000 * 10 / 8);
        assertThat(find(table, Bytes.utf8("key500"), Run.NEWEST)).isNotNull();
        assertThat(budget.used(MemoryUse.BLOCK_CACHE)).isGreaterThan(4 << 10);

        table.release();
        assertThat(budget.used()).isZero();
    }

    /** Keys that are hard in different ways: short, with long common beginnings, full of zeros, prefixes of one another. */
    private enum KeyShape {
        SHORT {
            @Override
            Bytes key(RandomGenerator random) {
                return randomBytes(random, 1 + random.nextInt(3), 256);
            }
        },
        ZEROS {
            @Override
            Bytes key(RandomGenerator random) {
                return randomBytes(random, 1 + random.nextInt(20), 2);
            }
        },
        COMMON_BEGINNING {
            @Override
            Bytes key(RandomGenerator random) {
                return Bytes.utf8("a/long/common/beginning/" + random.nextInt(50) + "/" + random.nextInt(100));
            }
        },
        LONG {
            @Override
            Bytes key(RandomGenerator random) {
                return randomBytes(random, 1 + random.nextInt(3000), 3);
            }
        },
        NUMBERED {
            @Override
            Bytes key(RandomGenerator random) {
                return Bytes.utf8(String.format("%016d", random.nextInt(3000)));
            }
        };

        abstract Bytes key(RandomGenerator random);

        private static Bytes randomBytes(RandomGenerator random, int length, int symbols) {
            byte[] key = new byte[length];
            for (int i = 0; i < length; i++) {
                key[i] = (byte) random.nextInt(symbols);
            }
            return Bytes.wrap(key);
        }
    }
}
