package io.hightower.kv.cluster.check.witness;

import io.hightower.kv.cluster.check.history.Answer.Shown;
import io.hightower.kv.cluster.check.history.Invocation;
import io.hightower.kv.cluster.check.history.Op;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds who made the revisions that no answered write claims: writes of unknown outcome. Where several come into question, the
 * keys may hold what any of them makes, until an answer tells. <b>Used by one thread at a time.</b>
 */
final class Gaps {
    /** More candidates explain nothing. */
    private static final int SHOWN_MAX = 5;

    private final Claims claims;
    private final Keys keys;

    /** Writes of unknown outcome that were seen; they are no candidates for what nobody saw. */
    private final Set<Op> accountedFor;

    /** The others that were called early enough and did not certainly make another revision. */
    private final Candidates available;

    private int called;

    /** Revisions that one of several has made. */
    private int open;

    Gaps(Claims claims, Keys keys) {
        this.claims = claims;
        this.keys = keys;
        this.accountedFor = claims.accountedFor();
        this.available = new Candidates(claims);
    }

    /**
     * Replays a revision that no answered write claims.
     *
     * @param calledUntil the latest call that its writer can have
     * @param proof an answer that tells of this revision or a later one
     * @return what is wrong, if nobody can have made it
     */
    Optional<Claims.Contradiction> fill(long revision, long calledUntil, Op proof) {
        List<Op> unknown = claims.unknown();
        for (; called < unknown.size() && unknown.get(called).callNanos() <= calledUntil; called++) {
            if (!accountedFor.contains(unknown.get(called))) {
                available.add(unknown.get(called));
            }
        }
        Optional<Claims.Sighting> sighting = claims.sighting(revision);
        return sighting.isPresent() ? fillSeen(revision, calledUntil, sighting.get()) : fillUnseen(revision, proof);
    }

    private Optional<Claims.Contradiction> fillSeen(long revision, long calledUntil, Claims.Sighting sighting) {
        Shown shown = sighting.shown();
        List<Op> candidates = claims.unknownWritersOf(shown).stream()
                .filter(op -> accountedFor.contains(op) || available.contains(op))
                .filter(op -> op.callNanos() <= calledUntil && keys.canChange(op.asked()))
                .toList();
        if (candidates.isEmpty()) {
            List<Op> shownOps = claims.failedWriterOf(shown)
                    .map(failed -> List.of(failed, sighting.by()))
                    .orElseGet(() -> List.of(sighting.by()));
            return Optional.of(new Claims.Contradiction(
                    "A value was seen that nobody can have written at this revision: revision=" + revision + " key="
                            + shown.key() + " value=" + shown.value()
                            + (shownOps.size() > 1 ? ", its write was reported as failed" : ""),
                    shownOps));
        }
        Op first = candidates.get(0);
        keys.change(first.asked(), revision);
        boolean alike = candidates.stream().allMatch(op -> op.asked().equals(first.asked()));
        if (alike) {
            available.remove(first);
        } else {
            open++;
        }
        return Optional.empty();
    }

    private Optional<Claims.Contradiction> fillUnseen(long revision, Op proof) {
        List<Invocation> possible = available.possible(keys);
        if (possible.isEmpty() || open >= available.size()) {
            return Optional.of(new Claims.Contradiction(
                    "The store has a revision that nobody can have made: revision=" + revision + " candidates="
                            + possible.size() + " of which made others=" + open,
                    Stream.concat(
                                    Stream.of(proof),
                                    possible.stream().limit(SHOWN_MAX).map(available::any))
                            .toList()));
        }
        if (possible.size() > 1) {
            possible.forEach(effect -> keys.maybeChange(effect, revision));
            open++;
            return Optional.empty();
        }
        keys.change(possible.get(0), revision);
        Optional<Op> only = available.only(possible.get(0));
        only.ifPresent(available::remove);
        open += only.isPresent() ? 0 : 1;
        return Optional.empty();
    }
}
