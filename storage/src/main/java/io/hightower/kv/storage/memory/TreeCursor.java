package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.KeyRecord;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Moves over the records of a {@link RecordTree} in their order. <b>Used by one thread at a time.</b> */
final class TreeCursor<K extends Comparable<? super K>> {
    /** The branches from the root down, and which of their children is being read. */
    private final TreeNode.Branch<?>[] path;

    private final int[] places;
    private TreeNode.Leaf<?> leaf;

    /** The place in the leaf of the record that {@link #next} moves to. */
    private int next;

    private @Nullable KeyRecord current;

    TreeCursor(TreeNode<K> root, @Nullable K from, Function<KeyRecord, K> order) {
        int depth = depth(root);
        path = new TreeNode.Branch<?>[depth];
        places = new int[depth];
        TreeNode<K> node = root;
        for (int level = 0; node instanceof TreeNode.Branch<K> branch; level++) {
            path[level] = branch;
            places[level] = from == null ? 0 : branch.childFor(from);
            node = branch.child(places[level]);
        }
        TreeNode.Leaf<K> start = (TreeNode.Leaf<K>) node;
        int found = from == null ? 0 : start.search(order, from);
        leaf = start;
        next = found >= 0 ? found : -1 - found;
    }

    private static int depth(TreeNode<?> root) {
        int depth = 0;
        TreeNode<?> node = root;
        while (node instanceof TreeNode.Branch<?> branch) {
            depth++;
            node = branch.child(0);
        }
        return depth;
    }

    /** Moves to the next record; false when there is none. */
    boolean next() {
        if (next == leaf.width() && !nextLeaf()) {
            current = null;
            return false;
        }
        current = leaf.record(next++);
        return true;
    }

    /**
     * Returns the record that the cursor stands on.
     *
     * @throws IllegalStateException unless {@link #next} returned true
     */
    KeyRecord current() {
        KeyRecord record = current;
        if (record == null) {
            throw new IllegalStateException("The cursor does not stand on a record");
        }
        return record;
    }

    /** Only the leaf of an empty tree is empty, so the next leaf has a record. */
    private boolean nextLeaf() {
        int level = path.length - 1;
        while (level >= 0 && places[level] == path[level].width() - 1) {
            level--;
        }
        if (level < 0) {
            return false;
        }
        TreeNode<?> node = path[level].child(++places[level]);
        while (node instanceof TreeNode.Branch<?> branch) {
            level++;
            path[level] = branch;
            places[level] = 0;
            node = branch.child(0);
        }
        leaf = (TreeNode.Leaf<?>) node;
        next = 0;
        return true;
    }
}
