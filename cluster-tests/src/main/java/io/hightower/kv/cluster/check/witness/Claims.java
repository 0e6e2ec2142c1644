package io.hightower.kv.cluster.check.witness;

import io.hightower.kv.cluster.check.history.Answer.Shown;
import io.hightower.kv.cluster.check.history.Op;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the answers of a history say of the store's revisions. <b>Immutable</b> once it is made.
 *
 * <p>An operation that changed something has the place {@code 2 r} in the order that revisions claim, with {@code r} the revision
 * in its answer; one that did not has {@code 2 r + 1}.
 */
final class Claims {
    private final List<Op> answered;
    private final Map<Long, Op> writers = new HashMap<>();
    private final Map<Long, Sighting> sightings = new HashMap<>();

    /** Writes of unknown outcome by key and value, and which of these values were seen. */
    private final Map<String, Map<String, List<Op>>> unknownWrites = new HashMap<>();

    private final Set<List<String>> seen = new HashSet<>();
    private final List<Op> unknown;
    private final List<Op> history;
    private Optional<Contradiction> contradiction = Optional.empty();

    /**
     * A value that was seen under the revision that wrote it.
     *
     * @param shown what was seen
     * @param by who saw it
     */
    record Sighting(Shown shown, Op by) {}

    /**
     * Claims that cannot both be true.
     *
     * @param sentence why not
     * @param ops who makes them
     */
    record Contradiction(String sentence, List<Op> ops) {}

    private Claims(List<Op> history) {
        this.history = history;
        this.answered = history.stream()
                .filter(Op::isOk)
                .sorted(Comparator.comparingLong(Claims::place).thenComparingLong(Op::callNanos))
                .toList();
        this.unknown = history.stream()
                .filter(op -> op.mayWrite() && !op.isOk())
                .sorted(Comparator.comparingLong(Op::callNanos))
                .toList();
    }

    static Claims of(List<Op> history) {
        Claims claims = new Claims(history);
        for (Op op : claims.unknown) {
            if (op.asked().writesValue()) {
                claims.unknownWrites
                        .computeIfAbsent(op.asked().key(), none -> new HashMap<>())
                        .computeIfAbsent(op.asked().value(), none -> new ArrayList<>())
                        .add(op);
            }
        }
        claims.answered.stream().filter(Op::hasWritten).forEach(claims::takeWrite);
        claims.answered.forEach(op -> op.seen().forEach(shown -> claims.see(shown, op)));
        return claims;
    }

    static long place(Op op) {
        return 2 * op.told().revision() + (op.hasWritten() ? 0 : 1);
    }

    private void takeWrite(Op op) {
        Op other = writers.putIfAbsent(op.told().revision(), op);
        if (other != null) {
            contradict(
                    "Two writes were given the same revision: revision="
                            + op.told().revision(),
                    List.of(other, op));
        }
    }

    private void see(Shown shown, Op by) {
        long revision = shown.modRevision();
        if (!unknownWritersOf(shown).isEmpty()) {
            seen.add(List.of(shown.key(), shown.value()));
        }
        if (revision > by.told().revision()) {
            contradict("A reading shows a change that is newer than the reading itself: " + shown, List.of(by));
        }
        if (revision == 0 || writers.containsKey(revision)) {
            return;
        }
        Sighting other = sightings.putIfAbsent(revision, new Sighting(shown, by));
        if (other != null && !sameWrite(other.shown(), shown)) {
            contradict(
                    "Two readings show different writes under one revision: " + other.shown() + " and " + shown,
                    List.of(other.by(), by));
        }
    }

    private static boolean sameWrite(Shown one, Shown other) {
        return one.key().equals(other.key()) && one.value().equals(other.value());
    }

    private void contradict(String sentence, List<Op> ops) {
        if (contradiction.isEmpty()) {
            contradiction = Optional.of(new Contradiction(sentence, ops));
        }
    }

    Optional<Contradiction> contradiction() {
        return contradiction;
    }

    /** Returns the answered operations in the order that the revisions claim. */
    List<Op> answered() {
        return answered;
    }

    /** Returns the answered operation that made a revision. */
    Optional<Op> writer(long revision) {
        return Optional.ofNullable(writers.get(revision));
    }

    /** Returns who saw what a revision wrote that no answered operation claims. */
    Optional<Sighting> sighting(long revision) {
        return Optional.ofNullable(sightings.get(revision));
    }

    /** Returns the writes of unknown outcome in the order of their calls. */
    List<Op> unknown() {
        return unknown;
    }

    /** Returns the writes of unknown outcome that may have made what was seen. */
    List<Op> unknownWritersOf(Shown shown) {
        return unknownWrites.getOrDefault(shown.key(), Map.of()).getOrDefault(shown.value(), List.of());
    }

    /** Tells whether anybody was shown a value that a write of unknown outcome may have written. */
    boolean isSeen(String key, String value) {
        return seen.contains(List.of(key, value));
    }

    /** Returns the writes of unknown outcome that were seen under a revision for certain. */
    Set<Op> accountedFor() {
        Set<Op> accounted = new HashSet<>();
        sightings.forEach((revision, sighting) -> {
            List<Op> candidates = unknownWritersOf(sighting.shown());
            if (candidates.size() == 1) {
                accounted.add(candidates.get(0));
            }
        });
        return accounted;
    }

    /** Returns a write that was reported as failed and would have made what was seen. */
    Optional<Op> failedWriterOf(Shown shown) {
        return history.stream()
                .filter(op -> !op.mayWrite()
                        && op.asked().writesValue()
                        && op.asked().key().equals(shown.key())
                        && op.asked().value().equals(shown.value()))
                .findFirst();
    }
}
