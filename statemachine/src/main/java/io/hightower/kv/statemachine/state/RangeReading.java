package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.spi.ReadView;
import java.util.Optional;

/** Reads what a {@link RangeRequest} asks for from a view. Thread-safe: there is no state. */
public final class RangeReading {
    private RangeReading() {}

    /**
     * Reads a range. Sorted by key, it reads as far as the limit goes and counts the rest; in another order it passes over the
     * whole range and holds as many keys as the limit allows.
     *
     * @throws io.hightower.kv.statemachine.RevisionUnavailableException if the view does not have the revision
     */
    public static Result.RangeResult read(ReadView view, RangeRequest request) {
        ReadView moment = request.revision() == RangeRequest.NEWEST ? view : view.at(request.revision());
        RangeCollector collector = new RangeCollector(request);
        return collector.result(view.revision(), collect(moment, request, collector));
    }

    /** Offers what is there, and returns how many keys the range holds. */
    private static long collect(ReadView moment, RangeRequest request, RangeCollector collector) {
        KeyRange range = request.range();
        if (range.isSingle()) {
            Optional<KeyValue> found = moment.get(range.from());
            if (found.isPresent()) {
                collector.offer(found.get());
            }
            return found.isPresent() ? 1 : 0;
        }
        if (request.content() == RangeRequest.Content.COUNT) {
            return moment.count(range);
        }
        boolean descending = collector.isDescending();
        long seen = 0;
        try (ReadView.KeyCursor cursor =
                moment.cursor(range, descending ? ReadView.Order.DESCENDING : ReadView.Order.ASCENDING)) {
            while (cursor.next()) {
                KeyValue next = cursor.current();
                seen++;
                if (!collector.offer(next)) {
                    return seen + moment.count(rest(range, next.key(), descending));
                }
            }
        }
        return seen;
    }

    private static KeyRange rest(KeyRange range, Bytes last, boolean descending) {
        return descending ? KeyRange.of(range.from(), last) : range.resumingAt(last.successor());
    }
}
