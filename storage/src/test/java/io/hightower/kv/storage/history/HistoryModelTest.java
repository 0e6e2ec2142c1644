package io.hightower.kv.storage.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Random changes in files, against a list. */
class HistoryModelTest {
    private final SimulatedDisk disk = SimulatedDisk.empty();

    private static List<Long> places(RandomGenerator random, List<Change> changes) {
        List<Long> places = new ArrayList<>(List.of(0L, 1L, Long.MAX_VALUE));
        for (int i = 0; i < 6; i++) {
            long main = changes.get(random.nextInt(changes.size())).main();
            places.addAll(List.of(main - 1, main, main + 1));
        }
        return places;
    }

    @Test
    void readsFromEveryRevisionWhatWasWritten(TestInfo test) {
        SeededRuns.of(test).count(60).checkEach(random -> {
            List<Change> changes = Change.random(random, 1 + random.nextInt(3), 1 + random.nextInt(1500));
            SimulatedDisk fresh = SimulatedDisk.empty();
            HistoryMeta meta = Change.write(fresh, 7, ChangeSelection.ALL, changes);
            try (HistoryFile file = HistoryFile.open(fresh, meta)) {
                file.verify();
                for (long main : places(random, changes)) {
                    for (ChangeSelection selection : ChangeSelection.values()) {
                        assertThat(Change.read(file, main, selection))
                                .as("from %s %s", main, selection)
                                .isEqualTo(Change.expected(changes, main, selection));
                    }
                }
            }
        });
    }

    @Test
    void joinsFilesAndMemoryInTheOrderOfRevisions(TestInfo test) {
        SeededRuns.of(test).count(60).checkEach(random -> {
            SimulatedDisk fresh = SimulatedDisk.empty();
            List<Change> all = new ArrayList<>();
            List<ChangeSource> sources = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(6); i++) {
                List<Change> changes = Change.random(random, next(all), 1 + random.nextInt(300));
                all.addAll(changes);
                sources.add(
                        random.nextInt(4) == 0
                                ? Change.source(changes)
                                : HistoryFile.open(fresh, Change.write(fresh, i + 1, ChangeSelection.ALL, changes)));
            }
            ChangeSequence joined = ChangeSequence.of(sources);
            for (long main : places(random, all)) {
                for (ChangeSelection selection : ChangeSelection.values()) {
                    assertThat(Change.read(joined, main, selection)).isEqualTo(Change.expected(all, main, selection));
                }
            }
        });
    }

    private static long next(List<Change> changes) {
        return changes.isEmpty() ? 1 : changes.get(changes.size() - 1).main() + 1;
    }

    /** Merging again and again, as a store does while floor and released revision go up. */
    @Test
    void mergingKeepsWhatMayStillBeAskedFor(TestInfo test) {
        SeededRuns.of(test).count(60).checkEach(random -> {
            SimulatedDisk fresh = SimulatedDisk.empty();
            List<Change> all = new ArrayList<>();
            List<HistoryFile> files = new ArrayList<>();
            long number = 1;
            long floor = 0;
            long released = 0;
            for (int step = 0; step < 8; step++) {
                List<Change> changes = Change.random(random, next(all), 1 + random.nextInt(100));
                all.addAll(changes);
                files.add(HistoryFile.open(fresh, Change.write(fresh, number++, ChangeSelection.ALL, changes)));
                floor = Math.max(floor, all.get(random.nextInt(all.size())).main() + random.nextInt(2));
                released =
                        Math.max(released, all.get(random.nextInt(all.size())).main());
                int from = random.nextInt(files.size());
                List<HistoryFile> sources = files.subList(from, from + 1 + random.nextInt(files.size() - from));
                Optional<HistoryMeta> merged =
                        new HistoryMerge(floor, released).run(fresh, Change.id(number++), sources, () -> false);
                sources.clear();
                merged.ifPresent(meta -> files.add(from, HistoryFile.open(fresh, meta)));
                merged.ifPresent(meta -> files.get(from).verify());
                assertHolds(files, all, floor, released);
            }
        });
    }

    private static void assertHolds(List<HistoryFile> files, List<Change> all, long floor, long released) {
        ChangeSequence joined = ChangeSequence.of(files);
        assertThat(Change.read(joined, floor, ChangeSelection.ALL))
                .isEqualTo(Change.expected(all, floor, ChangeSelection.ALL));
        assertThat(Change.read(joined, released + 1, ChangeSelection.TOMBSTONES))
                .isEqualTo(Change.expected(all, released + 1, ChangeSelection.TOMBSTONES));
    }

    @Test
    void mergingDropsWhatNobodyMayAskForAnyMore() {
        List<Change> first = List.of(Change.value(2, 0, "a"), Change.tombstone(3, 0, "a"), Change.tombstone(4, 0, "b"));
        List<Change> second = List.of(Change.value(5, 0, "c"), Change.tombstone(6, 0, "c"), Change.value(6, 1, "d"));
        List<HistoryFile> files = List.of(
                HistoryFile.open(disk, Change.write(disk, 1, ChangeSelection.ALL, first)),
                HistoryFile.open(disk, Change.write(disk, 2, ChangeSelection.ALL, second)));

        HistoryMeta merged = new HistoryMerge(6, 3)
                .run(disk, Change.id(3), files, () -> false)
                .orElseThrow();

        assertThat(merged.completeFrom()).isEqualTo(6);
        try (HistoryFile file = HistoryFile.open(disk, merged);
                ChangeCursor everything = file.everythingFrom(0)) {
            assertThat(Change.read((main, selection) -> everything, 0, ChangeSelection.ALL))
                    .containsExactly(Change.tombstone(4, 0, "b"), Change.tombstone(6, 0, "c"), Change.value(6, 1, "d"));
        }
    }
}
