package io.hightower.kv.storage.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.storage.history.ChangeCursor;
import io.hightower.kv.storage.history.ChangeSelection;
import io.hightower.kv.storage.run.Run;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** What a memtable must hold, in plain collections: all versions with their keys in the order in which they were added. */
final class MemtableModel {
    private record Added(Bytes key, StoredVersion version) {}

    private final List<Added> all;

    MemtableModel() {
        this(new ArrayList<>());
    }

    private MemtableModel(List<Added> all) {
        this.all = all;
    }

    /** Returns the model as it is now. */
    MemtableModel copy() {
        return new MemtableModel(new ArrayList<>(all));
    }

    static StoredVersion version(VersionKind kind, KeyRecord record) {
        Revision modified = record.modified();
        return new StoredVersion(
                kind,
                record.value(),
                modified.main(),
                modified.sub(),
                record.createRevision(),
                record.version(),
                record.writeVersion(),
                record.lease());
    }

    void add(VersionKind kind, KeyRecord record) {
        all.add(new Added(record.key(), version(kind, record)));
    }

    /** Returns each key's versions, newest first. */
    NavigableMap<Bytes, List<StoredVersion>> byKey() {
        NavigableMap<Bytes, List<StoredVersion>> map = new TreeMap<>();
        for (Added added : all) {
            map.computeIfAbsent(added.key, key -> new ArrayList<>()).add(0, added.version);
        }
        return map;
    }

    /** Compares lookups, at every revision around those of the key, and of keys that are not there. */
    void checkFinds(Run run, List<Bytes> keys) {
        NavigableMap<Bytes, List<StoredVersion>> expected = byKey();
        for (Bytes key : keys) {
            List<StoredVersion> versions = expected.getOrDefault(key, List.of());
            assertThat(run.find(key, key.hash64(), Run.NEWEST)).isEqualTo(newest(versions, Run.NEWEST));
            for (StoredVersion version : versions) {
                for (long main = version.main() - 1; main <= version.main() + 1; main++) {
                    assertThat(run.find(key, key.hash64(), main))
                            .as("%s through %s", key, main)
                            .isEqualTo(newest(versions, main));
                }
            }
        }
    }

    private static StoredVersion newest(List<StoredVersion> versions, long throughMain) {
        for (StoredVersion version : versions) {
            if (version.main() <= throughMain) {
                return version;
            }
        }
        return null;
    }

    /** Compares scans in both directions, with all versions. */
    void checkScans(Run run) {
        NavigableMap<Bytes, List<StoredVersion>> expected = byKey();
        try (VersionCursor cursor = run.cursor()) {
            NavigableMap<Bytes, List<StoredVersion>> forward = new TreeMap<>();
            Bytes before = null;
            for (boolean stands = cursor.first(); stands; stands = cursor.nextKey()) {
                assertThat(before == null || before.compareTo(cursor.key()) < 0).isTrue();
                before = cursor.key();
                forward.put(before, versions(cursor));
            }
            assertThat(forward).isEqualTo(expected);
            List<Bytes> backward = new ArrayList<>();
            for (boolean stands = cursor.last(); stands; stands = cursor.previousKey()) {
                backward.add(cursor.key());
                assertThat(cursor.current())
                        .isEqualTo(expected.get(cursor.key()).get(0));
            }
            assertThat(backward).isEqualTo(new ArrayList<>(expected.descendingKeySet()));
        }
    }

    private static List<StoredVersion> versions(VersionCursor cursor) {
        List<StoredVersion> versions = new ArrayList<>();
        do {
            versions.add(cursor.current());
        } while (cursor.nextVersion());
        return versions;
    }

    /** Walks at random: seeks and steps in both directions. */
    void checkWalk(Run run, List<Bytes> keys, RandomGenerator random, int steps) {
        NavigableMap<Bytes, List<StoredVersion>> expected = byKey();
        try (VersionCursor cursor = run.cursor()) {
            Bytes at = null;
            for (int i = 0; i < steps; i++) {
                Bytes key = keys.get(random.nextInt(keys.size()));
                boolean stands;
                switch (random.nextInt(at == null ? 4 : 12)) {
                    case 0 -> {
                        stands = cursor.first();
                        at = expected.isEmpty() ? null : expected.firstKey();
                    }
                    case 1 -> {
                        stands = cursor.last();
                        at = expected.isEmpty() ? null : expected.lastKey();
                    }
                    case 2 -> {
                        stands = cursor.seek(key);
                        at = expected.ceilingKey(key);
                    }
                    case 3 -> {
                        stands = cursor.seekBefore(key);
                        at = expected.lowerKey(key);
                    }
                    case 4, 5, 6, 7 -> {
                        stands = cursor.nextKey();
                        at = expected.higherKey(at);
                    }
                    default -> {
                        stands = cursor.previousKey();
                        at = expected.lowerKey(at);
                    }
                }
                assertThat(stands).isEqualTo(at != null);
                if (at != null) {
                    assertThat(cursor.key()).isEqualTo(at);
                    assertThat(cursor.current()).isEqualTo(expected.get(at).get(0));
                }
            }
        }
    }

    /** Compares the changes of a main revision and later. */
    void checkChanges(Memtable.Slice slice, long from, ChangeSelection selection) {
        List<Added> expected = all.stream()
                .filter(added -> added.version.kind() != VersionKind.ERASED && added.version.main() >= from)
                .filter(added -> selection == ChangeSelection.ALL || added.version.kind() == VersionKind.TOMBSTONE)
                .toList();
        try (ChangeCursor changes = slice.from(from, selection)) {
            for (Added added : expected) {
                assertThat(changes.next()).isTrue();
                assertThat(changes.key()).isEqualTo(added.key);
                assertThat(changes.kind()).isEqualTo(added.version.kind());
                assertThat(changes.main()).isEqualTo(added.version.main());
                assertThat(changes.sub()).isEqualTo(added.version.sub());
            }
            assertThat(changes.next()).isFalse();
        }
    }
}
