package io.hightower.kv.cluster.guarantees.kv;

import static io.hightower.kv.cluster.guarantees.Broken.assertBroken;
import static io.hightower.kv.cluster.guarantees.WrittenRun.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cluster.guarantees.WrittenRun;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.history.Outcome;
import io.hightower.kv.cluster.guarantees.history.Request;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Runs in which one thing about leases is wrong. Lease 7 was renewed at 8 s for 10 s and ended at 20 s, 8 was revoked at 24 s. */
class BrokenLeasesTest {
    private final WrittenRun run = new WrittenRun();

    private WrittenRun answered(long second, Command command, Result answer) {
        return run.also(second, "other", new Request.Submitted(command), answer);
    }

    @Test
    void aLeaseThatEndsBeforeItsTimeHasPassedSinceTheLastRenewalEndsEarly() {
        run.without(21);
        answered(15, new Command.RenewLease(7), new Result.LeaseResult(7, 7, 10));
        assertBroken(run, LeaseLaw.class);
    }

    @Test
    void aLeaseThatEndsExactlyInTimeIsFine() {
        answered(10, new Command.RenewLease(7), new Result.LeaseResult(7, 7, 10));
        assertBroken(run);
    }

    @Test
    void aKeyThatStaysBehindItsLeaseIsFound() {
        run.everybody(message -> {
            if (!(message instanceof WatchMessage.Events events) || events.revision() != 8) {
                return Optional.of(message);
            }
            List<WatchEvent> left = events.events().stream()
                    .filter(event -> !event.key().equals(key("y")))
                    .toList();
            return left.isEmpty() ? Optional.empty() : Optional.of(new WatchMessage.Events(8, left, false));
        });
        run.reading(27, shown -> {
            shown.add(new KeyValue(key("y"), Bytes.utf8("1"), 7, 7, 1, 7, 7));
            return shown;
        });
        assertBroken(run, LeaseLaw.class);
    }

    @Test
    void aRenewalOfARevokedLeaseIsFound() {
        answered(28, new Command.RenewLease(8), new Result.LeaseResult(11, 8, 10));
        assertBroken(run, LeaseLaw.class);
    }

    @Test
    void aRenewalBehindTheEndOfTheKeysIsFound() {
        run.without(21);
        answered(22, new Command.RenewLease(7), new Result.LeaseResult(8, 7, 10));
        assertBroken(run, LeaseLaw.class);
    }

    @Test
    void aLeaseThatIsSaidToBeGoneAlthoughItHasTimeLeftIsFound() {
        answered(15, new Command.RenewLease(7), new Result.LeaseResult(7, 7, 0));
        assertBroken(run, LeaseLaw.class);
    }

    @Test
    void aPutThatIsRefusedForALeaseThatHasTimeLeftIsFound() {
        Command.Put put = new Command.Put(key("w"), Bytes.EMPTY, Command.NO_VERSION, PutOptions.lease(7));
        answered(15, put, new Result.Refused(7, Refusal.LEASE_NOT_FOUND, 4));
        assertBroken(run, LeaseLaw.class);
    }

    @Test
    void aKeyThatIsHungOnALeaseThatHasEndedIsFound() {
        // The last put, as if it had hung its key on the lease that was revoked.
        Command.Put put = new Command.Put(key("a"), Bytes.utf8("3"), Command.NO_VERSION, PutOptions.lease(8));
        run.operation(
                26,
                next -> new Operation(
                        next.number(),
                        next.client(),
                        next.member(),
                        next.callNanos(),
                        next.returnNanos(),
                        new Request.Submitted(put),
                        next.outcome(),
                        Optional.of(new Result.PutResult(11, ApplyOutcome.APPLIED, 11))));
        assertThat(new LeaseLaw().check(run.history()).verdict()).isEqualTo(Judgement.Verdict.FAIL);
    }

    @Test
    void aKeyThatARevocationLeavesBehindIsFound() {
        answered(15, new Command.RevokeLease(7), new Result.RevokeResult(7, true, 0));
        assertBroken(run, LeaseLaw.class, AnswerEqualsReplay.class);
    }

    @Test
    void aKeyOfALeaseThatHasEndedIsFoundInTheLog() {
        run.operation(26, BrokenLeasesTest::withoutAnswer)
                .everybody(message -> Optional.of(
                        message instanceof WatchMessage.Events events && events.revision() == 11
                                ? new WatchMessage.Events(
                                        11, List.of(onLeaseSeven(events.events().get(0))), false)
                                : message))
                .reading(27, shown -> {
                    shown.replaceAll(next -> next.modRevision() == 11
                            ? new KeyValue(next.key(), next.value(), next.createRevision(), 11, next.version(), 11, 7)
                            : next);
                    return shown;
                });
        assertBroken(run, LeaseLaw.class);
    }

    private static WatchEvent onLeaseSeven(WatchEvent event) {
        KeyValue now = event.current().orElseThrow();
        KeyRecord changed = new KeyRecord(
                now.key(),
                true,
                now.value(),
                now.createRevision(),
                new Revision(now.modRevision(), 0),
                now.version(),
                now.writeVersion(),
                7);
        return new WatchEvent(changed, event.previous());
    }

    @Test
    void howLateALeaseMayEndIsGiven() {
        Judgement tooLate = new LeaseEndsInTime(Duration.ofSeconds(1)).check(run.history());
        Judgement inTime = new LeaseEndsInTime(Duration.ofSeconds(2)).check(run.history());
        assertThat(tooLate.verdict()).as(tooLate.toString()).isEqualTo(Judgement.Verdict.FAIL);
        assertThat(inTime.verdict()).as(inTime.toString()).isEqualTo(Judgement.Verdict.PASS);
    }

    @Test
    void nobodyIsAccusedWhereAnOperationOfUnknownOutcomeMayHaveDeletedTheKeys() {
        answered(15, new Command.RenewLease(7), new Result.LeaseResult(7, 7, 10));
        run.also(16, "other", new Request.Submitted(new Command.RevokeLease(7)), new Result.RevokeResult(7, true, 0))
                .operation(16, BrokenLeasesTest::withoutAnswer)
                .without(21);
        assertThat(new LeaseLaw().check(run.history()).violations()).isEmpty();
    }

    private static Operation withoutAnswer(Operation operation) {
        return new Operation(
                operation.number(),
                operation.client(),
                operation.member(),
                operation.callNanos(),
                Operation.NEVER,
                operation.request(),
                Outcome.UNKNOWN,
                Optional.empty());
    }
}
