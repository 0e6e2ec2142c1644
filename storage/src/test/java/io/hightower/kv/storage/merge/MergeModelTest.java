package io.hightower.kv.storage.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionKind;
import io.hightower.kv.storage.table.Compression;
import io.hightower.kv.storage.table.TableMeta;
import io.hightower.kv.storage.table.TableOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Random changes, flushes and merges through all levels, compared with every version that there ever was. */
class MergeModelTest {
    private static final int KEYS = 120;

    /** Tables are as small as they may be, and levels narrow, so that a few thousand bytes fill several levels. */
    private static final MergeOptions OPTIONS =
            new MergeOptions(3, 4 << 10, 6 << 10, 2, 25, new TableOptions(4 << 10, Compression.LZ4, 10), true, false);

    private enum Kind {
        WRITE,
        DELETE,
        RELEASE,
        FLUSH,
        MERGE,
        MERGE_ALL,
        COMPACT,
        COMPARE
    }

    private static final List<Kind> WORK = List.of(Kind.FLUSH, Kind.MERGE, Kind.MERGE_ALL, Kind.COMPACT, Kind.COMPARE);

    private record Step(Kind kind, int key, int number) {}

    @Test
    void readsFromTheHorizonOnNeverChange(TestInfo test) {
        SeededRuns.of(test).count(8).check(MergeModelTest::steps, steps -> compare(steps, OPTIONS));
    }

    @Test
    void withHistoryEveryChangeFromTheHorizonOnIsKeptToo(TestInfo test) {
        SeededRuns.of(test).count(8).check(MergeModelTest::steps, steps -> compare(steps, OPTIONS.keepingHistory()));
    }

    private static void compare(List<Step> steps, MergeOptions options) {
        Comparison comparison = new Comparison(options);
        for (Step step : steps) {
            comparison.take(step);
        }
        comparison.compare();
    }

    private static List<Step> steps(RandomGenerator random) {
        List<Step> steps = new ArrayList<>();
        int keys = random.nextInt(3, KEYS);
        int flushEvery = random.nextInt(8, 80);
        int compactEvery = random.nextInt(2) * random.nextInt(20, 200) + 3;
        int deletePercent = random.nextInt(10, 60);
        for (int i = 0; i < 700; i++) {
            int key = random.nextInt(3) == 0 ? i / 10 % keys : random.nextInt(keys);
            Kind kind = random.nextInt(100) < deletePercent ? Kind.DELETE : Kind.WRITE;
            steps.add(new Step(random.nextInt(8) == 0 ? Kind.RELEASE : kind, key, random.nextInt(600)));
            for (int due : new int[] {flushEvery, flushEvery, compactEvery, 600, 150}) {
                Kind other = WORK.get(steps.size() % WORK.size());
                if (random.nextInt(due) == 0) {
                    steps.add(new Step(other, key, random.nextInt(40)));
                }
            }
        }
        return steps;
    }

    private static Bytes key(int number) {
        return Bytes.utf8("a key of the test " + (1000 + number));
    }

    /** A store beside its model, which keeps everything. */
    private static final class Comparison {
        private final MergedStore store;
        private final boolean keepsHistory;
        private final NavigableMap<Bytes, List<StoredVersion>> model = new TreeMap<>();
        private long revision = 1;
        private long horizon = 1;

        Comparison(MergeOptions options) {
            store = new MergedStore(options);
            keepsHistory = options.keepsHistory();
        }

        void take(Step step) {
            switch (step.kind()) {
                case WRITE -> {
                    revision += step.number() % 7 == 0 ? 0 : 1;
                    add(step, ListRun.value("v".repeat(step.number()), revision, nextSub(step)));
                }
                case DELETE -> {
                    revision += step.number() % 7 == 0 ? 0 : 1;
                    add(step, ListRun.tombstone(revision, nextSub(step)));
                }
                case RELEASE -> release(step);
                case FLUSH -> store.flush(horizon);
                case MERGE -> store.mergeOnce(horizon);
                case MERGE_ALL -> mergeAll();
                case COMPACT -> horizon = Math.max(horizon, revision - step.number());
                case COMPARE -> compare();
            }
        }

        private int nextSub(Step step) {
            List<StoredVersion> versions = model.getOrDefault(key(step.key()), List.of());
            return versions.isEmpty() || versions.get(0).main() < revision
                    ? 0
                    : versions.get(0).sub() + 1;
        }

        private void add(Step step, StoredVersion version) {
            model.computeIfAbsent(key(step.key()), absent -> new ArrayList<>()).add(0, version);
            store.memtable().add(key(step.key()), version);
        }

        private void release(Step step) {
            List<StoredVersion> versions = model.get(key(step.key()));
            if (versions != null && versions.get(0).kind() == VersionKind.TOMBSTONE) {
                StoredVersion tombstone = versions.get(0);
                StoredVersion erased = ListRun.erased(tombstone.main(), tombstone.sub());
                versions.set(0, erased);
                store.memtable().add(key(step.key()), erased);
            }
        }

