package io.hightower.kv.cluster.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A run in which nothing is wrong, and one in which nothing happened. */
class GuaranteesTest {
    @Test
    void aRunInWhichNothingIsWrongPassesThemAll() {
        assertThat(Guarantees.judge(new WrittenRun().history()))
                .allSatisfy(judgement ->
                        assertThat(judgement.verdict()).as(judgement.toString()).isEqualTo(Judgement.Verdict.PASS));
    }

    @Test
    void aRunWithoutAnythingProvesNothing() {
        assertThat(Guarantees.judge(new History(List.of(), List.of(), List.of())))
                .allSatisfy(judgement ->
                        assertThat(judgement.verdict()).as(judgement.toString()).isEqualTo(Judgement.Verdict.VACUOUS));
    }
}
