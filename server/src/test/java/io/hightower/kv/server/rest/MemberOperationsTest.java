package io.hightower.kv.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.client.RestClient;
import io.hightower.kv.statemachine.MembershipException;
import io.hightower.kv.statemachine.MembershipException.Reason;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.api.LoneMembership;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.api.Membership;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The members of a cluster, asked for and changed over REST. */
class MemberOperationsTest {
    private final ScriptedEngine engine = new ScriptedEngine();
    private final ServedEngine served = ServedEngine.of(engine);
    private final RestClient client = RestClient.open(served.uri());
    private final ScriptedMembership members = new ScriptedMembership();
    private final Membership remote = client.membership();

    @BeforeEach
    void begin() {
        engine.belongTo(members);
    }

    @AfterEach
    void close() {
        client.close();
        served.close();
    }

    @Test
    void everyRequestAndItsAnswerTravel() {
        assertThat(remote.list()).isEqualTo(members.list());
        assertThat(remote.add("h9:9", Kind.LEARNER))
                .isEqualTo(new Membership.Added(ScriptedMembership.SECOND, members.list()));
        remote.add("h9:9", Kind.VOTER);
        assertThat(remote.remove(ScriptedMembership.SECOND)).isEqualTo(members.list());
        assertThat(remote.promote(ScriptedMembership.SECOND)).isEqualTo(members.list());
        assertThat(remote.updateAddress(ScriptedMembership.FIRST, "h8:8")).isEqualTo(members.list());
        remote.transferLeadership(ScriptedMembership.FIRST);

        assertThat(members.asked())
                .contains(
                        "add h9:9 LEARNER",
                        "add h9:9 VOTER",
                        "remove ffffffffffffffff",
                        "promote ffffffffffffffff",
                        "move 000000000000000a h8:8",
                        "lead 000000000000000a");
    }

    @Test
    void everyRefusalComesBackWithItsReason() {
        for (Reason reason : Reason.values()) {
            members.refuse(new MembershipException(reason, "because"));
            assertThatThrownBy(() -> remote.remove(new MemberId(1))).satisfies(thrown -> {
                if (reason == Reason.BAD_ADDRESS) {
                    assertThat(thrown).isInstanceOf(IllegalArgumentException.class);
                } else {
                    assertThat(thrown).isInstanceOfSatisfying(MembershipException.class, e -> assertThat(e.reason())
                            .isEqualTo(reason));
                }
            });
        }
        members.refuse(new NotReplicatedException(NotReplicatedException.Reason.NO_LEADER, "none"));
        assertThatThrownBy(() -> remote.promote(new MemberId(1))).isInstanceOf(NotReplicatedException.class);
    }

    @Test
    void aStoreWithoutAClusterShowsItselfAndNamesTheCommandThatConvertsIt() {
        engine.belongTo(new LoneMembership());
        assertThat(remote.list().members()).singleElement().satisfies(only -> assertThat(only.name())
                .isEqualTo("local"));
        assertThatThrownBy(() -> remote.add("h:1", Kind.VOTER))
                .isInstanceOfSatisfying(
                        MembershipException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_A_CLUSTER))
                .hasMessageContaining("hightower convert");
    }
}
