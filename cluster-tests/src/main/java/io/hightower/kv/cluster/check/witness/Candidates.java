package io.hightower.kv.cluster.check.witness;

import io.hightower.kv.cluster.check.history.Invocation;
import io.hightower.kv.cluster.check.history.Op;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes of unknown outcome that may have made revisions which nobody claims, by what they do. Values that nobody ever saw are
 * all the same here: no answer tells them apart. <b>Used by one thread at a time.</b>
 */
final class Candidates {
    private static final String UNSEEN = "(a value that nobody saw)";

    private final Claims claims;
    private final Map<Invocation, Deque<Op>> byEffect = new LinkedHashMap<>();
    private int size;

    Candidates(Claims claims) {
        this.claims = claims;
    }

    /** Returns how many were added and not removed, those that are forgotten included. */
    int size() {
        return size;
    }

    void add(Op op) {
        byEffect.computeIfAbsent(effect(op), none -> new ArrayDeque<>()).add(op);
        size++;
    }

    boolean contains(Op op) {
        return byEffect.getOrDefault(effect(op), new ArrayDeque<>()).contains(op);
    }

    void remove(Op op) {
        Deque<Op> alike = byEffect.get(effect(op));
        if (alike != null && alike.remove(op)) {
            size--;
            if (alike.isEmpty()) {
                byEffect.remove(effect(op));
            }
        }
    }

    private Invocation effect(Op op) {
        Invocation asked = op.asked();
        return !asked.writesValue() || claims.isSeen(asked.key(), asked.value())
                ? asked
                : new Invocation(asked.kind(), asked.key(), UNSEEN, asked.expectRevision(), asked.end());
    }

    /** Returns what candidates do that can have changed something now, and forgets those that never can any more. */
    List<Invocation> possible(Keys keys) {
        List<Invocation> possible = new ArrayList<>();
        for (Iterator<Map.Entry<Invocation, Deque<Op>>> all =
                        byEffect.entrySet().iterator();
                all.hasNext(); ) {
            Map.Entry<Invocation, Deque<Op>> next = all.next();
            if (keys.canChange(next.getKey())) {
                possible.add(next.getKey());
            } else if (keys.canNeverChange(next.getKey())) {
                // It still counts, because it may have made one of the revisions that are left open.
                all.remove();
            }
        }
        return possible;
    }

    /** Returns the only candidate that does this; nothing if there are several. */
    Optional<Op> only(Invocation effect) {
        Deque<Op> alike = byEffect.getOrDefault(effect, new ArrayDeque<>());
        return alike.size() == 1 ? Optional.of(alike.element()) : Optional.empty();
    }

    /** Returns a candidate that does this. */
    Op any(Invocation effect) {
        return byEffect.getOrDefault(effect, new ArrayDeque<>()).element();
    }
}
