package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRecord;
import java.util.Arrays;
import java.util.function.Function;

/**
 * A node of a {@link RecordTree}: a leaf with records, or a branch with nodes under it. All leaves are equally deep.
 *
 * <p>Changing a node gives a new one, which may be one record or child too wide or too narrow. Its parent puts that right, by
 * splitting it or by joining it with a neighbour. <b>Immutable.</b>
 */
abstract sealed class TreeNode<K extends Comparable<? super K>> {
    /**
     * The most records of a leaf, or children of a branch. Of 16, 24, 32 and 48, the fastest when a million records of 16 + 100
     * bytes are added in random order: wider nodes copy more per change, narrower ones make the tree deeper.
     */
    static final int WIDTH_MAX = 32;

    /** The least width of every node but the root. A narrower one is joined with a neighbour. */
    static final int WIDTH_MIN = WIDTH_MAX / 2;

    abstract int width();

    abstract TreeNode<K> with(Function<KeyRecord, K> order, K key, KeyRecord added);

    /** The key must be under the node. */
    abstract TreeNode<K> without(Function<KeyRecord, K> order, K key);

    abstract TreeNode<K> lowerHalf();

    abstract TreeNode<K> upperHalf();

    /** Returns a key that is greater than all in the lower half and at most the first of the upper half. */
    abstract K splitKey(Function<KeyRecord, K> order);

    /** Returns this node and its right neighbour as one, which may be too wide. */
    abstract TreeNode<K> join(K separator, TreeNode<K> right);

    final boolean isOverfull() {
        return width() > WIDTH_MAX;
    }

    static final class Leaf<K extends Comparable<? super K>> extends TreeNode<K> {
        private final KeyRecord[] records;

        Leaf(KeyRecord[] records) {
            this.records = records;
        }

        KeyRecord record(int place) {
            return records[place];
        }

        /** Returns the place of {@code key}; if it is not there, {@code -1 - place} where it would have to be. */
        int search(Function<KeyRecord, K> order, K key) {
            int low = 0;
            int high = records.length - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int compared = key.compareTo(order.apply(records[middle]));
                if (compared == 0) {
                    return middle;
                }
                if (compared < 0) {
                    high = middle - 1;
                } else {
                    low = middle + 1;
                }
            }
            return -1 - low;
        }

        @Override
        int width() {
            return records.length;
        }

        @Override
        TreeNode<K> with(Function<KeyRecord, K> order, K key, KeyRecord added) {
            int place = search(order, key);
            if (place >= 0) {
                KeyRecord[] changed = records.clone();
                changed[place] = added;
                return new Leaf<>(changed);
            }
            int gap = -1 - place;
            KeyRecord[] changed = new KeyRecord[records.length + 1];
            System.arraycopy(records, 0, changed, 0, gap);
            changed[gap] = added;
            System.arraycopy(records, gap, changed, gap + 1, records.length - gap);
            return new Leaf<>(changed);
        }

        @Override
        TreeNode<K> without(Function<KeyRecord, K> order, K key) {
            int place = search(order, key);
            InvariantViolation.check(place >= 0, "only a record that is in the tree is taken out");
            KeyRecord[] changed = new KeyRecord[records.length - 1];
            System.arraycopy(records, 0, changed, 0, place);
            System.arraycopy(records, place + 1, changed, place, changed.length - place);
            return new Leaf<>(changed);
        }

        @Override
        TreeNode<K> lowerHalf() {
            return new Leaf<>(Arrays.copyOf(records, records.length / 2));
        }

        @Override
        TreeNode<K> upperHalf() {
            return new Leaf<>(Arrays.copyOfRange(records, records.length / 2, records.length));
        }

        @Override
        K splitKey(Function<KeyRecord, K> order) {
            return order.apply(records[records.length / 2]);
        }

