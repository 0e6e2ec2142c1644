package io.hightower.kv.replication.ratis.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.replication.ratis.membership.ConfigurationPlan.Action;
import io.hightower.kv.replication.ratis.membership.ConfigurationPlan.Sight;
import io.hightower.kv.replication.ratis.membership.ConfigurationPlan.Step;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

final class ConfigurationPlanTest {
    private static final Sight CLEAR =
            new Sight(ConfigurationPlanTest::all, ConfigurationPlanTest::all, ConfigurationPlanTest::all);

    private static boolean all(MemberId any) {
        return true;
    }

    /** What is so for everybody, or for nobody. */
    private static Sight sight(boolean answering, boolean waiting, boolean caughtUp) {
        return new Sight(any -> answering, any -> waiting, any -> caughtUp);
    }

    private static MemberId id(long value) {
        return new MemberId(value);
    }

    private static Set<MemberId> ids(long... values) {
        Set<MemberId> ids = new HashSet<>();
        for (long value : values) {
            ids.add(id(value));
        }
        return ids;
    }

    private static Optional<Step> next(Tables table, Set<MemberId> voters, Set<MemberId> learners, Sight sight) {
        return new ConfigurationPlan(table.table(), voters, learners, id(1)).next(sight);
    }

    @Test
    void doesNothingWhenEverythingIsAsRecorded() {
        Tables table = new Tables().voters(1, 2).learners(3);
        assertThat(next(table, ids(1, 2), ids(3), CLEAR)).isEmpty();
    }

    @Test
    void takesAMemberInAsALearnerOnceItRuns() {
        Tables table = new Tables().voters(1, 2);
        assertThat(next(table, ids(1), ids(), sight(true, false, true))).isEmpty();
        assertThat(next(table, ids(1), ids(), CLEAR)).contains(new Step(Action.ADD_LEARNER, id(2)));
    }

    @Test
    void givesTheVoteToALearnerThatIsToVoteAndHasCaughtUp() {
        Tables table = new Tables().voters(1, 2);
        assertThat(next(table, ids(1), ids(2), sight(true, true, false))).isEmpty();
        assertThat(next(table, ids(1), ids(2), sight(false, true, true))).isEmpty();
        assertThat(next(table, ids(1), ids(2), CLEAR)).contains(new Step(Action.PROMOTE, id(2)));
        assertThat(next(new Tables().voters(1).learners(2), ids(1), ids(2), CLEAR))
                .isEmpty();
    }

    @Test
    void promotesBeforeItRemovesSoThatTheRestCountsOnIt() {
        Tables table = new Tables().voters(1, 2, 4).removed(3);
        assertThat(next(table, ids(1, 2, 3), ids(4), CLEAR)).contains(new Step(Action.PROMOTE, id(4)));
        assertThat(next(table, ids(1, 2, 3, 4), ids(), CLEAR)).contains(new Step(Action.REMOVE, id(3)));
    }

    @Test
    void removesALearnerWhoeverAnswers() {
        Tables table = new Tables().voters(1, 2).removed(3);
        assertThat(next(table, ids(1, 2), ids(3), sight(false, true, true))).contains(new Step(Action.REMOVE, id(3)));
    }

    @Test
    void removesNoVoterIfTheOthersCouldNotGoOn() {
        Tables table = new Tables().voters(1, 2).removed(3);
        assertThat(next(table, ids(1, 2, 3), ids(), sight(false, true, true))).isEmpty();
        assertThat(next(
                        table,
                        ids(1, 2, 3),
                        ids(),
                        new Sight(id(2)::equals, ConfigurationPlanTest::all, ConfigurationPlanTest::all)))
                .contains(new Step(Action.REMOVE, id(3)));
    }

    @Test
    void theLeaderHandsOverAfterItHasRemovedTheOthers() {
        Tables table = new Tables().voters(2, 4).removed(1, 3);
        assertThat(next(table, ids(1, 2, 3, 4), ids(), CLEAR)).contains(new Step(Action.REMOVE, id(3)));
        assertThat(next(table, ids(1, 2, 4), ids(), CLEAR)).contains(new Step(Action.HAND_OVER, id(1)));
        assertThat(next(table, ids(1, 2, 4), ids(), sight(false, true, true))).isEmpty();
    }

    /** Whatever is on record: every step keeps a majority of the voters before it, and the steps come to an end. */
    @Test
    void stepsLeadToWhatIsRecordedAndNeverLoseAMajority(TestInfo test) {
        SeededRuns.of(test).checkEach(ConfigurationPlanTest::walk);
    }

    private static void walk(RandomGenerator random) {
        Tables table = new Tables().voters(1);
        Set<MemberId> voters = ids(1);
        Set<MemberId> learners = new HashSet<>();
        for (long member = 2; member < 9; member++) {
            switch (random.nextInt(4)) {
                case 0 -> table.voters(member);
                case 1 -> table.learners(member);
                case 2 -> table.removed(member);
                default -> {}
            }
            boolean known = table.table().record(id(member)).isPresent();
            int place = random.nextInt(3);
            boolean learns = table.table()
                    .member(id(member))
                    .filter(r -> r.kind() == Kind.LEARNER)
                    .isPresent();
            if (known && place == 0 && !learns) {
                voters.add(id(member));
            } else if (known && place == 1) {
                learners.add(id(member));
            }
        }
        for (int steps = 0; ; steps++) {
            assertThat(steps).isLessThan(30);
            Optional<Step> step = next(table, voters, learners, CLEAR);
            if (step.isEmpty()) {
                break;
            }
            Set<MemberId> before = Set.copyOf(voters);
            MemberId member = step.get().member();
            voters.remove(member);
            learners.remove(member);
            switch (step.get().action()) {
                case ADD_LEARNER -> learners.add(member);
                case PROMOTE -> voters.add(member);
                case REMOVE, HAND_OVER -> {}
            }
            Set<MemberId> common = new HashSet<>(before);
            common.retainAll(voters);
            assertThat(Math.abs(before.size() - voters.size())).isLessThanOrEqualTo(1);
            assertThat(common.size()).isGreaterThanOrEqualTo(Math.min(before.size(), voters.size()));
        }
        Set<MemberId> wantedVoters = new HashSet<>();
        Set<MemberId> wantedLearners = new HashSet<>();
        table.table().members().forEach(record -> (record.kind() == Kind.VOTER ? wantedVoters : wantedLearners)
                .add(record.id()));
        assertThat(voters).isEqualTo(wantedVoters);
        assertThat(learners).isEqualTo(wantedLearners);
    }
}
