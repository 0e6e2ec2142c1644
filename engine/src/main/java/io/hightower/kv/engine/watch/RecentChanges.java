package io.hightower.kv.engine.watch;

import io.hightower.kv.statemachine.spi.ChangeFeed.Change;
import java.util.ArrayList;
import java.util.List;

/**
 * The changes of the last revisions, without a gap, as many as a budget allows; the oldest are let go first. <b>Thread-safe.</b>
 * Adding takes the time of an append, whoever reads.
 */
final class RecentChanges {
    private static final int CAPACITY_AT_FIRST = 64;

    private final long bytesMax;

    /** A ring: revision {@code r} is at {@code r} modulo its length, which is a power of two. Guarded by this. */
    private RevisionChanges[] ring = new RevisionChanges[CAPACITY_AT_FIRST];

    /** The oldest revision held. Guarded by this. */
    private long first;

    /** How many are held. Guarded by this. */
    private int size;

    /** Guarded by this. */
    private long bytes;

    /** Keeps about {@code bytesMax} bytes at most; always the last revision. */
    RecentChanges(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Adds the changes of an entry, which may be those of several revisions. */
    synchronized void add(List<Change> changes) {
        int begin = 0;
        for (int end = 1; end <= changes.size(); end++) {
            if (end == changes.size() || main(changes, end) != main(changes, begin)) {
                boolean alone = begin == 0 && end == changes.size();
                add(RevisionChanges.applied(alone ? changes : List.copyOf(changes.subList(begin, end))));
                begin = end;
            }
        }
    }

    private static long main(List<Change> changes, int index) {
        return changes.get(index).written().modified().main();
    }

    private void add(RevisionChanges added) {
        if (size > 0 && added.revision() != first + size) {
            // Nobody listened for a while.
            clear();
        }
        if (size == 0) {
            first = added.revision();
        }
        if (size == ring.length) {
            grow();
        }
        ring[place(added.revision())] = added;
        size++;
        bytes += added.bytes();
        while (bytes > bytesMax && size > 1) {
            dropFirst();
        }
    }

    private int place(long revision) {
        return (int) (revision & (ring.length - 1));
    }

    private void grow() {
        RevisionChanges[] old = ring;
        RevisionChanges[] grown = new RevisionChanges[2 * old.length];
        for (long revision = first; revision < first + size; revision++) {
            grown[(int) (revision & (grown.length - 1))] = old[(int) (revision & (old.length - 1))];
        }
        ring = grown;
    }

    @SuppressWarnings("NullAway") // A place that holds nothing is null, and never read.
    private void dropFirst() {
        int place = place(first);
        RevisionChanges dropped = ring[place];
        ring[place] = null;
        bytes -= dropped.bytes();
        dropped.letGo();
        first++;
        size--;
    }

    /** Lets go of everything. */
    synchronized void clear() {
        while (size > 0) {
            dropFirst();
        }
    }

    /** Returns the revisions from {@code revision} on that are held, in order, at most {@code countMax}. */
    synchronized List<RevisionChanges> from(long revision, int countMax) {
        List<RevisionChanges> found = new ArrayList<>();
        long end = first + size;
        for (long next = Math.max(revision, first); next < end && found.size() < countMax; next++) {
            found.add(ring[place(next)]);
        }
        return found;
    }

    /** Returns the last revision held; 0 if there is none. */
    synchronized long last() {
        return size == 0 ? 0 : first + size - 1;
    }
}
