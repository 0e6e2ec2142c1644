package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import java.util.Optional;
import java.util.function.Function;

/**
 * An immutable set of records, ordered by something that tells them apart. A change gives a new tree that shares all but the
 * changed path with the old one.
 *
 * <p>It is a B+ tree: finding, adding and taking out cost O(log n); reading a range costs O(log n) and then O(1) per record.
 * <b>Immutable.</b>
 *
 * @param <K> what the records are ordered by
 */
final class RecordTree<K extends Comparable<? super K>> {
    private static final RecordTree<Bytes> EMPTY_BY_KEY =
            new RecordTree<>(KeyRecord::key, new TreeNode.Leaf<>(new KeyRecord[0]));
    private static final RecordTree<Revision> EMPTY_BY_REVISION =
            new RecordTree<>(KeyRecord::modified, new TreeNode.Leaf<>(new KeyRecord[0]));

    private final Function<KeyRecord, K> order;
    private final TreeNode<K> root;

    private RecordTree(Function<KeyRecord, K> order, TreeNode<K> root) {
        this.order = order;
        this.root = root;
    }

    /** Returns the empty tree ordered by key. */
    static RecordTree<Bytes> byKey() {
        return EMPTY_BY_KEY;
    }

    /** Returns the empty tree ordered by the revision at which the records were written. */
    static RecordTree<Revision> byRevision() {
        return EMPTY_BY_REVISION;
    }

    TreeNode<K> root() {
        return root;
    }

    /** Returns the record at {@code key}, or nothing. */
    Optional<KeyRecord> find(K key) {
        TreeNode<K> node = root;
        while (node instanceof TreeNode.Branch<K> branch) {
            node = branch.child(branch.childFor(key));
        }
        TreeNode.Leaf<K> leaf = (TreeNode.Leaf<K>) node;
        int place = leaf.search(order, key);
        return place >= 0 ? Optional.of(leaf.record(place)) : Optional.empty();
    }

    /** Returns the tree with {@code added} in it, in the place of the record at the same key if there is one. */
    RecordTree<K> with(KeyRecord added) {
        TreeNode<K> changed = root.with(order, order.apply(added), added);
        if (changed.isOverfull()) {
            changed = TreeNode.Branch.of(changed.lowerHalf(), changed.splitKey(order), changed.upperHalf());
        }
        return new RecordTree<>(order, changed);
    }

    /** Returns the tree without the record at {@code key}, which must be in it. */
    RecordTree<K> without(K key) {
        TreeNode<K> changed = root.without(order, key);
        if (changed instanceof TreeNode.Branch<K> branch && branch.width() == 1) {
            changed = branch.child(0);
        }
        return new RecordTree<>(order, changed);
    }

    /** Returns a cursor before the first record. */
    TreeCursor<K> cursor() {
        return new TreeCursor<>(root, null, order);
    }

    /** Returns a cursor before the first record whose key is {@code from} or greater. */
    TreeCursor<K> cursor(K from) {
        return new TreeCursor<>(root, from, order);
    }
}
