package io.hightower.kv.cluster.check.witness;

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
import io.hightower.kv.cluster.check.wgl.Budget;
import io.hightower.kv.cluster.check.wgl.WglChecker;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Histories with revisions whose verdict is known. */
class WitnessCheckerTest {
    private static final Invocation PUT = Invocation.put("k", "v");

    private static Op ok(long call, Invocation asked, Answer told) {
        return new Op(0, call, call + 10, asked, Status.OK, told);
    }

    private static Op ended(long call, Invocation asked, Status status) {
        return new Op(1, call, call + 10, asked, status, Answer.NONE);
    }

    private static Op sees(long call, long revision, String value, long modRevision, long version) {
        return ok(call, Invocation.get("k"), Answer.found(revision, new Shown("k", value, modRevision, version)));
    }

    private static void assertFails(String reason, Op... history) {
        Verdict verdict = WitnessChecker.check(List.of(history));
        assertThat(verdict.kind()).as(verdict.toString()).isEqualTo(Verdict.Kind.FAIL);
        assertThat(verdict.sentence()).contains(reason);
        assertThat(verdict.counterExample()).isNotEmpty();
    }

    private static void assertPasses(Op... history) {
        Verdict verdict = WitnessChecker.check(List.of(history));
        assertThat(verdict.isPass()).as(verdict.toString()).isTrue();
    }

    @Test
    void aHistoryOfAStoreWithoutFaultsPasses(TestInfo test) {
        SeededRuns.of(test).count(300).checkEach(random -> {
            Verdict verdict = WitnessChecker.check(RandomHistory.of(random, anyShape(random)));
            assertThat(verdict.kind()).as(verdict.toString()).isIn(Verdict.Kind.PASS, Verdict.Kind.VACUOUS);
        });
    }

    private static Shape anyShape(RandomGenerator random) {
        return new Shape(
                1 + random.nextInt(8),
                1 + random.nextInt(300),
                1 + random.nextInt(5),
                random.nextBoolean() ? 0 : 1 + random.nextInt(5),
                random.nextBoolean() ? random.nextInt(20) : 0,
                50,
                random.nextInt(3) == 0 ? Mix.REGISTER : Mix.EVERYTHING);
    }

    @Test
    void everyStaleReadingIsFound(TestInfo test) {
        SeededRuns.of(test).count(200).checkEach(random -> {
            Shape shape = new Shape(10, 400, 1, 0, random.nextInt(10), 400, Mix.REGISTER);
            Optional<List<Op>> spoiled =
                    Spoiled.withStaleRead(RandomHistory.of(random, shape), random, random.nextBoolean());
            assertThat(spoiled).isPresent();
            assertThat(WitnessChecker.check(spoiled.get()).kind()).isEqualTo(Verdict.Kind.FAIL);
        });
    }

    @Test
    void whatTheWitnessPassesTheSearchPasses(TestInfo test) {
        SeededRuns.of(test).count(2_000).checkEach(random -> {
            Shape shape = new Shape(3, 8, 2, 0, 0, 20, Mix.EVERYTHING);
            List<Op> history = Spoiled.anyhow(RandomHistory.of(random, shape), random);
            if (WitnessChecker.check(history).isPass()) {
                assertThat(WglChecker.check(history, Budget.DEFAULT).toString()).startsWith("wgl: PASS");
            }
        });
    }

    @Test
    void aReadingThatTellsAnOlderRevisionThanAnAnswerBeforeItIsStale() {
        Op written = ok(0, PUT, Answer.put(2));
        Op stale = ok(20, Invocation.get("k"), Answer.nothing(1));
        assertFails("earlier moment", written, stale);
    }

    @Test
    void anAcknowledgedWriteThatIsNotThereIsFound() {
        assertFails(
                "not what its revision tells",
                ok(0, PUT, Answer.put(2)),
                ok(20, Invocation.get("k"), Answer.nothing(2)));
        assertFails(
                "not what its revision tells",
                ok(0, PUT, Answer.put(2)),
                ok(20, Invocation.range("a", "z"), Answer.range(2, List.of())));
    }

    @Test
    void aWriteThatIsAppliedTwiceIsFound() {
        assertFails("nobody can have made", ok(0, PUT, Answer.put(2)), sees(20, 3, "v", 2, 1));
        assertFails("nobody can have written", ok(0, PUT, Answer.put(2)), sees(20, 3, "v", 3, 2));
        assertFails("not what its revision tells", ok(0, PUT, Answer.put(2)), sees(20, 2, "v", 2, 2));
    }

