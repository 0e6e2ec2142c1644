package io.hightower.kv.cluster.guarantees.kv;

import static io.hightower.kv.cluster.guarantees.Broken.assertBroken;
import static io.hightower.kv.cluster.guarantees.WrittenRun.key;

import io.hightower.kv.cluster.guarantees.WrittenRun;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.history.Outcome;
import io.hightower.kv.cluster.guarantees.history.Request;
import io.hightower.kv.cluster.guarantees.history.Sample;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Runs in which one thing about revisions, answers or readings is wrong. */
class BrokenRevisionsTest {
    private final WrittenRun run = new WrittenRun();

    private static Request readAll() {
        return new Request.Read(RangeRequest.of(KeyRange.all()));
    }

    private static UnaryOperator<List<KeyValue>> valueOf(String key, String value) {
        return shown -> {
            shown.replaceAll(next -> next.key().equals(key(key))
                    ? new KeyValue(
                            next.key(),
                            Bytes.utf8(value),
                            next.createRevision(),
                            next.modRevision(),
                            next.version(),
                            next.writeVersion(),
                            next.lease())
                    : next);
            return shown;
        };
    }

    private static UnaryOperator<List<KeyValue>> without(String key) {
        return shown -> {
            shown.removeIf(next -> next.key().equals(key(key)));
            return shown;
        };
    }

    @SafeVarargs
    private void assertFound(Class<? extends Guarantee>... expected) {
        assertBroken(run, expected);
    }

    @Test
    void aReadingOfAnOlderStateThanOneThatWasKnownBreaksTheRevisionLaw() {
        run.reading(9, without("y")).operation(9, next -> {
            Result.RangeResult told = (Result.RangeResult) next.answer().orElseThrow();
            return new Operation(
                    next.number(),
                    next.client(),
                    next.member(),
                    next.callNanos(),
                    next.returnNanos(),
                    next.request(),
                    next.outcome(),
                    Optional.of(new Result.RangeResult(6, told.keyValues(), false, told.count())));
        });
        assertFound(RevisionLaw.class);
    }

    @Test
    void oneRevisionForTwoWritesBreaksTheRevisionLaw() {
        run.also(
                26,
                "other",
                new Request.Submitted(Command.put(key("a"), Bytes.utf8("3"))),
                new Result.PutResult(11, ApplyOutcome.APPLIED, 11));
        assertFound(RevisionLaw.class);
    }

    @Test
    void aRevisionThatNobodySawAChangeOfBreaksTheRevisionLaw() {
        Result.RangeResult last = (Result.RangeResult)
                run.history().lastReadings().get(0).answer().orElseThrow();
        run.also(29, "reader", readAll(), new Result.RangeResult(12, last.keyValues(), false, last.count()));
        assertFound(RevisionLaw.class);
    }

    @Test
    void anAcknowledgedWriteThatIsNotThereInTheEndIsLost() {
        run.reading(27, without("c"));
        assertFound(AcknowledgedIsDurable.class, NewestReadEqualsReplay.class);
    }

    @Test
    void aWrongNumberOfDeletedKeysBreaksTheAnswer() {
        run.answer(24, new Result.RevokeResult(10, true, 2));
        assertFound(AnswerEqualsReplay.class);
    }

    @Test
    void aBranchThatTheConditionsDoNotLeadToBreaksTheAnswer() {
        Result.TxnResult told =
                (Result.TxnResult) run.history().operations().get(2).answer().orElseThrow();
        run.answer(3, new Result.TxnResult(4, false, told.results()));
        assertFound(AnswerEqualsReplay.class);
    }

    @Test
    void aRevisionWithAKeyThatItsCommandDoesNotWriteIsNotAtomic() {
        run.operation(
                3,
                next -> new Operation(
                        next.number(),
                        next.client(),
                        next.member(),
                        next.callNanos(),
                        next.returnNanos(),
                        new Request.Submitted(Command.put(key("a"), Bytes.utf8("2"))),
                        next.outcome(),
                        Optional.of(new Result.PutResult(4, ApplyOutcome.APPLIED, 4))));
        assertFound(TxnIsAtomic.class);
    }

