package io.hightower.kv.cluster.guarantees.law;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a guarantee says of a run. <b>Immutable.</b>
 *
 * @param guarantee its name
 * @param judged how much there was to judge, by aspect; a run without anything of one aspect proves nothing of the whole
 * @param violations the first ones that were found
 */
public record Judgement(String guarantee, Map<String, Long> judged, List<Violation> violations) {
    /** The short form of a judgement. Only {@link #PASS} is good news. */
    public enum Verdict {
        /** There was something to judge of every aspect, and all of it was right. */
        PASS,
        /** Something was wrong. */
        FAIL,
        /** Of at least one aspect the run had nothing that could have been wrong. */
        VACUOUS
    }

    /** Copies what is given, keeping the order of aspects. */
    public Judgement {
        judged = Collections.unmodifiableMap(new LinkedHashMap<>(judged));
        violations = List.copyOf(violations);
    }

    /** Returns the short form. */
    public Verdict verdict() {
        if (!violations.isEmpty()) {
            return Verdict.FAIL;
        }
        return judged.containsValue(0L) ? Verdict.VACUOUS : Verdict.PASS;
    }

    /** Writes the verdict, what was judged, and what was found. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(guarantee + ": " + verdict() + " judged=" + judged);
        violations.forEach(violation -> text.append("\n    ").append(violation));
        return text.toString();
    }
}
