package io.hightower.kv.cluster.guarantees.law;

import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A judgement while it is being made. <b>Used by one thread at a time.</b> */
public final class Findings {
    /** More of the same explain nothing and fill memory. */
    private static final int VIOLATIONS_MAX = 20;

    private final String guarantee;
    private final Map<String, Long> judged = new LinkedHashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    private Findings(String guarantee) {
        this.guarantee = guarantee;
    }

    /** Begins a judgement that needs something of every one of these aspects. */
    public static Findings of(Guarantee guarantee, String... aspects) {
        Findings findings = new Findings(guarantee.name());
        for (String aspect : aspects) {
            findings.judged.put(aspect, 0L);
        }
        return findings;
    }

    /** Notes that there was something to judge. */
    public void judged(String aspect) {
        judged.merge(aspect, 1L, Long::sum);
    }

    /** Notes a violation that operations show. */
    public void violated(String sentence, Operation... operations) {
        note(new Violation(sentence, List.of(operations), List.of()));
    }

    /** Notes a violation that a watch shows. */
    public void violated(String sentence, WatchSession watch) {
        note(new Violation(sentence, List.of(), List.of(watch)));
    }

    /** Notes a violation that operations and watches show. */
    public void violated(String sentence, List<Operation> operations, List<WatchSession> watches) {
        note(new Violation(sentence, operations, watches));
    }

    private void note(Violation violation) {
        if (violations.size() < VIOLATIONS_MAX) {
            violations.add(violation);
        }
    }

    /** Returns the judgement. */
    public Judgement judgement() {
        return new Judgement(guarantee, judged, violations);
    }
}