    @Test
    void aReadingOfOneKeyOfATransactionWithoutTheOtherIsNotAtomic() {
        run.reading(9, without("c"));
        assertFound(TxnIsAtomic.class, NewestReadEqualsReplay.class);
    }

    @Test
    void aWrongValueAtAnOlderRevisionIsFound() {
        run.reading(13, valueOf("b", "other"));
        assertFound(HistoricReadEqualsReplay.class);
    }

    @Test
    void aWrongValueOfTheNewestStateIsFound() {
        run.reading(9, valueOf("x", "other"));
        assertFound(NewestReadEqualsReplay.class);
    }

    @Test
    void aVersionThatDoesNotCountChangesBreaksTheVersionLaw() {
        // The one write whose outcome its client does not know, so that nothing but the version tells.
        run.operation(
                26,
                next -> new Operation(
                        next.number(),
                        next.client(),
                        next.member(),
                        next.callNanos(),
                        Operation.NEVER,
                        next.request(),
                        Outcome.UNKNOWN,
                        Optional.empty()));
        run.everybody(message -> Optional.of(
                message instanceof WatchMessage.Events events && events.revision() == 11
                        ? new WatchMessage.Events(
                                11,
                                events.events().stream()
                                        .map(BrokenRevisionsTest::withVersionFive)
                                        .toList(),
                                false)
                        : message));
        run.reading(27, shown -> {
            shown.replaceAll(next -> next.modRevision() == 11
                    ? new KeyValue(next.key(), next.value(), next.createRevision(), 11, 5, 11)
                    : next);
            return shown;
        });
        assertFound(VersionLaw.class);
    }

    private static WatchEvent withVersionFive(WatchEvent event) {
        KeyValue now = event.current().orElseThrow();
        KeyRecord changed = new KeyRecord(
                now.key(),
                true,
                now.value(),
                now.createRevision(),
                new Revision(now.modRevision(), 0),
                5,
                now.writeVersion());
        return new WatchEvent(changed, event.previous());
    }

    @Test
    void aReadingBelowTheCompactRevisionThatIsAnsweredBreaksTheCompactionLaw() {
        Result.RangeResult at4 = (Result.RangeResult) run.history().answered().stream()
                .filter(next -> next.number() == 13)
                .findFirst()
                .orElseThrow()
                .answer()
                .orElseThrow();
        run.answer(12, new Result.RangeResult(7, List.of(), false, 0));
        run.reading(12, shown -> {
            shown.add(new KeyValue(key("a"), Bytes.utf8("1"), 2, 2, 1, 2));
            shown.add(at4.keyValues().get(1));
            return shown;
        });
        assertFound(CompactionLaw.class);
    }

    @Test
    void aReadingAtTheCompactRevisionThatIsRefusedBreaksTheCompactionLaw() {
        run.answer(13, new Result.Refused(7, Refusal.COMPACTED, 5));
        assertFound(CompactionLaw.class);
    }

    @Test
    void aCompactionBehindAnotherOneBreaksTheCompactionLaw() {
        run.also(14, "compactor", new Request.Submitted(new Command.Compact(3)), new Result.CompactResult(7, 3));
        assertFound(CompactionLaw.class);
    }

    @Test
    void aCompactionToAnotherRevisionThanAskedForBreaksTheCompactionLaw() {
        run.answer(11, new Result.CompactResult(7, 5));
        assertFound(CompactionLaw.class);
    }

    @Test
    void aWriteWithTheRevisionOfOneThatWasOverBreaksTheRevisionLaw() {
        run.also(
                28,
                "other",
                new Request.Submitted(Command.delete(key("none"))),
                new Result.DeleteResult(10, ApplyOutcome.REMOVED, false));
        assertFound(RevisionLaw.class);
    }

    @Test
    void membersWithDifferentHashesAtOnePlaceDisagree() {
        run.sample(new Sample("m3", Sample.Kind.STATE, "index=20", 9));
        assertFound(MembersAgree.class);
    }
}
