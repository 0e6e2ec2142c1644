package io.hightower.kv.statemachine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The walk over what two moments of the system key space have different. Both trees are walked through in key order at once,
 * and a part that both have is passed over without being looked into: between the two moments only the paths to the changes
 * were made anew. So a difference of d records costs about d log2(n) nodes, whatever the trees hold.
 *
 * <p><b>Used by one thread at a time.</b>
 */
final class SystemDifference {
    private final KeyRange range;
    private final Side older;
    private final Side newer;
    private long visited;

    /** Begins with the roots of two trees; only keys of the range count. */
    SystemDifference(SystemRecords.@Nullable Node older, SystemRecords.@Nullable Node newer, KeyRange range) {
        this.range = range;
        this.older = new Side(older);
        this.newer = new Side(newer);
    }

    /** Returns how many nodes were looked into so far. */
    long visited() {
        return visited;
    }

    /** Comes to every difference, in key order. */
    void forEach(Consumer<SystemRecords.Change> visitor) {
        while (!older.isEmpty() || !newer.isEmpty()) {
            if (isSharedNext()) {
                older.pass();
                newer.pass();
            } else if (older.isWholeNext() || newer.isWholeNext()) {
                older.open();
                newer.open();
            } else {
                compareNext(visitor);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean isSharedNext() {
        return older.isWholeNext() && newer.isWholeNext() && older.next().tree == newer.next().tree;
    }

    /** Takes the smaller of the next two records, or both if their keys are equal. */
    private void compareNext(Consumer<SystemRecords.Change> visitor) {
        int order = order();
        Optional<SystemRecord> before = order <= 0 ? Optional.of(older.pass().record()) : Optional.empty();
        Optional<SystemRecord> after = order >= 0 ? Optional.of(newer.pass().record()) : Optional.empty();
        if (!before.equals(after)) {
            visitor.accept(new SystemRecords.Change(before, after));
        }
    }

    private int order() {
        if (older.isEmpty()) {
            return 1;
        }
        if (newer.isEmpty()) {
            return -1;
        }
        return older.next().record().key().compareTo(newer.next().record().key());
    }

    /**
     * A part of a tree that is still to come.
     *
     * @param tree where it begins
     * @param whole whether it is the tree with everything below, else it is the one record
     */
    private record Ahead(SystemRecords.Node tree, boolean whole) {
        SystemRecord record() {
            return tree.entry;
        }
    }

    /** What is still to come of one tree, the smallest keys on top. */
    private final class Side {
        private final Deque<Ahead> ahead = new ArrayDeque<>();

        Side(SystemRecords.@Nullable Node root) {
            pushWhole(root);
        }

        boolean isEmpty() {
            return ahead.isEmpty();
        }

        Ahead next() {
            return ahead.element();
        }

        Ahead pass() {
            return ahead.pop();
        }

        /** Tells whether the next part is a tree; else it is a single record, or nothing is left. */
        boolean isWholeNext() {
            Ahead next = ahead.peek();
            return next != null && next.whole();
        }

        /** Looks into the next part if it is a tree: leaves its smaller part, its record and its greater part instead. */
        void open() {
            if (!isWholeNext()) {
                return;
            }
            visited++;
            SystemRecords.Node node = ahead.pop().tree();
            boolean before = node.entry.key().compareTo(range.from()) < 0;
            boolean within = range.contains(node.entry.key());
            if (before || within) {
                pushWhole(node.more);
            }
            if (within) {
                ahead.push(new Ahead(node, false));
            }
            if (!before) {
                pushWhole(node.less);
            }
        }

        private void pushWhole(SystemRecords.@Nullable Node node) {
            if (node != null) {
                ahead.push(new Ahead(node, true));
            }
        }
    }
}
