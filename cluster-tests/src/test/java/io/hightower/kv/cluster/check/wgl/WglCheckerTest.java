package io.hightower.kv.cluster.check.wgl;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Answer.Shown;
import io.hightower.kv.cluster.check.history.Invocation;
import io.hightower.kv.cluster.check.history.Op;
import io.hightower.kv.cluster.check.history.Status;
import io.hightower.kv.cluster.check.random.RandomHistory;
import io.hightower.kv.cluster.check.random.RandomHistory.Mix;
import io.hightower.kv.cluster.check.random.RandomHistory.Shape;
import io.hightower.kv.cluster.check.random.Spoiled;
import io.hightower.kv.cluster.check.verdict.Verdict;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Histories whose verdict is known. */
class WglCheckerTest {
    private static final Shape REGISTER = new Shape(10, 400, 1, 0, 0, 900, Mix.REGISTER);

    private static Op ok(int client, long call, long ret, Invocation asked, Answer told) {
        return new Op(client, call, ret, asked, Status.OK, told);
    }

    private static Op info(int client, long call, long ret, Invocation asked) {
        return new Op(client, call, ret, asked, Status.INFO, Answer.NONE);
    }

    private static Answer sees(String value) {
        return Answer.found(0, new Shown("k", value, 0, 0));
    }

    private static Verdict judge(Op... history) {
        return WglChecker.check(List.of(history), Budget.DEFAULT);
    }

    @Test
    void aReadingOfAnOlderValueIsFoundWithoutRevisions() {
        Op first = ok(0, 0, 10, Invocation.put("k", "old"), Answer.put(0));
        Op second = ok(0, 20, 30, Invocation.put("k", "new"), Answer.put(0));
        Op stale = ok(1, 40, 50, Invocation.get("k"), sees("old"));
        Verdict verdict = judge(first, second, stale);
        assertThat(verdict.kind()).isEqualTo(Verdict.Kind.FAIL);
        assertThat(verdict.counterExample()).contains(stale, first, second);
        assertThat(verdict.sentence()).contains(stale.toString());
    }

    @Test
    void aReadingBesideTheWriteMaySeeEither() {
        Op first = ok(0, 0, 10, Invocation.put("k", "old"), Answer.put(0));
        Op second = ok(0, 20, 60, Invocation.put("k", "new"), Answer.put(0));
        Op older = ok(1, 40, 50, Invocation.get("k"), sees("old"));
        Op newer = ok(2, 40, 50, Invocation.get("k"), sees("new"));
        assertThat(judge(first, second, older).isPass()).isTrue();
        assertThat(judge(first, second, newer).isPass()).isTrue();
        assertThat(judge(first, second, older, newer).isPass()).isTrue();
    }

    @Test
    void aWriteOfUnknownOutcomeMayTakeEffectLate() {
        Op lost = info(0, 0, 10, Invocation.put("k", "late"));
        Op nothing = ok(1, 20, 30, Invocation.get("k"), Answer.nothing(0));
        Op seen = ok(1, 40, 50, Invocation.get("k"), sees("late"));
        Op gone = ok(1, 60, 70, Invocation.get("k"), Answer.nothing(0));
        Op written = ok(2, 0, 5, Invocation.put("other", "v"), Answer.put(0));
        assertThat(judge(lost, nothing, seen, written).isPass()).isTrue();
        assertThat(judge(lost, seen, gone, written).kind()).isEqualTo(Verdict.Kind.FAIL);
    }

    @Test
    void aValueThatIsSeenBeforeItsWriteWasCalledIsWrong() {
        Op seen = ok(1, 0, 10, Invocation.get("k"), sees("v"));
        assertThat(judge(seen, info(0, 20, 30, Invocation.put("k", "v"))).kind())
                .isEqualTo(Verdict.Kind.FAIL);
        assertThat(judge(seen, ok(0, 20, 30, Invocation.put("k", "v"), Answer.put(0)))
                        .kind())
                .isEqualTo(Verdict.Kind.FAIL);
    }

    @Test
    void twoWritersThatExpectedTheSameCannotBothSucceed() {
        Op one = ok(0, 0, 10, Invocation.cas("k", 0, "one"), Answer.cas(2, true));
        Op two = ok(1, 0, 10, Invocation.cas("k", 0, "two"), Answer.cas(3, true));
        assertThat(judge(one, two).kind()).isEqualTo(Verdict.Kind.FAIL);
        assertThat(judge(one, two.ended(Status.OK, Answer.cas(2, false))).isPass())
                .isTrue();
    }

