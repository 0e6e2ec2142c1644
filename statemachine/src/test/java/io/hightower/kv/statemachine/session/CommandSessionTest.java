package io.hightower.kv.statemachine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hightower.kv.statemachine.AnswerNotKeptException;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SessionExpiredException;
import io.hightower.kv.statemachine.SessionRecord;
import io.hightower.kv.statemachine.api.Session;
import io.hightower.kv.statemachine.api.SessionOptions;
import io.hightower.kv.statemachine.session.UnreliableStore.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CommandSessionTest {
    private static final long DEADLINE = TimeUnit.SECONDS.toNanos(30);

    private final UnreliableStore store = new UnreliableStore();
    private final HandMovedSurroundings surroundings = new HandMovedSurroundings(new SplittableRandom(1));

    @Test
    void aCommandIsAppliedAndAnswered() {
        Session session = open();
        assertThat(session.putAsync(key("k"), key("v")).join().revision()).isEqualTo(2);
        assertThat(store.writes("k")).isEqualTo(1);
    }

    @Test
    void aCommandIsSentUntilSomebodyLeads() {
        Session session = open();
        store.next(Fate.NO_LEADER, Fate.OVERLOADED, Fate.NO_LEADER);
        CompletableFuture<?> put = session.putAsync(key("k"), key("v"));
        assertThat(put).isNotDone();
        surroundings.pass(DEADLINE - 1);
        assertThat(put).isCompleted();
        assertThat(store.writes("k")).isEqualTo(1);
    }

    @Test
    void aLostAnswerIsAskedForAgainUnderTheSameNumber() {
        Session session = open();
        store.next(Fate.ANSWER_LOST, Fate.LOST, Fate.ANSWER_LOST);
        CompletableFuture<Result.PutResult> put = session.putAsync(key("k"), key("v"));
        surroundings.pass(DEADLINE - 1);
        assertThat(put.join().revision()).isEqualTo(2);
        assertThat(store.writes("k")).isEqualTo(1);
        assertThat(store.seen.subList(1, 5))
                .containsOnly(new Command.InSession(session.id(), 1, Command.put(key("k"), key("v"))));
    }

    @Test
    void pausesGrowAndStayBelowATenthOfASecond() {
        Session session = open();
        for (int i = 0; i < 1000; i++) {
            store.next(Fate.NO_LEADER);
        }
        CompletableFuture<?> unused = session.putAsync(key("k"), key("v"));
        surroundings.pass(TimeUnit.MILLISECONDS.toNanos(1));
        int first = store.seen.size();
        surroundings.pass(TimeUnit.SECONDS.toNanos(1));
        int growing = store.seen.size();
        surroundings.pass(TimeUnit.SECONDS.toNanos(10));
        assertThat(first).isLessThanOrEqualTo(2);
        assertThat(growing - first).isBetween(10, 30);
        assertThat(store.seen.size() - growing).isBetween(100, 200);
    }

    @Test
    void whatNobodyTookBeforeTheDeadlineWasNotAppliedAndItsNumberIsUsedAgain() {
        Session session = open();
        refuseUntilDeadline();
        CompletableFuture<?> put = session.putAsync(key("k"), key("v"));
        surroundings.pass(DEADLINE);
        assertThat(failure(put)).isInstanceOfSatisfying(NotReplicatedException.class, e -> assertThat(e.reason())
                .isEqualTo(Reason.NO_LEADER));
        assertThat(session.putAsync(key("k"), key("v"))).isNotDone();
        surroundings.pass(DEADLINE - 1);
        assertThat(store.writes("k")).isEqualTo(1);
        assertThat(last()).isEqualTo(new Command.InSession(session.id(), 1, Command.put(key("k"), key("v"))));
    }

    /** Some hundred refusals: more than there are attempts in a deadline, so that some are left for the next call. */
    private void refuseUntilDeadline() {
        for (int i = 0; i < 480; i++) {
            store.next(Fate.NO_LEADER);
        }
    }

    @Test
    void whatMayHaveHappenedIsUnknownAtTheDeadline() {
        Session session = open();
        store.next(Fate.NO_LEADER, Fate.LOST);
        refuseUntilDeadline();
        CompletableFuture<?> put = session.putAsync(key("k"), key("v"));
        surroundings.pass(DEADLINE);
        assertThat(failure(put)).isInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void whatIsNotAnsweredAtAllIsUnknownAtTheDeadline() {
        Session session = open();
        store.next(Fate.UNANSWERED);
        CompletableFuture<?> put = session.putAsync(key("k"), key("v"));
        surroundings.pass(DEADLINE - 1);
        assertThat(put).isNotDone();
        surroundings.pass(1);
        assertThat(failure(put)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(session.putAsync(key("k"), key("v")).join().revision()).isEqualTo(3);
    }

    @Test
    void anAnswerThatComesTooLateIsNotTakenForThatOfALaterCall() {
        Session session = open();
        store.next(Fate.UNANSWERED);
        CompletableFuture<?> first = session.putAsync(key("first"), key("v"));
        surroundings.pass(DEADLINE);
        store.next(Fate.NO_LEADER);
        CompletableFuture<Result.DeleteResult> second = session.deleteAsync(key("second"));
        store.late.remove().run();
        assertThat(failure(first)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(second).isNotDone();
        surroundings.pass(DEADLINE - 1);
        assertThat(second.join().existed()).isFalse();
    }

    @Test
    void whatWasGivenUpIsNeverAppliedOnceTheNextCallIsAnswered() {
        Session session = open();
        store.next(Fate.DELAYED);
        CompletableFuture<?> first = session.putAsync(key("first"), key("v"));
        refuseUntilDeadline();
        surroundings.pass(DEADLINE);
        assertThat(failure(first)).isInstanceOf(OutcomeUnknownException.class);
        CompletableFuture<?> second = session.putAsync(key("second"), key("v"));
        surroundings.pass(DEADLINE - 1);
        assertThat(second).isCompleted();
        store.arrive();
        assertThat(store.writes("first")).isZero();
        assertThat(store.writes("second")).isEqualTo(1);
    }

    @Test
    void whatWasGivenUpAndHappenedIsNotUndoneAndTheNextCallGetsItsOwnAnswer() {
        Session session = open();
        store.next(Fate.ANSWER_LOST);
        refuseUntilDeadline();
        CompletableFuture<?> first = session.putAsync(key("first"), key("v"));
        surroundings.pass(DEADLINE);
        assertThat(failure(first)).isInstanceOf(OutcomeUnknownException.class);
        CompletableFuture<Result.DeleteResult> second = session.deleteAsync(key("second"));
        surroundings.pass(DEADLINE - 1);
        assertThat(second.join().existed()).isFalse();
        assertThat(store.writes("first")).isEqualTo(1);
    }

    @Test
    void aCallBehindOneThatCannotBeSettledWasNotApplied() {
        Session session = open();
        store.next(Fate.DELAYED);
        refuseUntilDeadline();
        refuseUntilDeadline();
        refuseUntilDeadline();
        CompletableFuture<?> first = session.putAsync(key("first"), key("v"));
        surroundings.pass(DEADLINE);
        CompletableFuture<?> second = session.putAsync(key("second"), key("v"));
        surroundings.pass(DEADLINE);
        assertThat(failure(first)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(failure(second)).isInstanceOf(NotReplicatedException.class);
        store.arrive();
        assertThat(store.writes("first")).isEqualTo(1);
        assertThat(store.writes("second")).isZero();
    }

    @Test
    void whatWaitingDoesNotHelpIsToldAtOnce() {
        Session session = open();
        for (Fate fate : List.of(Fate.DISK_FULL, Fate.STOPPED)) {
            store.next(fate);
            assertThat(failure(session.putAsync(key("k"), key("v"))))
                    .isInstanceOfSatisfying(
                            NotReplicatedException.class,
                            e -> assertThat(e.reason().name()).isEqualTo(fate.name()));
        }
        assertThat(session.putAsync(key("k"), key("v")).join().revision()).isEqualTo(2);
        assertThat(last()).isEqualTo(new Command.InSession(session.id(), 1, Command.put(key("k"), key("v"))));
    }

    @Test
    void aStoppedStoreDoesNotTurnAnUnknownOutcomeIntoNone() {
        Session session = open();
        store.next(Fate.DELAYED, Fate.STOPPED);
        CompletableFuture<?> put = session.putAsync(key("k"), key("v"));
        surroundings.pass(DEADLINE - 1);
        assertThat(failure(put)).isInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void refusalsOfTheStoreAreResultsAndExceptionsOfTheMethodsThatNameWhatTheyDo() {
        Session session = open();
        assertThat(session.submitAsync(new Command.RevokeLease(5)).join())
                .isEqualTo(new Result.Refused(1, Refusal.LEASE_NOT_FOUND, 0));
        Command.Put keeping = new Command.Put(key("k"), Bytes.EMPTY, 0, new PutOptions(0, false, true, false));
        assertThat(failure(session.putAsync(keeping))).isInstanceOf(RefusedException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> session.submitAsync(new Command.ExpireLease(1)));
    }

    @Test
    void anExpiredSessionFailsEveryCallAndAppliesNone() {
        Session session = open();
        store.timeMillis = SessionOptions.TTL_DEFAULT.toMillis() + 1;
        store.next(Fate.NO_LEADER);
        CompletableFuture<?> first = session.putAsync(key("first"), key("v"));
        CompletableFuture<?> waiting = session.putAsync(key("waiting"), key("v"));
        surroundings.pass(DEADLINE - 1);
        assertThat(failure(first)).isInstanceOf(SessionExpiredException.class);
        assertThat(failure(waiting)).isInstanceOf(SessionExpiredException.class);
        assertThat(failure(session.putAsync(key("later"), key("v")))).isInstanceOf(SessionExpiredException.class);
        assertThat(store.writes("first") + store.writes("waiting") + store.writes("later"))
                .isZero();
    }

    @Test
    void aCommandThatMayHaveHappenedBeforeTheSessionExpiredIsUnknown() {
        Session session = open();
        store.next(Fate.ANSWER_LOST);
        CompletableFuture<?> put = session.putAsync(key("k"), key("v"));
        store.timeMillis = SessionOptions.TTL_DEFAULT.toMillis() + 1;
        surroundings.pass(DEADLINE - 1);
        assertThat(failure(put)).isInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void aStoreThatWasPutBackEndsTheSession() {
        Session session = open();
        session.putAsync(key("k"), key("v")).join();
        store.apply(new Command.CloseSession(session.id()));
        store.apply(new Command.OpenSession(session.id(), 5_000));
        assertThat(failure(session.putAsync(key("k"), key("v")))).isInstanceOf(SessionExpiredException.class);
        assertThat(store.writes("k")).isEqualTo(1);
    }

    @Test
    void aLargeAnswerThatWasLostIsToldAsLostAndTheSessionGoesOn() {
        Session session = open();
        store.apply(Command.put(key("k"), key("v".repeat(SessionRecord.ANSWER_BYTES_MAX))));
        store.next(Fate.ANSWER_LOST);
        CompletableFuture<?> showing =
                session.deleteRangeAsync(new Command.DeleteRange(KeyRange.single(key("k")), true));
        surroundings.pass(DEADLINE - 1);
        assertThat(failure(showing)).isInstanceOf(AnswerNotKeptException.class);
        assertThat(session.putAsync(key("k"), key("v")).join().revision()).isEqualTo(4);
    }

    @Test
    void callsAreAppliedInTheirOrderOneAfterTheOther() {
        Session session = open();
        store.next(Fate.NO_LEADER, Fate.NO_LEADER);
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add(session.putAsync(key("k"), key("v" + i)));
            assertThat(store.seen).hasSize(2);
        }
        surroundings.pass(DEADLINE - 1);
        assertThat(calls).allMatch(CompletableFuture::isDone);
        assertThat(store.stored("k").orElseThrow().value()).isEqualTo(key("v19"));
        assertThat(store.writes("k")).isEqualTo(20);
    }

    @Test
    void aThousandCallsThatAreAnsweredAtOnceAfterAPauseEndTogether() {
        Session session = open();
        store.next(Fate.NO_LEADER);
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i <= CommandSession.WAITING_MAX; i++) {
            calls.add(session.putAsync(key("k"), key("v")));
        }
        assertThat(failure(session.putAsync(key("k"), key("too many"))))
                .isInstanceOfSatisfying(NotReplicatedException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.OVERLOADED));
        surroundings.pass(DEADLINE - 1);
        assertThat(calls).allMatch(call -> call.isDone() && !call.isCompletedExceptionally());
        assertThat(store.writes("k")).isEqualTo(CommandSession.WAITING_MAX + 1);
        assertThat(surroundings.waiting()).as("deadlines kept").isZero();
    }

    @Test
    void aCallThatIsStillWaitingAtItsDeadlineWasNotApplied() {
        Session session = open();
        store.next(Fate.UNANSWERED);
        CompletableFuture<?> first = session.putAsync(key("first"), key("v"));
        CompletableFuture<?> second = session.putAsync(key("second"), key("v"));
        store.next(Fate.UNANSWERED, Fate.UNANSWERED);
        surroundings.pass(DEADLINE);
        assertThat(failure(first)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(failure(second)).isInstanceOf(NotReplicatedException.class);
        assertThat(store.writes("second")).isZero();
    }

    @Test
    void aCallerWhoGivesUpItsFutureDoesNotHarmTheSession() {
        Session session = open();
        store.next(Fate.NO_LEADER);
        CompletableFuture<Result> given = session.submitAsync(Command.put(key("k"), key("v")));
        given.cancel(true);
        surroundings.pass(DEADLINE - 1);
        assertThat(session.putAsync(key("k"), key("v")).join().revision()).isEqualTo(3);
    }

    @Test
    void openingIsTriedAgainAndALostAnswerOpensNoSecondSession() {
        store.next(Fate.NO_LEADER, Fate.ANSWER_LOST);
        CompletableFuture<Session> opening = opening();
        surroundings.pass(DEADLINE - 1);
        assertThat(store.sessions().find(opening.join().id())).isPresent();
        assertThat(store.sessions().count()).isEqualTo(1);
    }

    @Test
    void anIdThatIsTakenIsNotUsed() {
        HandMovedSurroundings same = new HandMovedSurroundings(new SplittableRandom(1));
        Session first = open();
        Session second = CommandSession.open(store::submit, same, SessionOptions.defaults())
                .join();
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(store.sessions().count()).isEqualTo(2);
    }

    @Test
    void tooManySessionsAreRefused() {
        for (long id = 1; id <= SessionRecord.COUNT_MAX; id++) {
            store.apply(new Command.OpenSession(id, 5_000));
        }
        assertThat(failure(opening())).isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.refusal())
                .isEqualTo(Refusal.TOO_MANY_SESSIONS));
    }

    @Test
    void aClosedSessionIsForgottenAndTakesNoCalls() {
        Session session = open();
        session.close();
        session.close();
        assertThat(store.sessions().count()).isZero();
        assertThat(failure(session.putAsync(key("k"), key("v"))))
                .isInstanceOfSatisfying(NotReplicatedException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.STOPPED));
    }

    @Test
    void closingFailsForNobody() {
        Session session = open();
        store.next(Fate.STOPPED);
        session.close();
        assertThat(store.sessions().count()).isEqualTo(1);
    }

    @Test
    void optionsHaveBounds() {
        SessionOptions defaults = SessionOptions.defaults();
        assertThat(defaults.withTtl(Duration.ofSeconds(1)).withDeadline(Duration.ofMillis(100)))
                .isEqualTo(new SessionOptions(Duration.ofSeconds(1), Duration.ofMillis(100)));
        assertThatIllegalArgumentException().isThrownBy(() -> defaults.withTtl(Duration.ofMillis(999)));
        assertThatIllegalArgumentException().isThrownBy(() -> defaults.withTtl(Duration.ofHours(25)));
        assertThatIllegalArgumentException().isThrownBy(() -> defaults.withDeadline(Duration.ofMillis(99)));
        assertThatIllegalArgumentException().isThrownBy(() -> defaults.withDeadline(Duration.ofHours(2)));
    }

    private Session open() {
        return opening().join();
    }

    private CompletableFuture<Session> opening() {
        return CommandSession.open(store::submit, surroundings, SessionOptions.defaults());
    }

    private Command last() {
        return store.seen.get(store.seen.size() - 1);
    }

    private static Throwable failure(CompletableFuture<?> call) {
        assertThat(call).isCompletedExceptionally();
        Throwable failure = call.handle((result, thrown) -> thrown).join();
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static Bytes key(String text) {
        return Bytes.utf8(text);
    }
}