    @Test
    void aReadingCannotShowWhatIsNewerThanItself() {
        assertFails("newer than the reading itself", ok(0, PUT, Answer.put(3)), sees(0, 2, "v", 3, 1));
    }

    @Test
    void aRevisionBelongsToOneWrite() {
        assertFails("same revision", ok(0, PUT, Answer.put(2)), ok(0, Invocation.put("other", "v"), Answer.put(2)));
    }

    @Test
    void aWriteThatWasReportedAsFailedMustNotBeSeen() {
        assertFails("reported as failed", ended(0, PUT, Status.FAIL), sees(20, 2, "v", 2, 1));
    }

    @Test
    void aWriteOfUnknownOutcomeExplainsARevisionOnce() {
        Op unknown = ended(0, PUT, Status.INFO);
        Op other = ok(0, Invocation.put("other", "v"), Answer.put(3));
        assertPasses(unknown, other, sees(20, 3, "v", 2, 1));
        assertFails("nobody can have", unknown, other, sees(20, 4, "v", 4, 2), sees(40, 4, "v", 4, 2));
        assertFails(
                "nobody can have made",
                unknown,
                ok(0, Invocation.put("other", "v"), Answer.put(4)),
                ok(20, Invocation.get("other"), Answer.found(4, new Shown("other", "v", 4, 1))));
    }

    @Test
    void aWriteThatWasCalledLaterExplainsNothing() {
        assertFails(
                "nobody can have written",
                sees(0, 2, "v", 2, 1),
                ended(100, PUT, Status.INFO),
                ok(0, PUT, Answer.put(3)));
    }

    @Test
    void severalWritesOfUnknownOutcomeLeaveWhatIsThereOpenUntilAnAnswerTells() {
        Op put = ended(0, PUT, Status.INFO);
        Op delete = ended(0, Invocation.deleteRange("a", "z"), Status.INFO);
        Op first = ok(0, Invocation.put("k", "first"), Answer.put(2));
        Op later = ok(0, Invocation.put("m", "later"), Answer.put(4));
        assertPasses(first, put, delete, later, ok(20, Invocation.get("k"), Answer.nothing(4)));
        assertPasses(first, put, delete, later, sees(20, 4, "v", 3, 2));
        assertFails(
                "not what its revision tells",
                first,
                put,
                delete,
                later,
                ok(20, Invocation.get("k"), Answer.nothing(4)),
                sees(40, 4, "first", 2, 1));
    }

    @Test
    void aComparisonIsHeldAgainstTheKey() {
        Op first = ok(0, PUT, Answer.put(2));
        assertPasses(first, ok(20, Invocation.cas("k", 2, "w"), Answer.cas(3, true)));
        assertFails("not what", first, ok(20, Invocation.cas("k", 1, "w"), Answer.cas(3, true)));
        assertFails("not what", first, ok(20, Invocation.cas("k", 2, "w"), Answer.cas(2, false)));
        Answer txn = Answer.txn(3, true, List.of(new Shown("k", "w", 3, 2)));
        assertPasses(first, ok(20, Invocation.txn("k", 2, "w", "z"), txn));
        assertFails("not what", first, ok(20, Invocation.txn("k", 2, "w", "z"), Answer.txn(3, true, List.of())));
    }

    @Test
    void aDeletionTellsHowManyKeysWereThere() {
        Op first = ok(0, PUT, Answer.put(2));
        assertPasses(first, ok(20, Invocation.delete("k"), Answer.deleted(3, 1)));
        assertPasses(first, ok(20, Invocation.delete("other"), Answer.deleted(2, 0)));
        assertFails("not what", first, ok(20, Invocation.delete("k"), Answer.deleted(2, 0)));
        assertFails("not what", first, ok(20, Invocation.deleteRange("a", "z"), Answer.deleted(3, 2)));
    }

    @Test
    void answersWithoutRevisionsCannotBeJudged() {
        assertThat(WitnessChecker.check(List.of(ok(0, PUT, Answer.put(0)))).kind())
                .isEqualTo(Verdict.Kind.UNKNOWN);
    }

    @Test
    void aHistoryWithoutWritesOrWithoutObservationsProvesNothing() {
        assertThat(WitnessChecker.check(List.of()).kind()).isEqualTo(Verdict.Kind.VACUOUS);
        assertThat(WitnessChecker.check(List.of(ok(0, PUT, Answer.put(2)))).kind())
                .isEqualTo(Verdict.Kind.VACUOUS);
    }
}