    @Test
    void aWriteThatIsAppliedAgainIsFound() {
        Op first = ok(0, 0, 10, Invocation.put("k", "one"), Answer.put(0));
        Op second = ok(0, 20, 30, Invocation.put("k", "two"), Answer.put(0));
        Op sees = ok(1, 40, 50, Invocation.get("k"), sees("two"));
        Op again = ok(1, 60, 70, Invocation.get("k"), sees("one"));
        assertThat(judge(first, second, sees, again).kind()).isEqualTo(Verdict.Kind.FAIL);
    }

    @Test
    void anAcknowledgedWriteThatIsLostIsFound() {
        Op written = ok(0, 0, 10, Invocation.put("k", "v"), Answer.put(0));
        assertThat(judge(written, ok(1, 20, 30, Invocation.get("k"), Answer.nothing(0)))
                        .kind())
                .isEqualTo(Verdict.Kind.FAIL);
        assertThat(judge(written, ok(1, 20, 30, Invocation.range("a", "z"), Answer.range(0, List.of())))
                        .kind())
                .isEqualTo(Verdict.Kind.FAIL);
    }

    @Test
    void aRangeIsReadAtOneMoment() {
        Op a = ok(0, 0, 10, Invocation.put("a", "1"), Answer.put(0));
        Op b = ok(0, 20, 30, Invocation.put("b", "1"), Answer.put(0));
        Op torn = ok(1, 5, 40, Invocation.range("a", "z"), Answer.range(0, List.of(new Shown("b", "1", 0, 0))));
        assertThat(judge(a, b, torn).kind()).isEqualTo(Verdict.Kind.FAIL);
        Op other = ok(1, 5, 40, Invocation.range("a", "b"), Answer.range(0, List.of(new Shown("b", "1", 0, 0))));
        assertThat(judge(a, b, other).kind()).isEqualTo(Verdict.Kind.FAIL);
        Op whole = ok(1, 5, 40, Invocation.range("a", "z"), Answer.range(0, List.of(new Shown("a", "1", 0, 0))));
        assertThat(judge(a, b, whole).isPass()).isTrue();
    }

    @Test
    void whatIsNotDecidedWithinTheBudgetIsUnknown() {
        List<Op> history = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            history.add(ok(i, 0, 100, Invocation.put("k", "v" + i), Answer.put(0)));
            history.add(ok(20 + i, 200, 300, Invocation.get("k"), sees("v" + i)));
        }
        assertThat(WglChecker.check(history, new Budget(1_000, 1_000_000)).kind())
                .isEqualTo(Verdict.Kind.UNKNOWN);
        assertThat(WglChecker.check(history, new Budget(1_000_000, 100)).kind()).isEqualTo(Verdict.Kind.UNKNOWN);
        assertThat(WglChecker.check(history, Budget.DEFAULT).kind()).isEqualTo(Verdict.Kind.FAIL);
    }

    @Test
    void aHistoryWithoutWritesOrWithoutObservationsProvesNothing() {
        Op written = ok(0, 0, 10, Invocation.put("k", "v"), Answer.put(0));
        assertThat(judge().kind()).isEqualTo(Verdict.Kind.VACUOUS);
        assertThat(judge(written).kind()).isEqualTo(Verdict.Kind.VACUOUS);
        assertThat(judge(ok(0, 0, 10, Invocation.get("k"), Answer.nothing(0))).kind())
                .isEqualTo(Verdict.Kind.VACUOUS);
    }

    @Test
    void longHistoriesOfAStoreWithoutFaultsPass(TestInfo test) {
        SeededRuns.of(test).count(10).checkEach(random -> {
            Shape shape = new Shape(8, 5_000, 6, 0, 3, 50, Mix.REGISTER);
            assertThat(WglChecker.check(RandomHistory.of(random, shape), Budget.DEFAULT)
                            .toString())
                    .startsWith("wgl: PASS");
        });
    }

    @Test
    void mostStaleReadingsAreFoundWithoutRevisions() {
        SplittableRandom random = new SplittableRandom(1);
        int spoiled = 0;
        int found = 0;
        for (int i = 0; i < 200; i++) {
            Optional<List<Op>> stale = Spoiled.withStaleRead(RandomHistory.of(random, REGISTER), random, false);
            if (stale.isPresent()) {
                List<Op> plain = stale.get().stream()
                        .map(op -> op.ended(op.status(), op.told().withoutRevisions()))
                        .toList();
                spoiled++;
                Verdict verdict = WglChecker.check(plain, Budget.DEFAULT);
                assertThat(verdict.kind()).isNotEqualTo(Verdict.Kind.UNKNOWN);
                found += verdict.kind() == Verdict.Kind.FAIL ? 1 : 0;
            }
        }
        assertThat(spoiled).isGreaterThan(150);
        // The others are right in another order of writes that overlap, which only revisions contradict.
        assertThat(found).isGreaterThan(spoiled * 3 / 4);
    }
}
