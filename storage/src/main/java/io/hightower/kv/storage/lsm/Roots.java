package io.hightower.kv.storage.lsm;

import java.util.function.UnaryOperator;

/**
 * The present root, and its replacement by the next one. <b>Thread-safe</b>: readers take no lock; replacing waits for
 * others that replace, never for the disk.
 */
final class Roots {
    private volatile Root current;
    private boolean closed;

    /** Takes over the count of the root's file set. */
    Roots(Root first) {
        this.current = first;
    }

    /** Returns the present root. Its files may be closed at any time: for what needs no files, or under {@link #pin}. */
    Root current() {
        return current;
    }

    /** Returns the present root with its files retained. The caller releases them. */
    Root pin() {
        while (true) {
            Root root = current;
            if (root.files().tryRetain()) {
                return root;
            }
            // Another root took its place between the two lines; it can only fail for ever once the store is closed.
            requireOpen();
            Thread.onSpinWait();
        }
    }

    /** Puts the next root in the place of the present one. Retains or releases nothing. */
    synchronized Root replace(UnaryOperator<Root> change) {
        requireOpen();
        Root next = change.apply(current);
        current = next;
        return next;
    }

    private synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The store is closed");
        }
    }

    /** Ends all replacing and lets go of the files. */
    synchronized void close() {
        if (!closed) {
            closed = true;
            current.files().release();
        }
    }

    synchronized boolean isClosed() {
        return closed;
    }
}
