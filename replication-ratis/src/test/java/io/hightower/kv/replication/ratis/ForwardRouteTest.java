package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Member {@code me} among {@code a} and {@code c}, with elections after 1 to 2 seconds and requests of 7. */
final class ForwardRouteTest {
    private static final int BATCHES_MAX = 3;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final Outcomes outcomes = new Outcomes();
    private final ScriptedMember member = new ScriptedMember();
    private final ScriptedPeers peers = new ScriptedPeers(BATCHES_MAX, outcomes);
    private final ForwardRoute route = new ForwardRoute(member, peers, RatisOptions.Timeouts.defaults(), nanos::get);

    /** Notes what became of batches. */
    private static final class Outcomes implements ForwardLink.Listener {
        final List<Batch> answered = new ArrayList<>();
        final List<Batch> unknown = new ArrayList<>();

        @Override
        public void answered(Batch batch, long index, List<Result> results) {
            answered.add(batch);
        }

        @Override
        public void failed(Batch batch, RuntimeException why) {
            assertThat(why).isInstanceOf(OutcomeUnknownException.class);
            unknown.add(batch);
        }

        @Override
        public void refused() {}
    }

    private Batch send() throws InterruptedException {
        Submission submission = new Submission(
                List.of(Command.put(Bytes.utf8("k"), Bytes.EMPTY)),
                10,
                Long.MAX_VALUE,
                Submission.LOCAL,
                new Submission.Receiver() {
                    @Override
                    public void succeeded(long index, List<Result> results) {}

                    @Override
                    public void failed(RuntimeException why) {}
                });
        Batch batch =
                Batch.dispatch(member.nextCallId(), List.of(submission), 0).orElseThrow();
        assertThat(reserve().orElseThrow().send(batch, 1)).isTrue();
        return batch;
    }

