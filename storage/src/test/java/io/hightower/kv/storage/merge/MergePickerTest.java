package io.hightower.kv.storage.merge;

import static io.hightower.kv.storage.merge.Metas.table;
import static io.hightower.kv.storage.merge.Metas.withTombstones;
import static io.hightower.kv.storage.merge.Metas.withVersions;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.storage.table.TableMeta;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MergePickerTest {
    private static final long FULL = 64 << 10;
    private static final long HORIZON = 100;
    private static final long NUMBERS = 1000;

    private final MergePicker picker = new MergePicker(MergeOptions.defaults().withSizes(FULL, 4 * FULL));

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static LeveledTables store(List<TableMeta>... levels) {
        return LeveledTables.of(Arrays.asList(levels));
    }

    private MergePlan pick(LeveledTables store) {
        MergePlan plan = picker.pick(store, HORIZON).orElseThrow();
        assertThat(store.allows(plan)).isTrue();
        return plan;
    }

    @Test
    void leavesAStoreAloneThatIsInOrder() {
        LeveledTables store = store(
                List.of(table(9, "a", "z", FULL), table(8, "a", "z", FULL), table(7, "a", "z", FULL)),
                List.of(table(5, "a", "f", FULL), table(6, "g", "z", FULL)),
                List.of(table(1, "a", "z", FULL)));
        assertThat(picker.pick(store, HORIZON)).isEmpty();
        assertThat(picker.pick(LeveledTables.empty(), HORIZON)).isEmpty();
        assertThat(picker.debt(store)).isZero();
    }

    @Test
    void mergesAllRunsWithWhatTheyMeetWhenLevel0IsFull() {
        TableMeta met = table(2, "c", "d", FULL);
        LeveledTables store = store(
                List.of(
                        table(9, "a", "e", FULL),
                        table(8, "c", "d", FULL),
                        table(7, "b", "c", FULL),
                        table(6, "d", "d", 9)),
                List.of(met, table(3, "f", "g", FULL)),
                List.of(table(1, "b", "b", FULL)));
        MergePlan plan = pick(store);
        assertThat(plan.inputs(0)).isEqualTo(store.level(0));
        assertThat(plan.inputs(1)).containsExactly(met);
        assertThat(plan.outputLevel()).isEqualTo(1);
        assertThat(plan.isTrivialMove()).isFalse();
        assertThat(plan.isBottom()).isFalse();
        assertThat(plan.reason()).isEqualTo(MergePlan.Reason.LEVEL_0);
    }

    @Test
    void movesRunsOfSequentialLoadingWithoutRewriting() {
        LeveledTables store = store(
                List.of(
                        table(9, "k", "l", FULL),
                        table(8, "i", "j", FULL),
                        table(7, "g", "h", FULL),
                        table(6, "e", "f", FULL)),
                List.of(table(2, "a", "d", FULL)));
        MergePlan plan = pick(store);
        assertThat(plan.isTrivialMove()).isTrue();
        assertThat(plan.inputs(0)).isEqualTo(store.level(0));
        assertThat(store.after(plan, plan.tables()).level(1)).hasSize(5);
    }

    @Test
    void movesOnlyThoseRunsThatMeetNothingOlder() {
        TableMeta apart = table(8, "s", "t", FULL);
        TableMeta oldest = table(6, "e", "f", FULL);
        LeveledTables store = store(
                List.of(table(9, "f", "l", FULL), apart, table(7, "a", "b", FULL), oldest),
                List.of(table(2, "b", "d", FULL)));
        MergePlan plan = pick(store);
        assertThat(plan.isTrivialMove()).isTrue();
        assertThat(plan.inputs(0)).containsExactly(apart, oldest);
    }

    @Test
    void rewritesSmallRunsTogetherWithSmallNeighbours() {
        TableMeta left = table(3, "b", "c", FULL / 4);
        TableMeta right = table(4, "x", "y", FULL / 4);
        LeveledTables store = store(
                List.of(table(9, "k", "l", 99), table(8, "i", "j", 99), table(7, "g", "h", 99), table(6, "e", "f", 99)),
                List.of(table(2, "a", "a", FULL), left, right, table(5, "z", "z", FULL)));
        MergePlan plan = pick(store);
        assertThat(plan.isTrivialMove()).isFalse();
        assertThat(plan.inputs(1)).containsExactly(left, right);
    }

    @Test
    void rewritesRunsOfTombstonesEvenIfTheyMeetNothing() {
        TableMeta run = withTombstones(table(9, "a", "b", FULL), 50);
        MergePicker eager = new MergePicker(eagerOptions());
        MergePlan plan = eager.pick(store(List.of(run)), HORIZON).orElseThrow();
        assertThat(plan.isTrivialMove()).isFalse();
        assertThat(plan.isBottom()).isTrue();
    }

    private static MergeOptions eagerOptions() {
        MergeOptions defaults = MergeOptions.defaults();
        return new MergeOptions(1, FULL, FULL, 10, 25, defaults.table(), false, false);
    }

    @Test
    void mergesTheTableThatMeetsTheLeastOfTheNextLevel() {
        TableMeta best = table(11, "m", "p", FULL);
        TableMeta met = table(3, "n", "o", FULL / 2);
        LeveledTables store = store(
                List.of(),
                List.of(table(10, "a", "f", 2 * FULL), best, table(12, "q", "z", 2 * FULL)),
                List.of(table(1, "a", "c", FULL), table(2, "d", "k", FULL), met, table(4, "t", "z", 2 * FULL)),
                List.of(table(0 + 20, "a", "b", FULL)));
        MergePlan plan = pick(store);
        assertThat(plan.inputs(1)).containsExactly(best);
        assertThat(plan.inputs(2)).containsExactly(met);
        assertThat(plan.outputLevel()).isEqualTo(2);
        assertThat(plan.isBottom()).isTrue();
        assertThat(plan.reason()).isEqualTo(MergePlan.Reason.SIZE);
    }

    @Test
    void takesNeighboursAlongThatMeetTheSameTables() {
        TableMeta wide = table(3, "a", "p", FULL);
        LeveledTables store = store(
                List.of(),
                List.of(
                        table(10, "a", "f", 2 * FULL),
                        table(11, "g", "h", FULL),
                        table(12, "i", "q", 2 * FULL),
                        table(13, "r", "s", FULL)),
                List.of(wide, table(4, "q", "z", FULL)));
        MergePlan plan = pick(store);
        assertThat(plan.inputs(1)).extracting(table -> table.id().number()).containsExactly(10L, 11L);
        assertThat(plan.inputs(2)).containsExactly(wide);
    }

    @Test
    void movesATableDownThatMeetsNothing() {
        LeveledTables store = store(
                List.of(),
                List.of(table(10, "a", "f", 3 * FULL), table(11, "g", "h", 2 * FULL)),
                List.of(table(3, "a", "b", FULL)));
        MergePlan plan = pick(store);
        assertThat(plan.isTrivialMove()).isTrue();
        assertThat(plan.inputs(1)).extracting(table -> table.id().number()).containsExactly(11L);
    }

    @Test
    void mergesTheLevelFirstThatIsFurthestOverItsLimit() {
        List<TableMeta> runs = new ArrayList<>();
        for (int number = 20; number > 15; number--) {
            runs.add(table(number, "a", "z", FULL));
        }
        TableMeta level1 = table(10, "a", "f", 9 * FULL);
        TableMeta level2 = table(3, "a", "b", FULL);
        assertThat(pick(store(runs, List.of(level1), List.of(level2))).reason()).isEqualTo(MergePlan.Reason.SIZE);
        runs.addAll(runs.stream()
                .map(run -> table(run.id().number() - 10, "a", "z", FULL))
                .toList());
        assertThat(pick(store(runs, List.of(level1), List.of(level2))).reason()).isEqualTo(MergePlan.Reason.LEVEL_0);
    }

    @Test
    void rewritesATableOfWhichMuchIsOverwritten() {
        TableMeta garbage = withVersions(table(5, "g", "h", FULL), 200, 10, HORIZON);
        LeveledTables store = store(List.of(), List.of(), List.of(table(4, "a", "b", FULL), garbage));
        MergePlan plan = pick(store);
        assertThat(plan.tables()).containsExactly(garbage);
        assertThat(plan.outputLevel()).isEqualTo(2);
        assertThat(plan.isTrivialMove()).isFalse();
        assertThat(plan.reason()).isEqualTo(MergePlan.Reason.GARBAGE);
        assertThat(picker.pick(store, HORIZON - 1))
                .as("history is still wanted")
                .isEmpty();
    }

    @Test
    void mergesTombstonesDownIfTheyHideEnough() {
        TableMeta deletions = withTombstones(table(5, "g", "h", FULL), 90);
        TableMeta hidden = table(2, "a", "h", FULL);
        LeveledTables store = store(List.of(), List.of(deletions), List.of(), List.of(hidden));
        MergePlan plan = pick(store);
        assertThat(plan.inputs(1)).containsExactly(deletions);
        assertThat(plan.inputs(3)).containsExactly(hidden);
        assertThat(plan.outputLevel()).isEqualTo(3);
        LeveledTables few = store(List.of(), List.of(withTombstones(deletions, 20)), List.of(), List.of(hidden));
        assertThat(picker.pick(few, HORIZON)).isEmpty();
        LeveledTables hidingNothing = store(List.of(), List.of(deletions), List.of(table(2, "i", "j", FULL)));
        assertThat(picker.pick(hidingNothing, HORIZON)).isEmpty();
    }

    @Test
    void leavesNothingThatOverlapsWhenAllIsAskedFor() {
        LeveledTables store = store(
                List.of(table(9, "a", "c", 99), table(8, "c", "d", 99), table(7, "y", "z", 99)),
                List.of(table(5, "b", "f", FULL), table(6, "m", "o", FULL)),
                List.of(),
                List.of(table(3, "e", "g", FULL), table(4, "p", "q", FULL)));
        int plans = 0;
        for (Optional<MergePlan> plan = picker.pickAll(store, HORIZON, NUMBERS);
                plan.isPresent();
                plan = picker.pickAll(store, HORIZON, NUMBERS)) {
            KeySpan span = KeySpan.of(plan.get().tables());
            TableMeta merged =
                    table(100 + plans, span.first().toUtf8(), span.last().toUtf8(), FULL);
            store = store.after(plan.get(), List.of(merged));
            plans++;
        }
        assertThat(plans).isEqualTo(2);
        assertThat(store.level(0)).extracting(table -> table.id().number()).containsExactly(7L);
        assertThat(store.level(1)).extracting(table -> table.id().number()).containsExactly(6L);
        assertThat(store.level(3)).extracting(table -> table.id().number()).containsExactly(101L, 4L);
    }

    @Test
    void rewritesWhatMayHaveGarbageOnceWhenAllIsAskedFor() {
        TableMeta mixed = withVersions(table(5, "g", "h", FULL), 101, 10, HORIZON + 1);
        LeveledTables store = store(List.of(), List.of(mixed));
        assertThat(picker.pick(store, HORIZON)).isEmpty();
        assertThat(picker.pickAll(store, HORIZON, NUMBERS).orElseThrow().tables())
                .containsExactly(mixed);
        assertThat(picker.pickAll(store, HORIZON, 4)).as("it was written since").isEmpty();
        assertThat(picker.pickAll(store, 10, NUMBERS)).as("all is wanted").isEmpty();
        LeveledTables run = store(List.of(withTombstones(table(5, "g", "h", FULL), 100)));
        assertThat(picker.pickAll(run, HORIZON, NUMBERS).orElseThrow().isBottom())
                .isTrue();
    }

    @Test
    void debtGrowsWithEveryRunAndHasNoSteps() {
        List<TableMeta> runs = new ArrayList<>();
        List<TableMeta> level1 = List.of(table(1, "a", "m", 2 * FULL), table(2, "n", "z", 2 * FULL));
        List<TableMeta> level2 = List.of(table(3, "a", "z", 10 * FULL));
        long before = 0;
        for (int count = 1; count <= 40; count++) {
            runs.add(0, table(100 + count, "a", "z", FULL));
            long debt = picker.debt(store(runs, level1, level2));
            if (count <= 4) {
                assertThat(debt).isZero();
            } else {
                assertThat(debt).isBetween(before + FULL, before + 40 * FULL);
            }
            before = debt;
        }
    }

    @Test
    void debtOfSequentialLoadingIsNothing() {
        List<TableMeta> runs = new ArrayList<>();
        for (int count = 1; count <= 20; count++) {
            String key = String.valueOf((char) ('a' + count));
            runs.add(0, table(100 + count, key, key, FULL));
        }
        assertThat(picker.debt(store(runs, List.of(table(1, "a", "a", 50 * FULL)))))
                .isZero();
    }
}
