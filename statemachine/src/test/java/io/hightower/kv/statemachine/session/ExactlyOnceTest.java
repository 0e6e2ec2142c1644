package io.hightower.kv.statemachine.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SessionExpiredException;
import io.hightower.kv.statemachine.api.Session;
import io.hightower.kv.statemachine.api.SessionOptions;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.session.UnreliableStore.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Calls over a way that loses commands and answers at random, delays them and refuses: what was answered happened once, what was
 * not replicated never, what is unknown once at most, and not later than the next answer.
 */
class ExactlyOnceTest {
    private static final SessionOptions OPTIONS =
            SessionOptions.defaults().withDeadline(Duration.ofMillis(400)).withTtl(Duration.ofSeconds(3));

    @Test
    void everyCallHappensAsOftenAsItsAnswerSays(TestInfo test) {
        Map<String, Integer> ends = new HashMap<>();
        SeededRuns.of(test).count(400).checkEach(random -> new Life(random, ends).run());
        if (Long.getLong(SeededRuns.SEED_PROPERTY) == null) {
            assertThat(ends.keySet())
                    .as("kinds of ends: %s", ends)
                    .containsExactlyInAnyOrder(
                            "answered", "OutcomeUnknownException", "NotReplicatedException", "SessionExpiredException");
            assertThat(ends.values()).as("ends of each kind: %s", ends).allMatch(count -> count > 100);
        }
    }

    /** A call, the key that it alone writes, and how often it had happened when a later call was answered. */
    private static final class Called {
        final String key;
        final CompletableFuture<Result.PutResult> answer;
        long settledWrites = -1;

        Called(String key, CompletableFuture<Result.PutResult> answer) {
            this.key = key;
            this.answer = answer;
        }
    }

    /** A session and its calls. */
    private static final class Life {
        private final RandomGenerator random;
        private final UnreliableStore store = new UnreliableStore();
        private final HandMovedSurroundings surroundings;
        private final List<Called> calls = new ArrayList<>();
        private final Map<String, Integer> ends;
        private Session session;

        Life(RandomGenerator random, Map<String, Integer> ends) {
            this.random = random;
            this.ends = ends;
            this.surroundings = new HandMovedSurroundings(random);
            this.session = open();
        }

        private Session open() {
            return CommandSession.open(store::submit, surroundings, OPTIONS).join();
        }

        void run() {
            int trouble = random.nextInt(2, 12);
            for (int step = 0; step < 120; step++) {
                step(trouble);
            }
            while (!store.delayed.isEmpty()) {
                store.arrive();
            }
            surroundings.pass(TimeUnit.SECONDS.toNanos(10));
            calls.forEach(this::judge);
        }

        private void step(int trouble) {
            int kind = random.nextInt(12);
            if (kind < 5) {
                for (int i = random.nextInt(3); i >= 0; i--) {
                    call();
                }
            } else if (kind < 8) {
                for (int i = random.nextInt(trouble); i > 0; i--) {
                    store.next(trouble());
                }
            } else if (kind < 9 && random.nextBoolean() && !store.late.isEmpty()) {
                store.late.remove().run();
            } else if (kind < 9 && !store.delayed.isEmpty()) {
                store.arrive();
            } else if (kind < 11) {
                surroundings.pass(TimeUnit.MILLISECONDS.toNanos(random.nextInt(1, 300)));
                settle();
            } else {
                store.timeMillis += random.nextInt(1500);
            }
        }

        private Fate trouble() {
            return List.of(
                            Fate.NO_LEADER,
                            Fate.OVERLOADED,
                            Fate.LOST,
                            Fate.ANSWER_LOST,
                            Fate.ANSWER_LOST,
                            Fate.DELAYED,
                            Fate.DELAYED,
                            Fate.UNANSWERED,
                            Fate.APPLIED,
                            Fate.STOPPED)
                    .get(random.nextInt(10));
        }

        private void call() {
            String key = "k" + calls.size();
            CompletableFuture<Result.PutResult> answer = session.putAsync(Bytes.utf8(key), Bytes.utf8("v"));
            calls.add(new Called(key, answer));
            if (answer.isCompletedExceptionally() && failure(answer) instanceof SessionExpiredException) {
                settle();
                store.apply(new Command.CloseSession(session.id()));
                reopen();
            }
        }

        private void reopen() {
            CompletableFuture<Session> opening = CommandSession.open(store::submit, surroundings, OPTIONS);
            while (!opening.isDone() || opening.isCompletedExceptionally()) {
                surroundings.pass(TimeUnit.MILLISECONDS.toNanos(10));
                opening = opening.isCompletedExceptionally()
                        ? CommandSession.open(store::submit, surroundings, OPTIONS)
                        : opening;
            }
            session = opening.join();
        }

        /** What ended before a call that was answered stays as it is from then on. */
        private void settle() {
            int answered = calls.size() - 1;
            while (answered >= 0 && !isAnswered(calls.get(answered).answer)) {
                answered--;
            }
            for (int i = 0; i <= answered; i++) {
                Called call = calls.get(i);
                if (call.answer.isDone() && call.settledWrites < 0) {
                    call.settledWrites = store.writes(call.key);
                }
            }
        }

        private static boolean isAnswered(CompletableFuture<?> answer) {
            return answer.isDone() && !answer.isCompletedExceptionally();
        }

        private void judge(Called call) {
            long writes = store.writes(call.key);
            assertThat(call.answer).as("call of %s", call.key).isDone();
            ends.merge(
                    isAnswered(call.answer)
                            ? "answered"
                            : failure(call.answer).getClass().getSimpleName(),
                    1,
                    Integer::sum);
            if (isAnswered(call.answer)) {
                assertThat(writes)
                        .as("writes of %s, which was answered", call.key)
                        .isEqualTo(1);
            } else if (failure(call.answer) instanceof OutcomeUnknownException) {
                assertThat(writes)
                        .as("writes of %s, which is unknown", call.key)
                        .isLessThanOrEqualTo(1);
            } else {
                assertThat(failure(call.answer))
                        .isInstanceOfAny(NotReplicatedException.class, SessionExpiredException.class);
                assertThat(writes)
                        .as("writes of %s, which was not replicated", call.key)
                        .isZero();
            }
            if (call.settledWrites >= 0) {
                assertThat(writes).as("writes of %s later", call.key).isEqualTo(call.settledWrites);
            }
        }

        private static Throwable failure(CompletableFuture<?> call) {
            Throwable failure = call.handle((result, thrown) -> thrown).join();
            return failure instanceof CompletionException ? failure.getCause() : failure;
        }
    }
}
