package io.hightower.kv.cluster.check;

import io.hightower.kv.cluster.check.history.Op;
import java.util.Comparator;
import java.util.List;

/**
 * Whether something that a run was made for did happen. Without it, a run in which all went well proves nothing.
 *
 * @param of what should have happened
 * @param happened whether it did
 * @param facts what shows it
 */
public record Evidence(String of, boolean happened, String facts) {
    /** Returns whether operations of different clients were under way at the same time. */
    public static Evidence ofConcurrency(List<Op> history) {
        List<Op> byCall = history.stream()
                .filter(Op::isOk)
                .sorted(Comparator.comparingLong(Op::callNanos))
                .toList();
        long overlapping = 0;
        for (int i = 1; i < byCall.size(); i++) {
            Op before = byCall.get(i - 1);
            overlapping += before.client() != byCall.get(i).client() && before.overlaps(byCall.get(i)) ? 1 : 0;
        }
        return new Evidence("operations that overlap", overlapping > 0, "overlapping=" + overlapping);
    }

    /** Writes it for people. */
    @Override
    public String toString() {
        return of + ": " + (happened ? "yes" : "no") + " (" + facts + ")";
    }
}
