package io.hightower.kv.replication.ratis.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.MembershipException;
import io.hightower.kv.statemachine.MembershipException.Reason;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class MembershipRulesTest {
    private static final MemberId FRESH = new MemberId(99);

    private static MemberId id(long value) {
        return new MemberId(value);
    }

    private static MembershipRules rules(Tables tables, long... answering) {
        Set<MemberId> ids = Arrays.stream(answering).mapToObj(MemberId::new).collect(Collectors.toSet());
        return new MembershipRules(tables.table(), ids);
    }

    private static void assertRefused(Reason reason, ThrowingCallable change) {
        assertThatThrownBy(change).isInstanceOfSatisfying(MembershipException.class, e -> {
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e.getMessage()).startsWith(reason.text());
        });
    }

    @Test
    void addsWhileAllVotersAnswer() {
        MembershipRules rules = rules(new Tables().voters(1, 2, 3), 1, 2, 3);
        assertThat(rules.add(FRESH, "h:1", Kind.VOTER)).isEqualTo(MemberRecord.of(FRESH, "", "h:1", Kind.VOTER));
        assertRefused(Reason.UNHEALTHY, () -> rules(new Tables().voters(1, 2, 3), 1, 2)
                .add(FRESH, "h:1", Kind.LEARNER));
    }

    @Test
    void addsNoVoterBeforeTheLastOnesHaveStarted() {
        assertThat(rules(new Tables().voters(1), 1).add(FRESH, "h:1", Kind.VOTER))
                .isNotNull();
        assertRefused(
                Reason.NOT_ENOUGH_STARTED,
                () -> rules(new Tables().voters(1).unstarted(2), 1, 2).add(FRESH, "h:1", Kind.VOTER));
        assertThat(rules(new Tables().voters(1, 2).unstarted(3), 1, 2, 3).add(FRESH, "h:1", Kind.LEARNER))
                .isNotNull();
        assertRefused(
                Reason.NOT_ENOUGH_STARTED,
                () -> rules(new Tables().voters(1, 2).unstarted(3), 1, 2, 3).add(FRESH, "h:1", Kind.VOTER));
    }

    @Test
    void neverUsesAnIdOrAnAddressTwice() {
        Tables tables = new Tables().voters(1, 2).removed(3);
        MembershipRules rules = rules(tables, 1, 2);
        assertRefused(Reason.MEMBER_EXISTS, () -> rules.add(id(3), "h:1", Kind.LEARNER));
        assertRefused(Reason.MEMBER_EXISTS, () -> rules.add(id(2), "h:1", Kind.LEARNER));
        assertRefused(Reason.ADDRESS_EXISTS, () -> rules.add(FRESH, Tables.address(2), Kind.LEARNER));
        assertThat(rules.add(FRESH, Tables.address(3), Kind.LEARNER)).isNotNull();
    }

    @Test
    void hasOneLearnerAtATime() {
        assertRefused(
                Reason.TOO_MANY_LEARNERS,
                () -> rules(new Tables().voters(1).learners(2), 1).add(FRESH, "h:1", Kind.LEARNER));
    }

    @Test
    void removesADeadVoterAndALearnerAtAnyTime() {
        assertThat(rules(new Tables().voters(1, 2, 3), 1, 2).remove(id(3)).removed())
                .isTrue();
        assertThat(rules(new Tables().voters(1).learners(2), 1).remove(id(2)).removed())
                .isTrue();
    }

    @Test
    void removesNoVoterThatTheMajorityNeeds() {
        assertRefused(Reason.UNHEALTHY, () -> rules(new Tables().voters(1, 2, 3), 1, 2)
                .remove(id(2)));
        assertRefused(Reason.NOT_ENOUGH_STARTED, () -> rules(new Tables().voters(1), 1)
                .remove(id(1)));
        assertRefused(
                Reason.NOT_ENOUGH_STARTED,
                () -> rules(new Tables().voters(1, 2).unstarted(3), 1, 2).remove(id(2)));
        assertRefused(
                Reason.MEMBER_NOT_FOUND,
                () -> rules(new Tables().voters(1).removed(2), 1).remove(id(2)));
    }

    @Test
    void promotesALearnerThatHasCaughtUp() {
        MembershipRules rules = rules(new Tables().voters(1, 2).learners(3), 1, 2, 3);
        assertThat(rules.promote(id(3), true).kind()).isEqualTo(Kind.VOTER);
        assertRefused(Reason.LEARNER_NOT_READY, () -> rules.promote(id(3), false));
        assertRefused(Reason.NOT_A_LEARNER, () -> rules.promote(id(2), true));
        assertRefused(Reason.MEMBER_NOT_FOUND, () -> rules.promote(FRESH, true));
        assertRefused(Reason.NOT_ENOUGH_STARTED, () -> rules(
                        new Tables().voters(1).unstarted(4, 5).learners(3), 1, 3)
                .promote(id(3), true));
    }

    @Test
    void movesToAFreeAddress() {
        MembershipRules rules = rules(new Tables().voters(1, 2), 1, 2);
        assertThat(rules.move(id(2), "h:9").address()).isEqualTo("h:9");
        assertThat(rules.move(id(2), Tables.address(2)).address()).isEqualTo(Tables.address(2));
        assertRefused(Reason.ADDRESS_EXISTS, () -> rules.move(id(2), Tables.address(1)));
    }

    @Test
    void ofTwoChangesDecidedOnTheSameMomentOneIsWritten() {
        Tables tables = new Tables().voters(1);
        MemberTable moment = tables.table();
        MemberRecord one = MemberRecord.of(id(2), "", "h:1", Kind.LEARNER);
        MemberRecord other = MemberRecord.of(id(3), "", "h:1", Kind.LEARNER);
        assertThat(tables.apply(moment.change(List.of(one)))).isTrue();
        assertThat(tables.apply(moment.change(List.of(other)))).isFalse();
        assertThat(tables.table().members()).hasSize(2).contains(one);
    }
}
