package io.hightower.kv.statemachine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All records of the system key space at one moment. A change makes another map that shares all but the path to the change,
 * so that keeping an older one costs nothing: views, flushes and the next edit each have their own moment.
 *
 * <p>An AVL tree (Adelson-Velsky and Landis, 1962) whose nodes are never changed: about 1.44 log2(n) nodes are made anew for
 * each change. The sum of the records' hashes is kept up with each change. <b>Immutable.</b>
 */
public final class SystemRecords {
    /** No records. */
    public static final SystemRecords EMPTY = new SystemRecords(null, 0, 0, 0);

    private final @Nullable Node root;
    private final int size;
    private final long revision;
    private final long hash;

    private SystemRecords(@Nullable Node root, int size, long revision, long hash) {
        this.root = root;
        this.size = size;
        this.revision = revision;
        this.hash = hash;
    }

    /**
     * What became of one key between two moments.
     *
     * @param before the record of the older moment; nothing if the key had none
     * @param after the record of the newer moment; nothing if the key has none any more
     */
    public record Change(Optional<SystemRecord> before, Optional<SystemRecord> after) {}

    /** A node of the tree. */
    static final class Node {
        final SystemRecord entry;
        final @Nullable Node less;
        final @Nullable Node more;
        final int height;
        final int records;

        Node(SystemRecord entry, @Nullable Node less, @Nullable Node more) {
            this.entry = entry;
            this.less = less;
            this.more = more;
            this.height = 1 + Math.max(height(less), height(more));
            this.records = 1 + records(less) + records(more);
        }
    }

    /** Returns the same records with the number of changes that led to them; for whoever reads them from a file. */
    public SystemRecords atRevision(long changes) {
        return new SystemRecords(root, size, changes, hash);
    }

    /** Returns how many changes there were so far. */
    public long revision() {
        return revision;
    }

    /** Returns the sum of the records' hashes, modulo 2^64. */
    public long hash() {
        return hash;
    }

    /** Returns how many records there are. */
    public int size() {
        return size;
    }

    /** Returns how many records a range holds. Costs two lookups, however many they are. */
    public int count(KeyRange range) {
        int untilEnd = range.until().map(this::before).orElse(size);
        return Math.max(0, untilEnd - before(range.from()));
    }

    /** Returns how many records have smaller keys. */
    private int before(Bytes key) {
        int smaller = 0;
        Node node = root;
        while (node != null) {
            if (node.entry.key().compareTo(key) < 0) {
                smaller += 1 + records(node.less);
                node = node.more;
            } else {
                node = node.less;
            }
        }
        return smaller;
    }

    /** Returns the record of a key, or nothing. */
    public Optional<SystemRecord> get(Bytes key) {
        Node node = root;
        while (node != null) {
            int order = key.compareTo(node.entry.key());
            if (order == 0) {
                return Optional.of(node.entry);
            }
            node = order < 0 ? node.less : node.more;
        }
        return Optional.empty();
    }

    /** Returns the records after one more change: a value is written. */
    public SystemRecords with(Bytes key, Bytes value) {
        if (SystemRecord.isAboutCluster(key)) {
            long writes = get(key).map(SystemRecord::modRevision).orElse(0L);
            return withRecord(new SystemRecord(key, value, writes + 1));
        }
        return withRecord(new SystemRecord(key, value, revision + 1)).atRevision(revision + 1);
    }

    /** Returns the records with this one as it is; for whoever reads them from a file. */
    public SystemRecords withRecord(SystemRecord added) {
        Optional<SystemRecord> replaced = get(added.key());
        long without = hash - replaced.map(SystemRecord::hash).orElse(0L);
        int others = replaced.isPresent() ? size - 1 : size;
        return new SystemRecords(put(root, added), others + 1, revision, without + added.hash());
    }

    /** Returns the records after one more change: a key is removed. The same ones if it is not there. */
    public SystemRecords without(Bytes key) {
        Optional<SystemRecord> removed = get(key);
        if (removed.isEmpty()) {
            return this;
        }
        long changes = SystemRecord.isAboutCluster(key) ? revision : revision + 1;
        return new SystemRecords(
                remove(root, key), size - 1, changes, hash - removed.get().hash());
    }

