package io.hightower.kv.replication.ratis;

import static io.hightower.kv.replication.ratis.TestCluster.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The proposer of member {@code me}, with other members and a log as the test has them. */
final class ProposerTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final int BATCH_COMMANDS_MAX = 2;
    private static final int BATCH_BYTES_MAX = 1000;

    private final CommandQueue queue = new CommandQueue(1000, 1 << 20, Duration.ZERO);
    private final ScriptedMember member = new ScriptedMember();
    private final InFlightBatches inFlight =
            new InFlightBatches(Runnable::run, new AppliedIndex(Runnable::run, 0), queue::nudge);
    private final ScriptedPeers peers = new ScriptedPeers(8, inFlight);
    private final List<CompletableFuture<Result>> results = new ArrayList<>();
    private Proposer proposer;
    private Thread thread;

    @AfterEach
    void stop() throws InterruptedException {
        if (thread != null) {
            proposer.stop(() -> new NotReplicatedException(NotReplicatedException.Reason.STOPPED, "The test is over"));
            thread.interrupt();
            thread.join(TimeUnit.SECONDS.toMillis(TestCluster.PATIENCE_SECONDS));
            assertThat(thread.isAlive()).isFalse();
        }
    }

    private void start() {
        startWithElectionsAfter(LONG.minusMinutes(2));
    }

    private void startWithElectionsAfter(Duration electionMin) {
        RatisOptions options = RatisOptions.of("me", Map.of("me", "127.0.0.1:1"), "test", Path.of("unused"))
                .withTimeouts(new RatisOptions.Timeouts(LONG, electionMin, LONG.minusMinutes(1)))
                .withTuning(new RatisOptions.Tuning(BATCH_COMMANDS_MAX, BATCH_BYTES_MAX, 8, 64 * 1024, 0));
        TreeMapStateStore store = new TreeMapStateStore();
        proposer = new Proposer(
                options,
                new Proposer.Surroundings(
                        queue,
                        member,
                        peers,
                        inFlight,
                        store,
                        new LeaderTime(member::termReady, store, () -> 0),
                        Runnable::run,
                        Metrics.none()));
        thread = new Thread(proposer, "test-proposer");
        thread.start();
    }

    /** Submits puts, the keys of which are counted. */
    private void submit(int count, int bytesEach) {
        for (int i = 0; i < count; i++) {
            submit(bytesEach, LONG, Submission.LOCAL);
        }
    }

    private void submit(int bytes, Duration time, Submission.Origin origin) {
        CompletableFuture<Result> result = new CompletableFuture<>();
        Submission submission = new Submission(
                List.of(Command.put(Bytes.utf8("" + results.size()), Bytes.EMPTY)),
                bytes,
                System.nanoTime() + time.toNanos(),
                origin,
                new Submission.Receiver() {
                    @Override
                    public void succeeded(long index, List<Result> given) {
                        result.complete(given.get(0));
                    }

                    @Override
                    public void failed(RuntimeException why) {
                        result.completeExceptionally(why);
                    }
                });
        results.add(result);
        assertThat(queue.offer(submission)).isEqualTo(CommandQueue.Offered.TAKEN);
    }

    private void assertAllApplied() {
        results.forEach(TestCluster::join);
        assertThat(inFlight.isEmpty()).isTrue();
    }

    private void applyAll(ScriptedPeers.Heard<?, ?> stream) {
        for (int i = 0; i < stream.batches().size(); i++) {
            stream.apply(i);
        }
    }

    @Test
    void whatWasRefusedIsForwardedAgainInEntriesThatKeepTheBounds() {
        member.follows("a");
        submit(7, 10);
        start();
        ScriptedPeers.Heard<?, ?> refusing = peers.awaitBatches("a", 4);
        assertThat(refusing.sizes()).containsExactly(2, 2, 2, 1);
        refusing.refuse(0);

        TestCluster.await("another stream", () -> peers.streamsTo("a").size() == 2);
        ScriptedPeers.Heard<?, ?> stream = peers.awaitBatches("a", 4);
        assertThat(stream.sizes()).containsExactly(2, 2, 2, 1);
        assertThat(stream.keys()).containsExactly("0", "1", "2", "3", "4", "5", "6");
        applyAll(stream);
        assertAllApplied();
    }

    @Test
    void whatWasRefusedIsLoggedHereInEntriesThatKeepTheBounds() {
        member.follows("a");
        submit(5, 600);
        submit(1, 5000);
        submit(2, 500);
        start();
        ScriptedPeers.Heard<?, ?> refusing = peers.awaitBatches("a", 7);
        member.leadsInTerm(2);
        refusing.refuse(0);

        TestCluster.await("all is logged", () -> member.logged().size() >= 7);
        assertThat(member.logged().stream()
                        .map(batch -> batch.entry().commands().size()))
                .containsExactly(1, 1, 1, 1, 1, 1, 2);
        assertThat(member.logged().get(5).submissions().get(0).bytes())
                .as("what is too large for others goes alone")
                .isEqualTo(5000);
        member.logged()
                .forEach(batch -> inFlight.onApplied(
                        batch,
                        1,
                        batch.entry().commands().stream()
                                .<Result>map(command -> new Result.PutResult(1, ApplyOutcome.APPLIED, 1))
                                .toList()));
        assertAllApplied();
    }

    @Test
    void refusalsThatComeAfterAnotherLeaderIsKnownAreTakenBackAndKeepTheirOrder() {
        member.follows("a");
        submit(2 * BATCH_COMMANDS_MAX, 10);
        start();
        ScriptedPeers.Heard<?, ?> former = peers.awaitBatches("a", 2);
        // The refusal arrives when the next leader is asked whether it hears, or later.
        peers.beforeOpening("c", () -> former.refuse(0));
        member.follows("c");
        submit(1, 10);
        TestCluster.await("the proposer has the last one", () -> queue.size() == 0);
        former.refuse(0);

        ScriptedPeers.Heard<?, ?> next = peers.awaitBatches("c", 3);
        assertThat(next.keys()).containsExactly("0", "1", "2", "3", "4");
        applyAll(next);
        assertAllApplied();
    }

    @Test
    void thisMemberAsTheNextLeaderLogsWhatTheFormerOneRefusesBeforeAnythingElse() {
        member.follows("a");
        submit(2 * BATCH_COMMANDS_MAX, 10);
        start();
        ScriptedPeers.Heard<?, ?> former = peers.awaitBatches("a", 2);
        member.leadsInTerm(2);
        submit(1, 10);
        TestCluster.await("the proposer has the last one", () -> queue.size() == 0);
        former.apply(0);
        assertThat(member.logged()).as("an answer is still owed").isEmpty();
        former.refuse(1);

        TestCluster.await("all is logged", () -> member.logged().size() >= 2);
        assertThat(member.logged().stream().flatMap(batch -> batch.entry().commands().stream()))
                .extracting(command -> ((Command.Put) command).key().toUtf8())
                .containsExactly("2", "3", "4");
    }

    @Test
    void whatAReplacedLeaderDoesNotAnswerIsUnknownLongBeforeItsTimeIsUpAndTheRestGoesOn() {
        member.follows("a");
        submit(1, 10);
        startWithElectionsAfter(Duration.ofMillis(50));
        peers.awaitBatches("a", 1);
        submit(1, 10);
        peers.awaitBatches("a", 2);
        member.follows("c");
        submit(1, 10);

        ScriptedPeers.Heard<?, ?> next = peers.awaitBatches("c", 1);
        assertThatThrownBy(() -> join(results.get(0))).isInstanceOf(OutcomeUnknownException.class);
        assertThatThrownBy(() -> join(results.get(1))).isInstanceOf(OutcomeUnknownException.class);
        assertThat(next.keys()).containsExactly("2");
        next.apply(0);
        join(results.get(2));
        assertThat(inFlight.isEmpty()).isTrue();
    }

    @Test
    void aReplacedLeaderIsBrokenOffAlthoughNothingElseIsToBeProposed() {
        member.follows("a");
        submit(1, 10);
        startWithElectionsAfter(Duration.ofMillis(50));
        peers.awaitBatches("a", 1);
        member.follows("c");
        assertThatThrownBy(() -> join(results.get(0))).isInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void aCommandWithLittleTimeDoesNotShortenThatOfOthersInTheSameEntry() {
        member.follows("a");
        submit(10, Duration.ofMinutes(1), Submission.LOCAL);
        submit(10, LONG, Submission.LOCAL);
        start();
        ScriptedPeers.Heard<?, ?> stream = peers.awaitBatches("a", 1);
        assertThat(stream.sizes()).containsExactly(2);
        assertThat(stream.batches().get(0).millisLeft())
                .isGreaterThan((int) LONG.minusMinutes(10).toMillis());

        inFlight.expire(System.nanoTime() + Duration.ofMinutes(2).toNanos());
        assertThatThrownBy(() -> join(results.get(0))).isInstanceOf(OutcomeUnknownException.class);
        assertThat(results.get(1)).isNotDone();
        stream.apply(0);
        join(results.get(1));
    }

    @Test
    void timeThatDoesNotFitTheMessageIsCutToWhatDoes() {
        member.follows("a");
        submit(10, Duration.ofDays(100), Submission.LOCAL);
        start();
        ScriptedPeers.Heard<?, ?> stream = peers.awaitBatches("a", 1);
        assertThat(stream.batches().get(0).millisLeft()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void whatAnotherMemberForwardedIsNotForwardedThoughItWasAllowedAMomentBefore() {
        member.follows("a", 3);
        submit(10, LONG, termLed -> termLed == 3);
        submit(10, LONG, Submission.LOCAL);
        start();
        TestCluster.await("the proposer has them", () -> queue.size() == 0);
        member.follows("a");

        ScriptedPeers.Heard<?, ?> stream = peers.awaitBatches("a", 1);
        assertThat(stream.keys()).containsExactly("1");
        assertThatThrownBy(() -> join(results.get(0))).isInstanceOf(NotReplicatedException.class);
    }

    @Test
    void whatWasRefusedLastIsKnownNotToBeReplicatedWhenTheProposerEnds() throws InterruptedException {
        member.follows("a");
        submit(2 * BATCH_COMMANDS_MAX, 10);
        start();
        ScriptedPeers.Heard<?, ?> former = peers.awaitBatches("a", 2);
        stop();
        former.refuse(1);
        // Stopped, it ends at once.
        proposer.run();

        assertThat(results.get(0)).as("not refused").isNotDone();
        assertThatThrownBy(() -> join(results.get(2))).isInstanceOf(NotReplicatedException.class);
        assertThatThrownBy(() -> join(results.get(3))).isInstanceOf(NotReplicatedException.class);
    }
}
