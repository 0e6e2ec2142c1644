package io.hightower.kv.replication.ratis.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ConfirmationRoundsTest {
    private final ScriptedLeadership leadership = new ScriptedLeadership();
    private final ConfirmationRounds rounds = new ConfirmationRounds(leadership, Runnable::run);
    private final ScriptedSender toB = new ScriptedSender("b");
    private final ScriptedSender toC = new ScriptedSender("c");

    /** Makes requests when the test says so. */
    private final class ScriptedSender implements ConfirmationRounds.Sender {
        private final String follower;
        private long nextCallId = 100;
        private int heartbeatsAsked;

        ScriptedSender(String follower) {
            this.follower = follower;
            rounds.senderBegan(this);
        }

        @Override
        public String followerId() {
            return follower;
        }

        @Override
        public long nextCallId() {
            return nextCallId;
        }

        @Override
        public void sendHeartbeat() {
            heartbeatsAsked++;
        }

        /** Makes a request, and returns its number. */
        long request() {
            return nextCallId++;
        }

        /** Makes a request and has the follower accept it in the term. */
        void accepted(long term) {
            rounds.acknowledged(this, term, request());
        }
    }

    @Test
    void aMajorityThatAnswersAfterTheRoundBeganConfirmsTheIndexFromBeforeIt() {
        CompletableFuture<Long> confirmed = rounds.confirm();
        leadership.hasCommitted(99);
        assertThat(toB.heartbeatsAsked).isEqualTo(1);
        assertThat(toC.heartbeatsAsked).isEqualTo(1);
        assertThat(confirmed).isNotDone();
        toB.accepted(5);
        assertThat(confirmed).isCompletedWithValue(10L);
    }

    @Test
    void anAnswerToARequestFromBeforeTheRoundCountsNothing() {
        long before = toB.request();
        CompletableFuture<Long> confirmed = rounds.confirm();
        rounds.acknowledged(toB, 5, before);
        assertThat(confirmed).isNotDone();
        toB.accepted(5);
        assertThat(confirmed).isCompleted();
    }

    @Test
    void anAnswerThroughASenderThatHasEndedCountsNothing() {
        long before = toB.request();
        rounds.senderEnded(toB);
        ScriptedSender again = new ScriptedSender("b");
        CompletableFuture<Long> confirmed = rounds.confirm();
        rounds.acknowledged(toB, 5, before);
        rounds.acknowledged(toB, 5, toB.request());
        assertThat(confirmed).isNotDone();
        again.accepted(5);
        assertThat(confirmed).isCompleted();
    }

    @Test
    void aRoundThatCannotBeginConfirmsNothingAndLetsTheNextOneBegin() {
        ConfirmationRounds.Sender broken = new ConfirmationRounds.Sender() {
            @Override
            public String followerId() {
                return "d";
            }

            @Override
            public long nextCallId() {
                throw new IllegalStateException("closing");
            }

            @Override
            public void sendHeartbeat() {}
        };
        rounds.senderBegan(broken);
        assertThat(rounds.confirm()).isCompletedWithValue(ConfirmationRounds.NOT_LEADING);
        rounds.senderEnded(broken);
        CompletableFuture<Long> confirmed = rounds.confirm();
        toB.accepted(5);
        assertThat(confirmed).isCompletedWithValue(10L);
    }

    @Test
    void anAnswerInAnotherTermCountsNothing() {
        CompletableFuture<Long> confirmed = rounds.confirm();
        toB.accepted(4);
        toC.accepted(6);
        assertThat(confirmed).isNotDone();
    }

    @Test
    void whatConfirmedOneRoundDoesNotConfirmTheNext() {
        CompletableFuture<Long> first = rounds.confirm();
        CompletableFuture<Long> second = rounds.confirm();
        CompletableFuture<Long> third = rounds.confirm();
        leadership.hasCommitted(20);
        toB.accepted(5);
        assertThat(first).isCompletedWithValue(10L);
        assertThat(second).isNotDone();
        assertThat(toC.heartbeatsAsked).isEqualTo(2);
        toC.accepted(5);
        assertThat(second).isCompletedWithValue(20L);
        assertThat(third).as("shares the round of the second").isCompletedWithValue(20L);
        assertThat(rounds.confirm()).as("a round of its own").isNotDone();
    }

    @Test
    void whileTheMembersChangeBothMajoritiesAreNeeded() {
        leadership.votersAre(List.of("me", "b", "c"), List.of("me", "d", "e"));
        ScriptedSender toD = new ScriptedSender("d");
        CompletableFuture<Long> confirmed = rounds.confirm();
        toB.accepted(5);
        toC.accepted(5);
        assertThat(confirmed).isNotDone();
        toD.accepted(5);
        assertThat(confirmed).isCompletedWithValue(10L);
    }

    @Test
    void aSenderThatBeganAfterTheRoundCountsWithItsFirstRequest() {
        CompletableFuture<Long> confirmed = rounds.confirm();
        rounds.senderEnded(toB);
        ScriptedSender again = new ScriptedSender("b");
        again.nextCallId = 0;
        again.accepted(5);
        assertThat(confirmed).isCompletedWithValue(10L);
    }

    @Test
    void oneFollowerThatAnswersTwiceIsNoMajority() {
        leadership.votersAre(List.of("me", "b", "c", "d", "e"));
        CompletableFuture<Long> confirmed = rounds.confirm();
        toB.accepted(5);
        toB.accepted(5);
        assertThat(confirmed).isNotDone();
        toC.accepted(5);
        assertThat(confirmed).isCompleted();
    }

    @Test
    void aMemberThatIsAloneConfirmsItself() {
        leadership.votersAre(List.of("me"));
        assertThat(rounds.confirm()).isCompletedWithValue(10L);
    }

    @Test
    void whoDoesNotLeadSaysSoAtOnce() {
        leadership.leadsInTerm(-1);
        assertThat(rounds.confirm()).isCompletedWithValue(ConfirmationRounds.NOT_LEADING);
    }

    @Test
    void whoWasDeposedEndsTheRound() {
        CompletableFuture<Long> confirmed = rounds.confirm();
        CompletableFuture<Long> next = rounds.confirm();
        rounds.review();
        assertThat(confirmed).as("it still leads").isNotDone();
        leadership.leadsInTerm(7);
        rounds.review();
        assertThat(confirmed).isCompletedWithValue(ConfirmationRounds.NOT_LEADING);
        toB.accepted(7);
        assertThat(next).as("belongs to the new term").isCompletedWithValue(10L);
    }

    @Test
    void aHeartbeatIsAskedForAgainUntilOneIsOnItsWayThatCounts() {
        assertThat(rounds.awaits(toB)).as("no round is under way").isFalse();
        leadership.votersAre(List.of("me", "b", "c", "d", "e"));
        long before = toB.request();
        CompletableFuture<Long> confirmed = rounds.confirm();
        rounds.acknowledged(toB, 5, before);
        assertThat(rounds.awaits(toB)).as("it was forgotten").isTrue();
        long counting = toB.request();
        assertThat(rounds.awaits(toB)).as("one is on its way").isFalse();
        rounds.acknowledged(toB, 5, counting);
        assertThat(rounds.awaits(toB)).isFalse();
        assertThat(rounds.awaits(toC)).isTrue();
        toC.accepted(5);
        assertThat(confirmed).isCompleted();
        assertThat(rounds.awaits(toC)).isFalse();
    }
}