    private Optional<ForwardLink> reserve() throws InterruptedException {
        return route.reserve(0);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** Reviews now, and again after that time. */
    private void reviewFor(Duration time) {
        route.review();
        pass(time);
        route.review();
    }

    @Test
    void thereIsNoWayToALeaderThatIsNotKnownOrIsThisMember() throws InterruptedException {
        assertThat(reserve()).isEmpty();
        member.leadsInTerm(1);
        assertThat(reserve()).isEmpty();
        assertThat(route.isClear()).isTrue();
    }

    @Test
    void nothingGoesAnotherWayWhileAnswersAreOwed() throws InterruptedException {
        member.follows("a");
        Batch batch = send();
        assertThat(route.isClear()).isFalse();
        member.follows("c");
        assertThat(reserve()).isEmpty();
        assertThat(peers.streamsTo("c")).isEmpty();

        peers.lastStreamTo("a").apply(0);

        assertThat(outcomes.answered).containsExactly(batch);
        assertThat(route.isClear()).isTrue();
        assertThat(reserve()).isPresent();
        assertThat(peers.streamsTo("c")).hasSize(1);
    }

    @Test
    void whatTheFormerLeaderRefusesIsTakenBackBeforeAnythingGoesToTheNextOne() throws InterruptedException {
        member.follows("a");
        Batch first = send();
        Batch second = send();
        member.follows("c");
        peers.lastStreamTo("a").refuse(0);

        assertThat(reserve()).isEmpty();
        assertThat(route.isClear()).isFalse();
        assertThat(route.takeRefused()).containsExactly(first, second);
        assertThat(route.takeRefused()).isEmpty();
        assertThat(reserve()).isPresent();
    }

    @Test
    void whoRefusesIsNotAskedAgainBeforeItHasAnsweredForWhatItTookEarlier() throws InterruptedException {
        member.follows("a");
        Batch taken = send();
        Batch refused = send();
        ScriptedPeers.Heard<?, ?> stream = peers.lastStreamTo("a");
        stream.refuse(1);
        assertThat(route.takeRefused()).containsExactly(refused);
        assertThat(reserve()).isEmpty();

        stream.apply(0);

        assertThat(outcomes.answered).containsExactly(taken);
        assertThat(reserve()).isPresent();
        assertThat(peers.streamsTo("a")).hasSize(2);
    }

    @Test
    void aReplacedLeaderThatDoesNotAnswerInTimeIsBrokenOff() throws InterruptedException {
        member.follows("a");
        Batch batch = send();
        reviewFor(Duration.ofDays(1));
        assertThat(outcomes.unknown).as("in use").isEmpty();
        member.follows("c");
        reviewFor(Duration.ofMillis(999));
        assertThat(outcomes.unknown).isEmpty();

        reviewFor(Duration.ofMillis(1));

        assertThat(outcomes.unknown).containsExactly(batch);
        assertThat(peers.lastStreamTo("a").isEnded()).isTrue();
        assertThat(reserve()).isPresent();
        assertThat(peers.streamsTo("c")).hasSize(1);
    }

    @Test
    void anAnswerThatComesAfterItWasBrokenOffChangesNothing() throws InterruptedException {
        member.follows("a");
        Batch batch = send();
        send();
        member.follows("c");
        reviewFor(Duration.ofSeconds(1));

        peers.lastStreamTo("a").apply(0);
        peers.lastStreamTo("a").refuse(1);

        assertThat(outcomes.unknown).contains(batch).hasSize(2);
        assertThat(outcomes.answered).isEmpty();
        assertThat(route.takeRefused()).isEmpty();
        assertThat(route.isClear()).isTrue();
    }

    @Test
    void whatWasRefusedBeforeItWasBrokenOffIsNotLost() throws InterruptedException {
        member.follows("a");
        Batch taken = send();
        Batch refused = send();
        peers.lastStreamTo("a").refuse(1);
        member.follows("c");
        reviewFor(Duration.ofSeconds(1));

        assertThat(outcomes.unknown).containsExactly(taken);
        assertThat(route.takeRefused()).containsExactly(refused);
    }

    @Test
    void thisMemberAsLeaderHasToWaitAsWell() throws InterruptedException {
        member.follows("a");
        send();
        member.leadsInTerm(2);
        route.review();
        assertThat(route.isClear()).isFalse();

        reviewFor(Duration.ofSeconds(1));

        assertThat(route.isClear()).isTrue();
    }

    @Test
    void whileNobodyIsKnownToLeadTheLastLeaderKeepsItsTimeAndAReplacedOneItsDeadline() throws InterruptedException {
        member.follows("a");
        send();
        member.knowsNoLeader();
        reviewFor(Duration.ofDays(1));
        assertThat(outcomes.unknown).isEmpty();

        member.follows("c");
        reviewFor(Duration.ofMillis(500));
        member.knowsNoLeader();
        reviewFor(Duration.ofMillis(500));
        assertThat(outcomes.unknown).hasSize(1);
    }

    @Test
    void aLeaderThatLeadsAgainInTimeIsNotBrokenOff() throws InterruptedException {
        member.follows("a");
        send();
        member.follows("c");
        reviewFor(Duration.ofMillis(999));
        member.follows("a");
        reviewFor(Duration.ofDays(1));
        member.follows("c");
        reviewFor(Duration.ofMillis(999));

        assertThat(outcomes.unknown).isEmpty();
        member.follows("a");
        assertThat(reserve()).isPresent();
    }

    @Test
    void whoRefusesHasTheTimeOfARequestToAnswerForWhatItTookEarlier() throws InterruptedException {
        member.follows("a");
        Batch taken = send();
        send();
        peers.lastStreamTo("a").refuse(1);
        route.takeRefused();
        member.knowsNoLeader();
        reviewFor(Duration.ofMillis(6_999));
        assertThat(outcomes.unknown).isEmpty();

        reviewFor(Duration.ofMillis(1));

        assertThat(outcomes.unknown).containsExactly(taken);
    }

    @Test
    void aLinkHoldsSoManyBatchesAndEndsFreeWhateverBecomesOfThem() throws InterruptedException {
        member.follows("a");
        ForwardLink link = reserve().orElseThrow();
        link.leaveRoom();
        for (int i = 0; i < BATCHES_MAX; i++) {
            send();
        }
        assertThat(reserve()).isEmpty();
        peers.lastStreamTo("a").apply(0);
        peers.lastStreamTo("a").refuse(2);
        link.breakOff(new IllegalStateException("Broken off by the test"));

        for (int i = 0; i < BATCHES_MAX; i++) {
            assertThat(link.awaitRoom(0)).isTrue();
        }
        assertThat(link.awaitRoom(0)).isFalse();
    }
}
