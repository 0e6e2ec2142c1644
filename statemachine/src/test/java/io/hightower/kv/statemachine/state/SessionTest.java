package io.hightower.kv.statemachine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SessionRecord;
import io.hightower.kv.statemachine.SystemWrite;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionTest {
    private static final long TTL = 10_000;

    private final Machine machine = Machine.withHistory();

    @Test
    void openingBeginsAtTheTimeOfItsEntryAndMovesNoRevision() {
        assertThat(machine.applyAt(500, new Command.OpenSession(7, TTL)))
                .isEqualTo(new Result.SessionResult(1, 7, TTL));
        assertThat(machine.sessions().find(7)).contains(new SessionRecord(7, TTL, 500, 0, Bytes.EMPTY));
        assertThat(machine.applyAt(600, new Command.OpenSession(7, TTL))).isEqualTo(refused(1, Refusal.SESSION_EXISTS));
    }

    @Test
    void commandsAreAppliedInSequence() {
        open(7);
        assertThat(inSession(7, 1, put("k", "1"))).isInstanceOf(Result.PutResult.class);
        assertThat(inSession(7, 2, Command.delete(Bytes.utf8("k")))).isInstanceOf(Result.DeleteResult.class);
        assertThat(machine.get("k")).isEmpty();
        assertThat(machine.applied().revision()).isEqualTo(3);
    }

    @Test
    void repetitionIsAnsweredAsTheFirstTimeAndNotAppliedAgain() {
        open(7);
        Result first = inSession(7, 1, put("k", "1"));
        machine.put("k", "2");
        assertThat(inSession(7, 1, put("k", "1"))).isEqualTo(first);
        assertThat(inSession(7, 1, put("k", "another command under the number")))
                .isEqualTo(first);
        assertThat(machine.get("k")).contains("2");
        assertThat(machine.applied().revision()).isEqualTo(3);
    }

    @Test
    void repetitionInTheSameEntryIsNotAppliedAgain() {
        open(7);
        Command once = new Command.InSession(7, 1, put("k", "1"));
        List<Result> results = machine.applyEntry(0, List.of(once, once));
        assertThat(results.get(1)).isEqualTo(results.get(0));
        assertThat(machine.record("k").version()).isEqualTo(1);
    }

    @Test
    void otherNumbersThanTheLastAndTheNextAreRefusedAndSayWhich() {
        open(7);
        inSession(7, 1, put("k", "1"));
        inSession(7, 2, put("k", "2"));
        assertThat(inSession(7, 1, put("k", "1"))).isEqualTo(refused(3, Refusal.SESSION_SEQUENCE_PASSED));
        assertThat(inSession(7, 4, put("k", "4"))).isEqualTo(refused(3, Refusal.SESSION_SEQUENCE_AHEAD));
        assertThat(inSession(7, 3, put("k", "3"))).isInstanceOf(Result.PutResult.class);
        assertThat(machine.get("k")).contains("3");
    }

    @Test
    void failedConditionAndRefusalAreAnswersThatAreKept() {
        open(7);
        Command.Txn ifAbsent = new Command.Txn(
                List.of(Compare.number(
                        KeyRange.single(Bytes.utf8("k")), Compare.Target.VERSION, Compare.Operator.EQUAL, 1)),
                List.of(put("k", "taken")),
                List.of());
        Result failed = inSession(7, 1, ifAbsent);
        machine.put("k", "v");
        assertThat(inSession(7, 1, ifAbsent)).isEqualTo(failed);
        Result refused = inSession(7, 2, new Command.RevokeLease(5));
        machine.apply(new Command.GrantLease(5, 60));
        assertThat(refused).isEqualTo(refused(2, Refusal.LEASE_NOT_FOUND));
        assertThat(inSession(7, 2, new Command.RevokeLease(5))).isEqualTo(refused);
        assertThat(machine.leases().find(5)).isPresent();
        assertThat(machine.get("k")).contains("v");
    }

    @Test
    void sessionExpiresWhenItsTimeSinceTheLastUseHasPassedAndNotEarlier() {
        open(7);
        assertThat(machine.applyAt(TTL, new Command.InSession(7, 1, put("k", "1"))))
                .isInstanceOf(Result.PutResult.class);
        assertThat(machine.applyAt(2 * TTL, new Command.InSession(7, 2, put("k", "2"))))
                .isInstanceOf(Result.PutResult.class);
        assertThat(machine.applyAt(3 * TTL + 1, new Command.InSession(7, 3, put("k", "3"))))
                .isEqualTo(refused(3, Refusal.SESSION_EXPIRED));
        assertThat(machine.applyAt(3 * TTL + 1, new Command.InSession(7, 2, put("k", "2"))))
                .isEqualTo(refused(3, Refusal.SESSION_EXPIRED));
        assertThat(machine.get("k")).contains("2");
    }

    @Test
    void repetitionIsAUse() {
        open(7);
        inSession(7, 1, put("k", "1"));
        machine.applyAt(TTL, new Command.InSession(7, 1, put("k", "1")));
        assertThat(machine.applyAt(2 * TTL, new Command.InSession(7, 2, put("k", "2"))))
                .isInstanceOf(Result.PutResult.class);
    }

    @Test
    void whatHasNotExpiredByTheTimeOfTheEntryStays() {
        open(7);
        machine.applyAt(5_000, new Command.OpenSession(8, TTL));
        assertThat(machine.applyAt(TTL, new Command.ExpireSessions(10)))
                .isEqualTo(new Result.ReleaseResult(1, 0, false));
        assertThat(machine.applyAt(TTL + 1, new Command.ExpireSessions(10)))
                .isEqualTo(new Result.ReleaseResult(1, 1, false));
        assertThat(machine.sessions().find(7)).isEmpty();
        assertThat(machine.sessions().find(8)).isPresent();
    }

    @Test
    void expiredSessionsAreForgottenSoManyAtOnce() {
        for (long id = 1; id <= 5; id++) {
            open(id);
        }
        assertThat(machine.applyAt(TTL + 1, new Command.ExpireSessions(2)))
                .isEqualTo(new Result.ReleaseResult(1, 2, true));
        assertThat(machine.applyAt(TTL + 1, new Command.ExpireSessions(3)))
                .isEqualTo(new Result.ReleaseResult(1, 3, false));
        assertThat(machine.sessions().count()).isZero();
    }

    @Test
    void closedSessionRefusesEverything() {
        open(7);
        inSession(7, 1, put("k", "1"));
        assertThat(machine.apply(new Command.CloseSession(7))).isEqualTo(new Result.SessionResult(2, 7, 0));
        assertThat(inSession(7, 1, put("k", "1"))).isEqualTo(refused(2, Refusal.SESSION_EXPIRED));
        assertThat(inSession(7, 2, put("k", "2"))).isEqualTo(refused(2, Refusal.SESSION_EXPIRED));
        assertThat(machine.apply(new Command.CloseSession(7))).isEqualTo(refused(2, Refusal.SESSION_EXPIRED));
    }

    @Test
    void answerThatIsTooLargeIsNotKeptAndItsCommandNotAppliedAgain() {
        open(7);
        machine.put("large", "v".repeat(SessionRecord.ANSWER_BYTES_MAX));
        Command showing = new Command.DeleteRange(KeyRange.single(Bytes.utf8("large")), true);
        assertThat(((Result.DeleteRangeResult) inSession(7, 1, showing)).previous())
                .hasSize(1);
        machine.put("large", "again");
        assertThat(inSession(7, 1, showing)).isEqualTo(refused(4, Refusal.SESSION_ANSWER_NOT_KEPT));
        assertThat(machine.get("large")).contains("again");
        assertThat(inSession(7, 2, put("k", "v"))).isInstanceOf(Result.PutResult.class);
    }

    @Test
    void answerOfTheGreatestSizeIsKept() {
        open(7);
        // The sizes of what is around the value: four tags and lengths, revisions and versions.
        machine.put("k", "v".repeat(SessionRecord.ANSWER_BYTES_MAX - 24));
        Command showing = new Command.DeleteRange(KeyRange.single(Bytes.utf8("k")), true);
        Result first = inSession(7, 1, showing);
        assertThat(machine.sessions().find(7).orElseThrow().answer().length())
                .isEqualTo(SessionRecord.ANSWER_BYTES_MAX);
        assertThat(inSession(7, 1, showing)).isEqualTo(first);
    }

    @Test
    void thereAreOnlySoManySessions() {
        List<Command> openings = new ArrayList<>();
        for (long id = 1; id <= SessionRecord.COUNT_MAX; id++) {
            openings.add(new Command.OpenSession(id, TTL));
        }
        machine.applyEntry(0, openings);
        assertThat(machine.sessions().count()).isEqualTo(SessionRecord.COUNT_MAX);
        assertThat(machine.apply(new Command.OpenSession(-1, TTL))).isEqualTo(refused(1, Refusal.TOO_MANY_SESSIONS));
        machine.apply(new Command.CloseSession(1));
        assertThat(machine.apply(new Command.OpenSession(-1, TTL))).isInstanceOf(Result.SessionResult.class);
    }

    @Test
    void transactionInASessionReadsRevisionsOfItsOwnEntry() {
        open(7);
        Command.Txn readingOlder = new Command.Txn(
                List.of(),
                List.of(
                        put("other", "v"),
                        RangeRequest.of(KeyRange.single(Bytes.utf8("k"))).atRevision(2)),
                List.of());
        List<Result> results =
                machine.applyEntry(0, List.of(put("k", "1"), put("k", "2"), new Command.InSession(7, 1, readingOlder)));
        Result.RangeResult read = (Result.RangeResult)
                ((Result.TxnResult) results.get(2)).results().get(1);
        assertThat(read.keyValues().get(0).value().toUtf8()).isEqualTo("1");
    }

    @Test
    void sessionsCountInTheStateHash() {
        long before = machine.stateHash();
        open(7);
        long opened = machine.stateHash();
        inSession(7, 1, new Command.AdvanceTime());
        assertThat(List.of(before, opened)).doesNotContain(machine.stateHash());
        machine.apply(new Command.CloseSession(7));
        assertThat(machine.stateHash()).isEqualTo(before);
    }

    @Test
    void sessionsTakeWhatUsersAskForAndNothingElse() {
        for (Command other : List.of(
                new Command.ReleaseTombstones(1, 1),
                new Command.ExpireLease(1),
                new Command.WriteSystem(List.of(SystemWrite.removal(Bytes.utf8("k")))),
                new Command.OpenSession(1, TTL),
                new Command.CloseSession(1),
                new Command.ExpireSessions(1),
                new Command.InSession(1, 1, put("k", "v")))) {
            assertThatIllegalArgumentException().isThrownBy(() -> new Command.InSession(1, 1, other));
        }
    }

    @Test
    void numbersOutOfTheirBoundsAreRefusedAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.InSession(1, 0, put("k", "v")));
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.InSession(0, 1, put("k", "v")));
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.OpenSession(0, TTL));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Command.OpenSession(1, SessionRecord.TTL_MILLIS_LEAST - 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Command.OpenSession(1, SessionRecord.TTL_MILLIS_MAX + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.ExpireSessions(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Command.WriteSystem(List.of(SystemWrite.removal(Bytes.utf8("session/x")))));
    }

    private void open(long id) {
        assertThat(machine.applyAt(0, new Command.OpenSession(id, TTL))).isInstanceOf(Result.SessionResult.class);
    }

    private Result inSession(long id, long sequence, Command command) {
        return machine.apply(new Command.InSession(id, sequence, command));
    }

    private static Command.Put put(String key, String value) {
        return Command.put(Bytes.utf8(key), Bytes.utf8(value));
    }

    private static Result refused(long revision, Refusal refusal) {
        return new Result.Refused(revision, refusal, 0);
    }
}