    /** Returns the records of a range in key order. */
    public Iterable<SystemRecord> scan(KeyRange range) {
        return () -> new Ascending(root, range);
    }

    /** Returns all records in key order. */
    public Iterable<SystemRecord> all() {
        return scan(KeyRange.all());
    }

    /**
     * Comes to every record of a range that another moment has otherwise, not at all, or in addition, in key order. Cheap if
     * one moment came out of the other by few changes: what they share is not looked into. A key that was changed and changed
     * back shows if its {@link SystemRecord#modRevision} differs.
     */
    public void forEachChange(SystemRecords older, KeyRange range, Consumer<Change> visitor) {
        difference(older, range).forEach(visitor);
    }

    SystemDifference difference(SystemRecords older, KeyRange range) {
        return new SystemDifference(older.root, root, range);
    }

    /** Returns how many nodes the longest path has. */
    int height() {
        return height(root);
    }

    private static int height(@Nullable Node node) {
        return node == null ? 0 : node.height;
    }

    private static int records(@Nullable Node node) {
        return node == null ? 0 : node.records;
    }

    private static Node put(@Nullable Node node, SystemRecord added) {
        if (node == null) {
            return new Node(added, null, null);
        }
        int order = added.key().compareTo(node.entry.key());
        if (order == 0) {
            return new Node(added, node.less, node.more);
        }
        return order < 0
                ? balanced(node.entry, put(node.less, added), node.more)
                : balanced(node.entry, node.less, put(node.more, added));
    }

    /** Removes a key that is there. */
    private static @Nullable Node remove(@Nullable Node node, Bytes key) {
        if (node == null) {
            throw new InvariantViolation("only a key that is there is removed");
        }
        int order = key.compareTo(node.entry.key());
        if (order < 0) {
            return balanced(node.entry, remove(node.less, key), node.more);
        }
        if (order > 0) {
            return balanced(node.entry, node.less, remove(node.more, key));
        }
        if (node.less == null) {
            return node.more;
        }
        if (node.more == null) {
            return node.less;
        }
        Node next = node.more;
        while (next.less != null) {
            next = next.less;
        }
        return balanced(next.entry, node.less, remove(node.more, next.entry.key()));
    }

    /** Makes a node of two trees whose heights differ by two at most. */
    private static Node balanced(SystemRecord entry, @Nullable Node less, @Nullable Node more) {
        if (less != null && less.height > height(more) + 1) {
            if (less.more != null && less.more.height > height(less.less)) {
                Node inner = less.more;
                return new Node(
                        inner.entry, new Node(less.entry, less.less, inner.less), new Node(entry, inner.more, more));
            }
            return new Node(less.entry, less.less, new Node(entry, less.more, more));
        }
        if (more != null && more.height > height(less) + 1) {
            if (more.less != null && more.less.height > height(more.more)) {
                Node inner = more.less;
                return new Node(
                        inner.entry, new Node(entry, less, inner.less), new Node(more.entry, inner.more, more.more));
            }
            return new Node(more.entry, new Node(entry, less, more.less), more.more);
        }
        return new Node(entry, less, more);
    }

    /** Walks over a range; the path to the next record lies on a stack. */
    private static final class Ascending implements Iterator<SystemRecord> {
        private final Deque<Node> path = new ArrayDeque<>();
        private final KeyRange range;

        Ascending(@Nullable Node root, KeyRange range) {
            this.range = range;
            Node node = root;
            while (node != null) {
                if (node.entry.key().compareTo(range.from()) < 0) {
                    node = node.more;
                } else {
                    path.push(node);
                    node = node.less;
                }
            }
        }

        @Override
        public boolean hasNext() {
            Node next = path.peek();
            return next != null && range.contains(next.entry.key());
        }

        @Override
        public SystemRecord next() {
            if (!hasNext()) {
                throw new NoSuchElementException("The range has no further record: range=" + range);
            }
            Node node = path.pop();
            for (Node child = node.more; child != null; child = child.less) {
                path.push(child);
            }
            return node.entry;
        }
    }
}
