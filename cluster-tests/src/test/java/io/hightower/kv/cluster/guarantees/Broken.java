package io.hightower.kv.cluster.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import java.util.ArrayList;
import java.util.List;

/** What is broken in a run that was written by hand. */
public final class Broken {
    private Broken() {}

    /** Checks that exactly these guarantees are broken. */
    @SafeVarargs
    public static void assertBroken(WrittenRun run, Class<? extends Guarantee>... expected) {
        History history = run.history();
        List<Judgement> broken = Guarantees.judge(history).stream()
                .filter(judgement -> judgement.verdict() == Judgement.Verdict.FAIL)
                .toList();
        List<String> names = new ArrayList<>();
        for (Class<?> next : expected) {
            names.add(next.getSimpleName());
        }
        assertThat(broken.stream().map(Judgement::guarantee))
                .as(broken.toString())
                .containsExactlyInAnyOrderElementsOf(names);
    }
}