        private void mergeAll() {
            store.flush(horizon);
            store.mergeAll(horizon);
            List<TableMeta> tables =
                    store.tables().levels().stream().flatMap(List::stream).toList();
            for (TableMeta table : tables) {
                assertThat(tables.stream().filter(table::overlaps)).hasSize(1);
                if (table.maxMain() <= horizon) {
                    assertThat(table.versions()).isEqualTo(table.keys());
                }
            }
            compare();
            if (horizon == revision && !keepsHistory) {
                assertThat(store.versions()).isEqualTo(newest());
            }
        }

        /** What a store holds at best: the newest versions, but nothing erased. */
        private NavigableMap<Bytes, List<StoredVersion>> newest() {
            NavigableMap<Bytes, List<StoredVersion>> newest = new TreeMap<>();
            model.forEach((key, versions) -> newest.put(key, versions.subList(0, 1)));
            newest.values().removeIf(versions -> versions.get(0).kind() == VersionKind.ERASED);
            return newest;
        }

        void compare() {
            NavigableMap<Bytes, List<StoredVersion>> found = store.versions();
            assertThat(model.keySet()).containsAll(found.keySet());
            for (Map.Entry<Bytes, List<StoredVersion>> entry : model.entrySet()) {
                List<StoredVersion> expected = entry.getValue();
                List<StoredVersion> versions = found.getOrDefault(entry.getKey(), List.of());
                // An erased tombstone that a newer value covers may go before the tombstone does.
                assertThat(new HashSet<>(written(expected)).containsAll(written(versions)))
                        .isTrue();
                for (long main : placesToRead(expected)) {
                    assertThat(Objects.equals(seen(versions, main), seen(expected, main)))
                            .as("%s read at %d: %s instead of %s", entry.getKey(), main, versions, expected)
                            .isTrue();
                }
                if (keepsHistory) {
                    assertThat(changes(versions)).as("%s", entry.getKey()).isEqualTo(changes(expected));
                }
            }
            assertThat(store.disk().list()).hasSize((int)
                    store.tables().levels().stream().mapToLong(List::size).sum());
        }

        /** Returns what commands from the horizon on have left behind, but not what they overwrote themselves. */
        private List<KeyRecord> changes(List<StoredVersion> versions) {
            List<StoredVersion> changes = new ArrayList<>();
            long newerMain = 0;
            for (StoredVersion version : versions) {
                if (version.main() >= horizon && version.main() != newerMain) {
                    changes.add(version);
                }
                newerMain = version.main();
            }
            return written(changes);
        }

        /** What is seen changes only where a version was written. */
        private List<Long> placesToRead(List<StoredVersion> versions) {
            List<Long> mains = new ArrayList<>(List.of(horizon, revision));
            for (StoredVersion version : versions) {
                mains.add(version.main() - 1);
                mains.add(version.main());
            }
            mains.removeIf(main -> main < horizon);
            return mains;
        }

        private static List<KeyRecord> written(List<StoredVersion> versions) {
            return versions.stream()
                    .map(version -> new KeyRecord(
                            Bytes.EMPTY,
                            version.isValue(),
                            version.value(),
                            version.createRevision(),
                            new Revision(version.main(), version.sub()),
                            version.version(),
                            version.main()))
                    .toList();
        }

        private static StoredVersion seen(List<StoredVersion> versions, long main) {
            for (StoredVersion version : versions) {
                if (version.main() <= main) {
                    return version.kind() == VersionKind.ERASED ? null : version;
                }
            }
            return null;
        }
    }

    @Test
    void sequentialLoadingIsWrittenOnce() {
        MergeOptions options = MergeOptions.defaults().withSizes(16 << 10, 32 << 10);
        MergedStore store = new MergedStore(options);
        for (int number = 0; number < 4000; number++) {
            store.memtable().add(key(number), ListRun.value("v".repeat(100), 2 + number, 0));
            if (number % 50 == 49) {
                store.flush(2 + number);
                while (store.mergeOnce(2 + number)) {
                    assertThat(store.rewrittenBytes()).isZero();
                }
            }
        }
        assertThat(store.tables().level(1)).isNotEmpty();
        assertThat(store.tables().level(2)).isNotEmpty();
        assertThat(store.picker().debt(store.tables())).isZero();
        assertThat(store.versions()).hasSize(4000);
    }

    @Test
    void aStoreWhoseKeysWereAllReleasedIsEmptyAfterMergingEverything() {
        MergedStore store = new MergedStore(OPTIONS);
        for (int number = 0; number < 300; number++) {
            store.memtable().add(key(number), ListRun.value("v".repeat(100), 2 + number, 0));
        }
        store.flush(1000);
        store.mergeAll(1000);
        for (int number = 0; number < 300; number++) {
            store.memtable().add(key(number), ListRun.tombstone(1001 + number, 0));
        }
        store.flush(2000);
        store.mergeAll(2000);
        assertThat(store.versions()).hasSize(300);
        for (int number = 0; number < 300; number++) {
            store.memtable().add(key(number), ListRun.erased(1001 + number, 0));
        }
        store.flush(2000);
        store.mergeAll(2000);
        assertThat(store.tables().levels()).allMatch(List::isEmpty);
        assertThat(store.disk().list()).isEmpty();
    }
}