        @Override
        TreeNode<K> join(K separator, TreeNode<K> right) {
            KeyRecord[] others = ((Leaf<K>) right).records;
            KeyRecord[] joined = Arrays.copyOf(records, records.length + others.length);
            System.arraycopy(others, 0, joined, records.length, others.length);
            return new Leaf<>(joined);
        }
    }

    /** Between child i and child i + 1 stands separator i: greater than every key before it, at most every key behind it. */
    static final class Branch<K extends Comparable<? super K>> extends TreeNode<K> {
        private final Comparable<? super K>[] separators;
        private final TreeNode<K>[] children;

        private Branch(Comparable<? super K>[] separators, TreeNode<K>[] children) {
            this.separators = separators;
            this.children = children;
        }

        /** Returns a branch over two nodes. */
        static <K extends Comparable<? super K>> Branch<K> of(TreeNode<K> left, K separator, TreeNode<K> right) {
            Comparable<? super K>[] separators = separators(1);
            TreeNode<K>[] children = nodes(2);
            separators[0] = separator;
            children[0] = left;
            children[1] = right;
            return new Branch<>(separators, children);
        }

        TreeNode<K> child(int place) {
            return children[place];
        }

        /** Returns the place of the child under which {@code key} is, if it is anywhere. */
        int childFor(K key) {
            int low = 0;
            int high = separators.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (separators[middle].compareTo(key) <= 0) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        @Override
        int width() {
            return children.length;
        }

        @Override
        TreeNode<K> with(Function<KeyRecord, K> order, K key, KeyRecord added) {
            int place = childFor(key);
            TreeNode<K> changed = children[place].with(order, key, added);
            return changed.isOverfull() ? withSplit(order, place, changed) : withChild(place, changed);
        }

        @Override
        TreeNode<K> without(Function<KeyRecord, K> order, K key) {
            int place = childFor(key);
            Branch<K> changed = withChild(place, children[place].without(order, key));
            if (changed.children[place].width() >= WIDTH_MIN) {
                return changed;
            }
            return changed.withJoined(order, place == 0 ? 0 : place - 1);
        }

        private Branch<K> withChild(int place, TreeNode<K> child) {
            TreeNode<K>[] changed = children.clone();
            changed[place] = child;
            return new Branch<>(separators, changed);
        }

        /** Puts the halves of {@code wide} in the place of a child. */
        private Branch<K> withSplit(Function<KeyRecord, K> order, int place, TreeNode<K> wide) {
            Comparable<? super K>[] newSeparators = separators(separators.length + 1);
            System.arraycopy(separators, 0, newSeparators, 0, place);
            newSeparators[place] = wide.splitKey(order);
            System.arraycopy(separators, place, newSeparators, place + 1, separators.length - place);

            TreeNode<K>[] newChildren = nodes(children.length + 1);
            System.arraycopy(children, 0, newChildren, 0, place);
            newChildren[place] = wide.lowerHalf();
            newChildren[place + 1] = wide.upperHalf();
            System.arraycopy(children, place + 1, newChildren, place + 2, children.length - place - 1);
            return new Branch<>(newSeparators, newChildren);
        }

        /** Joins the children at {@code place} and behind it, and splits them anew if they do not fit into one node. */
        private Branch<K> withJoined(Function<KeyRecord, K> order, int place) {
            TreeNode<K> joined = children[place].join(separator(place), children[place + 1]);
            Comparable<? super K>[] newSeparators = separators(separators.length - 1);
            System.arraycopy(separators, 0, newSeparators, 0, place);
            System.arraycopy(separators, place + 1, newSeparators, place, newSeparators.length - place);

            TreeNode<K>[] newChildren = nodes(children.length - 1);
            System.arraycopy(children, 0, newChildren, 0, place);
            newChildren[place] = joined;
            System.arraycopy(children, place + 2, newChildren, place + 1, newChildren.length - place - 1);
            Branch<K> narrower = new Branch<>(newSeparators, newChildren);
            return joined.isOverfull() ? narrower.withSplit(order, place, joined) : narrower;
        }

        @Override
        TreeNode<K> lowerHalf() {
            int half = children.length / 2;
            return new Branch<>(Arrays.copyOf(separators, half - 1), Arrays.copyOf(children, half));
        }

        @Override
        TreeNode<K> upperHalf() {
            int half = children.length / 2;
            return new Branch<>(
                    Arrays.copyOfRange(separators, half, separators.length),
                    Arrays.copyOfRange(children, half, children.length));
        }

        @Override
        K splitKey(Function<KeyRecord, K> order) {
            return separator(children.length / 2 - 1);
        }

        @Override
        TreeNode<K> join(K separator, TreeNode<K> right) {
            Branch<K> other = (Branch<K>) right;
            Comparable<? super K>[] newSeparators = separators(separators.length + 1 + other.separators.length);
            System.arraycopy(separators, 0, newSeparators, 0, separators.length);
            newSeparators[separators.length] = separator;
            System.arraycopy(other.separators, 0, newSeparators, separators.length + 1, other.separators.length);

            TreeNode<K>[] newChildren = Arrays.copyOf(children, children.length + other.children.length);
            System.arraycopy(other.children, 0, newChildren, children.length, other.children.length);
            return new Branch<>(newSeparators, newChildren);
        }

        /** Only keys are ever put among the separators. */
        @SuppressWarnings("unchecked")
        private K separator(int place) {
            return (K) separators[place];
        }

        @SuppressWarnings("unchecked")
        private static <K> Comparable<? super K>[] separators(int count) {
            return (Comparable<? super K>[]) new Comparable<?>[count];
        }

        @SuppressWarnings("unchecked")
        private static <K extends Comparable<? super K>> TreeNode<K>[] nodes(int count) {
            return (TreeNode<K>[]) new TreeNode<?>[count];
        }
    }
}
