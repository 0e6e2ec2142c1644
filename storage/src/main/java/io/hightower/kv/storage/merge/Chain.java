package io.hightower.kv.storage.merge;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.run.VersionCursor;
import java.util.List;
import java.util.function.Supplier;

/** Runs whose keys lie behind one another: the tables of a level. Made once, read by many cursors. <b>Immutable.</b> */
public final class Chain {
    private final List<Link> links;
    /** {@link Bytes#prefix64} of the last keys, which decides most comparisons. */
    private final long[] lastPrefixes;

    /**
     * A run of the chain. Not empty.
     *
     * @param firstKey its first key, greater than the last one of the link before
     * @param lastKey its last key
     * @param opener opens a cursor over it, which the chain's cursor closes
     */
    public record Link(Bytes firstKey, Bytes lastKey, Supplier<? extends VersionCursor> opener) {}

    /** Makes a chain of runs, in ascending order of their keys. */
    public Chain(List<Link> links) {
        this.links = List.copyOf(links);
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get(i);
            boolean ordered = link.firstKey().compareTo(link.lastKey()) <= 0;
            boolean behind = i == 0 || links.get(i - 1).lastKey().compareTo(link.firstKey()) < 0;
            InvariantViolation.check(ordered && behind, "the keys of chained runs lie behind one another");
        }
        this.lastPrefixes =
                links.stream().mapToLong(link -> link.lastKey().prefix64()).toArray();
    }

    int size() {
        return links.size();
    }

    Link link(int place) {
        return links.get(place);
    }

    /** Returns the place of the first run that ends at or behind {@code key}; the number of runs if there is none. */
    public int placeOf(Bytes key) {
        long prefix = key.prefix64();
        int low = 0;
        int high = lastPrefixes.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int comparison = Long.compareUnsigned(lastPrefixes[middle], prefix);
            if (comparison == 0) {
                comparison = links.get(middle).lastKey().compareTo(key);
            }
            if (comparison < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Opens a cursor over all runs as one. The caller closes it. */
    public VersionCursor cursor() {
        return new ChainedCursor(this);
    }
}
