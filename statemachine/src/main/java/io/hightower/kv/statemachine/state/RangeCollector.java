package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Result;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Filters, sorts and cuts off what is read of a range. It holds as many keys as the limit allows and one more, whatever the
 * range holds; without a limit, all that pass. <b>Used by one thread at a time.</b>
 */
final class RangeCollector {
    private final RangeRequest request;
    private final boolean sortedByKey;

    /** Whether the first keys are taken, and then sorted, rather than the first of the sorted ones. */
    private final boolean takenByKey;

    private final Comparator<KeyValue> order;
    private final Collection<KeyValue> kept;

    /** How many passed the filter. */
    private long passed;

    RangeCollector(RangeRequest request) {
        this.request = request;
        this.sortedByKey = request.sort().target() == RangeRequest.SortTarget.KEY;
        this.order = request.sort().comparator();
        this.takenByKey = request.sort().direction() == RangeRequest.Direction.NONE
                && request.filter().isEmpty();
        boolean bounded = !sortedByKey && !takenByKey && request.limit() != RangeRequest.NO_LIMIT;
        // The last in the order is the first to go.
        this.kept = bounded ? new PriorityQueue<>(order.reversed()) : new ArrayList<>();
    }

    /** Tells whether keys must be offered from the last to the first. */
    boolean isDescending() {
        return sortedByKey && request.sort().isDescending();
    }

    /**
     * Takes the next key.
     *
     * @return whether further keys can still change the answer, but for its count
     */
    boolean offer(KeyValue next) {
        if (request.content() == RangeRequest.Content.COUNT) {
            return false;
        }
        if (!request.filter().passes(next)) {
            return true;
        }
        passed++;
        if (request.limit() == RangeRequest.NO_LIMIT) {
            kept.add(next);
            return true;
        }
        if (takenByKey) {
            // As etcd: one more than the limit, which takes part in the sorting.
            kept.add(next);
            return passed <= request.limit();
        }
        if (sortedByKey) {
            if (passed <= request.limit()) {
                kept.add(next);
            }
            return passed <= request.limit();
        }
        kept.add(next);
        if (kept instanceof PriorityQueue<KeyValue> heap && heap.size() > request.limit()) {
            heap.remove();
        }
        return true;
    }

    /** Returns the answer. */
    Result.RangeResult result(long revision, long count) {
        List<KeyValue> sorted = new ArrayList<>(kept);
        if (!sortedByKey) {
            sorted.sort(order);
        }
        boolean more = request.limit() != RangeRequest.NO_LIMIT && passed > request.limit();
        if (more && takenByKey) {
            sorted.remove(sorted.size() - 1);
        }
        if (request.content() == RangeRequest.Content.KEYS) {
            sorted.replaceAll(RangeCollector::withoutValue);
        }
        return new Result.RangeResult(revision, sorted, more, count);
    }

    private static KeyValue withoutValue(KeyValue found) {
        return new KeyValue(
                found.key(),
                Bytes.EMPTY,
                found.createRevision(),
                found.modRevision(),
                found.version(),
                found.writeVersion(),
                found.lease());
    }
}
