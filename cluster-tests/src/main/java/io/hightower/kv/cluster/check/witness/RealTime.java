package io.hightower.kv.cluster.check.witness;

import io.hightower.kv.cluster.check.history.Op;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Holds the order that revisions claim against the times of the operations. */
final class RealTime {
    /** The earliest return of the answered operations from each on, in the order that the revisions claim. */
    private final long[] earliestReturn;

    private final List<Op> answered;

    RealTime(List<Op> answered) {
        this.answered = answered;
        this.earliestReturn = new long[answered.size() + 1];
        earliestReturn[answered.size()] = Op.NEVER;
        for (int i = answered.size() - 1; i >= 0; i--) {
            earliestReturn[i] = Math.min(earliestReturn[i + 1], answered.get(i).returnNanos());
        }
    }

    /**
     * Returns two operations of which the second was called after the first had returned, and yet comes before it in the claimed
     * order.
     */
    Optional<List<Op>> violation() {
        Op[] byReturn = answered.toArray(Op[]::new);
        Arrays.sort(byReturn, Comparator.comparingLong(Op::returnNanos));
        Op[] byCall = answered.toArray(Op[]::new);
        Arrays.sort(byCall, Comparator.comparingLong(Op::callNanos));
        int returned = 0;
        int furthest = 0;
        for (Op op : byCall) {
            for (; returned < byReturn.length && byReturn[returned].returnNanos() < op.callNanos(); returned++) {
                if (Claims.place(byReturn[returned]) > Claims.place(byReturn[furthest])) {
                    furthest = returned;
                }
            }
            if (returned > 0 && Claims.place(byReturn[furthest]) > Claims.place(op)) {
                return Optional.of(List.of(byReturn[furthest], op));
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the latest call that an operation of unknown outcome can have to stand before the answered operation of this
     * number.
     */
    long calledUntil(int number) {
        return earliestReturn[number];
    }
}
