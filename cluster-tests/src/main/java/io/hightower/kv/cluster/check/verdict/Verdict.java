package io.hightower.kv.cluster.check.verdict;

import io.hightower.kv.cluster.check.history.Op;
import java.util.Comparator;
import java.util.List;

/**
 * What one checker says of a history. <b>Immutable.</b>
 *
 * @param kind the short form
 * @param checker who says so
 * @param sentence what was found, with the facts
 * @param counterExample the operations that show it, in the order of their calls; empty unless something is wrong
 */
public record Verdict(Kind kind, String checker, String sentence, List<Op> counterExample) {
    /** The short form of a verdict, from bad to good. Only {@link #PASS} is good news. */
    public enum Kind {
        /** Something is wrong. */
        FAIL,
        /** It could not be decided within the budget. */
        UNKNOWN,
        /** There was nothing that could have been wrong, or what should have been tried did not happen. */
        VACUOUS,
        /** There was something to judge, and all of it is right. */
        PASS
    }

    /** Puts the operations in order. */
    public Verdict {
        counterExample = counterExample.stream()
                .distinct()
                .sorted(Comparator.comparingLong(Op::callNanos))
                .toList();
    }

    /** Says that all is right. */
    public static Verdict pass(String checker, String sentence) {
        return new Verdict(Kind.PASS, checker, sentence, List.of());
    }

    /** Says that something is wrong. */
    public static Verdict fail(String checker, String sentence, List<Op> counterExample) {
        return new Verdict(Kind.FAIL, checker, sentence, counterExample);
    }

    /** Says that it could not be decided. */
    public static Verdict unknown(String checker, String sentence) {
        return new Verdict(Kind.UNKNOWN, checker, sentence, List.of());
    }

    /** Says that there was nothing to judge. */
    public static Verdict vacuous(String checker, String sentence) {
        return new Verdict(Kind.VACUOUS, checker, sentence, List.of());
    }

    /** Returns the worst of some verdicts, the first of these if there are several. */
    public static Verdict worst(List<Verdict> verdicts) {
        return verdicts.stream()
                .min(Comparator.comparing(Verdict::kind))
                .orElseThrow(() -> new IllegalArgumentException("No checker has judged"));
    }

    /** Returns whether it is good news. */
    public boolean isPass() {
        return kind == Kind.PASS;
    }

    /** Writes it on one line, and the operations that show it on lines of their own. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(checker + ": " + kind + ": " + sentence);
        counterExample.forEach(op -> text.append("\n    ").append(op));
        return text.toString();
    }
}
