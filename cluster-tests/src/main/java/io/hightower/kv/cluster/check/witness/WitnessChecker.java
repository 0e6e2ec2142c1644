package io.hightower.kv.cluster.check.witness;

import io.hightower.kv.cluster.check.history.Invocation;
import io.hightower.kv.cluster.check.history.Op;
import io.hightower.kv.cluster.check.verdict.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges by the order that revisions claim: every revision was made by one write, every answer is what a store gives that does
 * the operations in this order, and no operation that was called after another one had returned stands before it. The store is
 * empty at first, at revision 1, and nobody else writes to it.
 */
public final class WitnessChecker {
    /** The name in verdicts. */
    public static final String NAME = "witness";

    private static final long FIRST_REVISION = 2;

    private final Claims claims;
    private final RealTime realTime;
    private final Keys keys = new Keys();
    private final Gaps gaps;
    private final Map<String, Op> lastWriters = new HashMap<>();

    private WitnessChecker(Claims claims) {
        this.claims = claims;
        this.realTime = new RealTime(claims.answered());
        this.gaps = new Gaps(claims, keys);
    }

    /** Tells whether every answer of a history tells its revision. */
    public static boolean applies(List<Op> history) {
        return history.stream().allMatch(op -> !op.isOk() || op.told().revision() > 0);
    }

    /** Judges a history, in any order. Its answers must tell revisions; without them the verdict is unknown. */
    public static Verdict check(List<Op> history) {
        if (!applies(history)) {
            return Verdict.unknown(NAME, "Some answers do not tell their revision");
        }
        return new WitnessChecker(Claims.of(history)).verdict();
    }

    private Verdict verdict() {
        Optional<Claims.Contradiction> contradiction = claims.contradiction();
        if (contradiction.isPresent()) {
            return failed(contradiction.get());
        }
        Optional<List<Op>> outOfTime = realTime.violation();
        if (outOfTime.isPresent()) {
            return Verdict.fail(
                    NAME,
                    "An operation was called after another one had returned, and tells of an earlier moment: "
                            + outOfTime.get().get(1),
                    outOfTime.get());
        }
        return replay().map(this::failed).orElseGet(this::passed);
    }

    private Verdict failed(Claims.Contradiction contradiction) {
        return Verdict.fail(NAME, contradiction.sentence(), contradiction.ops());
    }

    private Verdict passed() {
        long written = claims.answered().stream().filter(Op::hasWritten).count();
        long observed = claims.answered().stream()
                .filter(op -> op.asked().kind() != Invocation.Kind.PUT)
                .count();
        String facts = "answered=" + claims.answered().size() + " written=" + written + " observed=" + observed
                + " unknown=" + claims.unknown().size();
        return written == 0 || observed == 0
                ? Verdict.vacuous(NAME, "Nothing was written and observed: " + facts)
                : Verdict.pass(NAME, "Every answer is that of its revision: " + facts);
    }

    private Optional<Claims.Contradiction> replay() {
        long next = FIRST_REVISION;
        List<Op> answered = claims.answered();
        for (int i = 0; i < answered.size(); i++) {
            Op op = answered.get(i);
            long revision = op.told().revision();
            for (; next <= revision; next++) {
                if (claims.writer(next).isEmpty()) {
                    Optional<Claims.Contradiction> wrong = gaps.fill(next, realTime.calledUntil(i), op);
                    if (wrong.isPresent()) {
                        return wrong;
                    }
                }
            }
            if (!keys.replay(op)) {
                return Optional.of(wrongAnswer(op));
            }
            if (op.hasWritten()) {
                lastWriters.put(op.asked().key(), op);
            }
        }
        return Optional.empty();
    }

    private Claims.Contradiction wrongAnswer(Op op) {
        List<Op> shown = new ArrayList<>(List.of(op));
        lastWriters.forEach((key, writer) -> {
            if (op.asked().covers(key) && shown.size() < 10) {
                shown.add(writer);
            }
        });
        return new Claims.Contradiction(
                "An answer is not what its revision tells: " + op + ", but the store holds "
                        + keys.possibilities(op.asked()),
                shown);
    }
}
