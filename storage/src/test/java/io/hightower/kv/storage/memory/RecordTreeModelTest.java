package io.hightower.kv.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Random changes to a {@link RecordTree}, compared with a {@link TreeMap}; every former tree must stay as it was. */
class RecordTreeModelTest {
    private record Step(boolean add, int number) {}

    private record Moment(RecordTree<Bytes> tree, List<KeyRecord> expected) {}

    @Test
    void agreesWithATreeMapAndKeepsFormerTrees(TestInfo test) {
        SeededRuns.of(test).count(30).check(RecordTreeModelTest::growAndShrink, this::compare);
    }

    /** Phases of mostly adding and mostly taking out make the tree several levels deep and empty it again. */
    private static List<Step> growAndShrink(RandomGenerator random) {
        List<Step> steps = new ArrayList<>();
        int numbers = random.nextInt(1, 3000);
        for (int phase = 0; phase < 4; phase++) {
            int addPercent = phase % 2 == 0 ? 95 : 5;
            boolean ascending = random.nextInt(4) == 0;
            int count = random.nextInt(1, 2500);
            for (int i = 0; i < count; i++) {
                int number = ascending ? i % numbers : random.nextInt(numbers);
                steps.add(new Step(random.nextInt(100) < addPercent, number));
            }
        }
        return steps;
    }

    private void compare(List<Step> steps) {
        RecordTree<Bytes> tree = RecordTree.byKey();
        NavigableMap<Bytes, KeyRecord> model = new TreeMap<>();
        List<Moment> history = new ArrayList<>();
        int place = 0;
        for (Step step : steps) {
            place++;
            KeyRecord record = record(step.number(), place);
            assertThat(tree.find(record.key()).orElse(null)).isEqualTo(model.get(record.key()));
            if (step.add()) {
                tree = tree.with(record);
                model.put(record.key(), record);
            } else if (model.remove(record.key()) != null) {
                tree = tree.without(record.key());
            }
            if (place % 500 == 0) {
                compareRanges(tree, model, place);
                history.add(new Moment(tree, List.copyOf(model.values())));
            }
        }
        assertThat(all(tree.cursor())).isEqualTo(List.copyOf(model.values()));
        for (Moment moment : history) {
            assertThat(all(moment.tree().cursor())).isEqualTo(moment.expected());
        }
    }

    private static void compareRanges(RecordTree<Bytes> tree, NavigableMap<Bytes, KeyRecord> model, int place) {
        for (int number = 0; number < 3000; number += 397) {
            Bytes from = record(number + place % 3, 0).key();
            List<KeyRecord> expected =
                    model.tailMap(from, true).values().stream().limit(50).toList();
            assertThat(first(tree.cursor(from), 50)).isEqualTo(expected);
        }
    }

    /** The model test would also pass with a tree that degenerated into a list. */
    @Test
    void staysWideAndEquallyDeep() {
        RecordTree<Bytes> tree = RecordTree.byKey();
        for (int i = 0; i < 20_000; i++) {
            tree = tree.with(record(i * 7919 % 20_000, 0));
        }
        assertThat(depth(tree.root(), true)).isBetween(3, 4);
        for (int i = 0; i < 19_900; i++) {
            tree = tree.without(record(i * 31 % 20_000, 0).key());
        }
        assertThat(depth(tree.root(), true)).isBetween(1, 2);
        assertThat(all(tree.cursor())).hasSize(100);
    }

    @Test
    void ordersByRevisionToo() {
        RecordTree<Revision> tree = RecordTree.byRevision();
        for (int i = 1000; i > 0; i--) {
            tree = tree.with(KeyRecord.tombstone(record(i % 13, 0).key(), new Revision(i / 3, i % 3), 1));
        }
        assertThat(all(tree.cursor()))
                .hasSize(1000)
                .extracting(KeyRecord::modified)
                .isSorted();
        assertThat(tree.find(new Revision(5, 1))).isPresent();
        assertThat(tree.without(new Revision(5, 1)).find(new Revision(5, 1))).isEmpty();
    }

    /** Checks every node's width and that all leaves are equally deep. */
    private static int depth(TreeNode<?> node, boolean isRoot) {
        assertThat(node.width()).isBetween(isRoot ? 2 : TreeNode.WIDTH_MIN, TreeNode.WIDTH_MAX);
        if (!(node instanceof TreeNode.Branch<?> branch)) {
            return 1;
        }
        int depth = depth(branch.child(0), false);
        for (int i = 1; i < branch.width(); i++) {
            assertThat(depth(branch.child(i), false)).isEqualTo(depth);
        }
        return depth + 1;
    }

    private static KeyRecord record(int number, int place) {
        Bytes key = Bytes.utf8(Integer.toString(number, 7));
        return new KeyRecord(key, true, Bytes.EMPTY, 2, new Revision(2 + place, 0), 1, 1);
    }

    private static <K extends Comparable<? super K>> List<KeyRecord> all(TreeCursor<K> cursor) {
        return first(cursor, Integer.MAX_VALUE);
    }

    private static <K extends Comparable<? super K>> List<KeyRecord> first(TreeCursor<K> cursor, int limit) {
        List<KeyRecord> found = new ArrayList<>();
        while (found.size() < limit && cursor.next()) {
            found.add(cursor.current());
        }
        return found;
    }
}
