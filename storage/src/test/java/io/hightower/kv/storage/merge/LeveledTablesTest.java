package io.hightower.kv.storage.merge;

import static io.hightower.kv.storage.merge.Metas.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.table.TableMeta;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeveledTablesTest {
    private static final TableMeta NEW_RUN = table(9, "c", "k", 10);
    private static final TableMeta OLD_RUN = table(8, "a", "e", 10);
    private static final TableMeta LEFT = table(4, "b", "d", 20);
    private static final TableMeta RIGHT = table(5, "h", "m", 30);
    private static final TableMeta DEEP = table(1, "a", "z", 40);

    private static final LeveledTables STORE =
            LeveledTables.of(List.of(List.of(NEW_RUN, OLD_RUN), List.of(LEFT, RIGHT), List.of(), List.of(DEEP)));

    private static MergePlan plan(int upper, List<TableMeta> moved, int lower, List<TableMeta> met) {
        return MergePlan.of(STORE, upper, moved, lower, met);
    }

    @Test
    void findsWhatOverlaps() {
        assertThat(STORE.overlapping(1, new KeySpan(Bytes.utf8("e"), Bytes.utf8("g"))))
                .isEmpty();
        assertThat(STORE.overlapping(1, new KeySpan(Bytes.utf8("d"), Bytes.utf8("h"))))
                .containsExactly(LEFT, RIGHT);
        assertThat(STORE.overlapping(1, new KeySpan(Bytes.utf8("i"), Bytes.utf8("j"))))
                .containsExactly(RIGHT);
        assertThat(STORE.overlapping(0, new KeySpan(Bytes.utf8("f"), Bytes.utf8("g"))))
                .containsExactly(NEW_RUN);
        assertThat(STORE.shallowestBelow(1, KeySpan.of(LEFT))).isEqualTo(3);
        assertThat(STORE.shallowestBelow(3, KeySpan.of(LEFT))).isEqualTo(LeveledTables.LEVELS);
        assertThat(STORE.bytes(1)).isEqualTo(50);
    }

    @Test
    void refusesTablesThatOverlapInALevel() {
        assertThatThrownBy(() -> LeveledTables.of(List.of(List.of(), List.of(LEFT, OLD_RUN))))
                .isInstanceOf(InvariantViolation.class);
    }

    @Test
    void putsResultsIntoTheirPlaces() {
        TableMeta first = table(10, "a", "g", 10);
        TableMeta second = table(11, "h", "m", 10);
        MergePlan plan = plan(0, STORE.level(0), 1, STORE.level(1));
        TableMeta flushedMeanwhile = table(12, "a", "z", 5);
        LeveledTables after = STORE.withRun(flushedMeanwhile).after(plan, List.of(second, first));
        assertThat(after.levels().subList(0, 4))
                .containsExactly(List.of(flushedMeanwhile), List.of(first, second), List.of(), List.of(DEEP));
    }

    @Test
    void doesNotAllowARunToPassAnOlderOne() {
        assertThat(STORE.allows(plan(0, List.of(NEW_RUN), 1, STORE.level(1)))).isFalse();
        assertThat(STORE.allows(plan(0, List.of(OLD_RUN), 1, List.of(LEFT)))).isTrue();
        assertThat(STORE.allows(plan(0, STORE.level(0), 1, STORE.level(1)))).isTrue();
    }

    @Test
    void doesNotAllowOutputAmongTablesThatItMayOverlap() {
        assertThat(STORE.allows(plan(0, STORE.level(0), 1, List.of(LEFT)))).isFalse();
        assertThat(STORE.allows(plan(1, List.of(LEFT), 3, List.of()))).isFalse();
        assertThat(STORE.allows(plan(1, List.of(LEFT), 3, List.of()).asTrivialMove()))
                .isFalse();
        assertThat(STORE.allows(plan(1, List.of(LEFT), 2, List.of()).asTrivialMove()))
                .isTrue();
        assertThat(STORE.allows(plan(1, List.of(LEFT), 3, List.of(DEEP)))).isTrue();
    }

    @Test
    void doesNotAllowATableToPassALevelThatItOverlaps() {
        assertThat(STORE.allows(plan(0, List.of(OLD_RUN), 2, List.of()))).isFalse();
        assertThat(STORE.allows(plan(0, List.of(OLD_RUN), 3, List.of(DEEP)))).isFalse();
    }

    @Test
    void doesNotAllowWhatIsNotThereAndNoWayUp() {
        assertThat(STORE.allows(plan(1, List.of(DEEP), 2, List.of()))).isFalse();
        assertThat(STORE.allows(plan(3, List.of(DEEP), 1, STORE.level(1)))).isFalse();
        assertThat(STORE.allows(plan(0, STORE.level(0), 0, List.of()))).isFalse();
        assertThatThrownBy(() -> STORE.after(plan(1, List.of(DEEP), 2, List.of()), List.of()))
                .isInstanceOf(InvariantViolation.class);
    }

    @Test
    void knowsWhichKeysOlderRunsMayHold() {
        ListRun keys = new ListRun();
        for (String key : List.of("a", "b", "e", "f", "k", "n", "o")) {
            keys.add(Bytes.utf8(key), ListRun.erased(3, 0));
        }
        LeveledTables store = LeveledTables.of(
                List.of(List.of(table(3, "k", "k", 1), table(2, "a", "a", 1)), List.of(LEFT, table(7, "f", "n", 1))));
        assertThat(answers(store.asOlderRuns(), keys)).containsExactly("a", "b", "f", "k", "n");
        MergePlan plan = MergePlan.of(store, 0, List.of(table(8, "a", "z", 1)), 1, List.of());
        assertThat(plan.isBottom()).isTrue();
        assertThat(answers(plan.olderRuns(), keys)).isEmpty();
    }

    private static List<String> answers(Retention.OlderRuns older, ListRun keys) {
        List<String> held = new java.util.ArrayList<>();
        ListRun.Cursor cursor = keys.cursor();
        for (boolean stands = cursor.first(); stands; stands = cursor.nextKey()) {
            if (older.mayHold(cursor)) {
                held.add(cursor.key().toUtf8());
            }
        }
        return held;
    }
}
