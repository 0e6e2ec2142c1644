package io.hightower.kv.replication.ratis;

import static io.hightower.kv.replication.ratis.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.MembershipException;
import io.hightower.kv.statemachine.MembershipException.Reason;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.api.Member;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberDeath;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.api.Membership;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members come, go and move while the cluster works. */
final class MembershipTest {
    @TempDir
    Path directory;

    private final Queue<MemberDeath> deaths = new ConcurrentLinkedQueue<>();
    private TestCluster cluster;

    @AfterEach
    void close() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private void start(int members) throws IOException {
        cluster = TestCluster.of(members, directory, options -> options.withOnDeath(deaths::add))
                .startAll();
        String leader = cluster.leader();
        await("the founders are on record", () -> membership(leader).list().members().stream()
                .allMatch(Member::isStarted));
    }

    private Membership membership(String name) {
        return cluster.member(name).membership();
    }

    private MemberId id(String name) {
        return cluster.self(name).id();
    }

    /** Adds a member and starts it. */
    private MemberId addAndStart(String asked, String name, Kind kind) throws IOException {
        String address = TestCluster.newAddress();
        Membership.Added added = membership(asked).add(address, kind);
        assertThat(added.members().find(added.id())).hasValueSatisfying(member -> {
            assertThat(member.peerAddress()).isEqualTo(address);
            assertThat(member.isStarted()).isFalse();
        });
        cluster.prepareToJoin(name, address);
        cluster.start(name);
        assertThat(id(name)).isEqualTo(added.id());
        return added.id();
    }

    private void awaitNames() {
        await("all members have their names on record", () -> membership(cluster.leader()).list().members().stream()
                .allMatch(Member::isStarted));
    }

    private void awaitRole(String name, Role role) {
        await(name + " is " + role, () -> cluster.member(name).status().role() == role);
    }

    private void awaitVoter(String name) {
        await(name + " votes", () -> {
            Role role = cluster.member(name).status().role();
            return role == Role.FOLLOWER || role == Role.LEADER;
        });
    }

    private static void assertRefused(Reason reason, ThrowingCallable change) {
        assertThatThrownBy(change).isInstanceOfSatisfying(MembershipException.class, e -> assertThat(e.reason())
                .isEqualTo(reason));
    }

    @Test
    void aLearnerIsAddedAndPromotedWhileWritesGoOn() throws Exception {
        start(1);
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            while (!done.get()) {
                cluster.put("m1", "k" + written.get() % 100, "v" + written.incrementAndGet());
            }
        });

        MemberId learner = addAndStart("m1", "m2", Kind.LEARNER);
        awaitRole("m2", Role.LEARNER);
        await("the learner has its name on record", () -> membership("m1")
                .list()
                .find(learner)
                .filter(member -> member.name().equals("m2") && member.isLearner())
                .isPresent());
        promoteWhenReady("m1", learner);
        awaitVoter("m2");
        done.set(true);
        TestCluster.join(writer);

        assertThat(written).hasPositiveValue();
        assertThat(membership("m2").list().find(learner))
                .hasValueSatisfying(member -> assertThat(member.isLearner()).isFalse());
        cluster.assertSameStateEverywhere();
        assertThat(deaths).isEmpty();
    }

    private void promoteWhenReady(String asked, MemberId learner) {
        await("the learner is promoted", () -> {
            try {
                membership(asked).promote(learner);
                return true;
            } catch (MembershipException e) {
                assertThat(e.reason()).isEqualTo(Reason.LEARNER_NOT_READY);
                return false;
            }
        });
    }

    @Test
    void aMemberIsAddedWithAVoteAndTheLeaderIsRemoved() throws IOException {
        start(3);
        String leader = cluster.leader();
        String asked = cluster.follower();
        cluster.put(asked, "k", "v");

        addAndStart(asked, "m4", Kind.VOTER);
        awaitVoter("m4");
        assertThat(cluster.read("m4", "k")).isEqualTo("v");
        MemberId removed = id(leader);
        membership(asked).remove(removed);

        await("the removed leader is told", () -> !deaths.isEmpty());
        assertThat(deaths).singleElement().satisfies(death -> {
            assertThat(death.kind()).isEqualTo(MemberDeath.Kind.REMOVED);
            assertThat(death.reason()).contains("This member was removed from the cluster");
        });
        cluster.stop(leader);
        assertThat(membership("m4").list().find(removed)).isEmpty();
        cluster.put("m4", "k", "w");
        cluster.assertSameStateEverywhere();
    }

    @Test
    void aRemovedMemberThatStartsAgainIsTold() throws IOException {
        start(3);
        String gone = cluster.follower();
        MemberId id = id(gone);
        cluster.stop(gone);
        membership(cluster.leader()).remove(id);
        await(
                "the member is out",
                () -> cluster.configuration(cluster.leader()).voters().size() == 2);

        cluster.start(gone);
        await("the member is told", () -> !deaths.isEmpty());
        assertThat(deaths).allSatisfy(death -> assertThat(death.kind()).isEqualTo(MemberDeath.Kind.REMOVED));
        assertRefused(
                Reason.MEMBER_NOT_FOUND, () -> membership(cluster.leader()).remove(id));
    }

    @Test
    void aLostMemberIsReplacedUnderItsNameWithAnotherId() throws IOException {
        start(3);
        String lost = cluster.follower();
        MemberId before = id(lost);
        String address = cluster.address(lost);
        cluster.put(lost, "k", "v");
        cluster.stop(lost);
        cluster.loseDirectory(lost);

        // Nobody takes it back as it was.
        cluster.prepareToJoin(lost, address);
        assertThatThrownBy(() -> cluster.start(lost))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("has taken part before")
                .hasMessageContaining("member remove " + before);
        membership(cluster.leader()).remove(before);
        MemberId after = membership(cluster.leader()).add(address, Kind.VOTER).id();
        cluster.start(lost);
        awaitVoter(lost);

        assertThat(after).isNotEqualTo(before);
        awaitNames();
        assertThat(cluster.read(lost, "k")).isEqualTo("v");
        assertThat(membership(lost).list().members())
                .hasSize(3)
                .extracting(Member::name)
                .containsExactlyInAnyOrderElementsOf(cluster.names());
        cluster.assertSameStateEverywhere();
    }

    @Test
    void aMemberMovesToAnotherAddress() throws IOException {
        start(3);
        String moved = cluster.follower();
        String elsewhere = TestCluster.newAddress();
        membership(cluster.leader()).updateAddress(id(moved), elsewhere);
        cluster.stop(moved);
        cluster.move(moved, elsewhere);
        cluster.start(moved);

        cluster.put(moved, "k", "v");
        assertThat(membership(moved).list().find(id(moved)))
                .map(Member::peerAddress)
                .hasValue(elsewhere);
        membership(cluster.leader()).transferLeadership(id(moved));
        TestCluster.await(moved + " leads", () -> cluster.leader().equals(moved));
        cluster.assertSameStateEverywhere();
    }

    @Test
    void changesThatCouldLeaveNoMajorityAreRefusedAndOneOfTwoMembersLeaves() throws IOException {
        start(2);
        String leader = cluster.leader();
        Membership members = membership(leader);
        String other = cluster.follower();
        MemberId unknown = new MemberId(1);

        assertRefused(Reason.MEMBER_NOT_FOUND, () -> members.remove(unknown));
        assertRefused(Reason.MEMBER_NOT_FOUND, () -> members.promote(unknown));
        assertRefused(Reason.MEMBER_NOT_FOUND, () -> members.updateAddress(unknown, "h:1"));
        assertRefused(Reason.BAD_TRANSFEREE, () -> members.transferLeadership(unknown));
        assertRefused(Reason.ADDRESS_EXISTS, () -> members.add(cluster.address(other), Kind.VOTER));
        assertRefused(Reason.BAD_ADDRESS, () -> members.add("nowhere", Kind.VOTER));
        assertRefused(Reason.NOT_A_LEARNER, () -> members.promote(id(other)));
        MemberId learner = members.add("127.0.0.1:1", Kind.LEARNER).id();
        assertRefused(Reason.TOO_MANY_LEARNERS, () -> members.add("127.0.0.1:2", Kind.LEARNER));
        assertRefused(Reason.LEARNER_NOT_READY, () -> members.promote(learner));
        members.remove(learner);
        MemberId unstarted = members.add("127.0.0.1:3", Kind.VOTER).id();
        assertRefused(Reason.NOT_ENOUGH_STARTED, () -> members.add("127.0.0.1:4", Kind.VOTER));
        members.remove(unstarted);

        // The one that goes is needed until the other one has the configuration without it.
        members.remove(id(other));
        await("the removed member is told", () -> !deaths.isEmpty());
        assertThat(deaths).singleElement().satisfies(death -> assertThat(death.kind())
                .isEqualTo(MemberDeath.Kind.REMOVED));
        cluster.put(leader, "k", "v");
        assertThat(cluster.configuration(leader).voters()).containsExactly(id(leader));
        assertRefused(Reason.NOT_ENOUGH_STARTED, () -> members.remove(id(leader)));
    }

    @Test
    void aMemberThatIsDownStopsAdditionsUntilItIsRemoved() throws IOException {
        start(3);
        String down = cluster.follower();
        cluster.stop(down);
        String leader = cluster.leader();
        String other = cluster.follower();
        await("an addition is refused", () -> {
            try {
                MemberId added =
                        membership(leader).add("127.0.0.1:1", Kind.LEARNER).id();
                membership(leader).remove(added);
                return false;
            } catch (MembershipException e) {
                return e.reason() == Reason.UNHEALTHY;
            }
        });
        assertRefused(Reason.UNHEALTHY, () -> membership(leader).remove(id(other)));
        membership(leader).remove(id(down));
        membership(leader).add("127.0.0.1:1", Kind.LEARNER);
    }

    @Test
    void onlyOneOfTwoChangesAtOnceHasTheAddress() throws Exception {
        start(3);
        String address = TestCluster.newAddress();
        List<CompletableFuture<Object>> changes = cluster.names().stream()
                .map(name -> CompletableFuture.supplyAsync(() -> {
                    try {
                        return (Object) membership(name).add(address, Kind.LEARNER);
                    } catch (MembershipException e) {
                        return e.reason();
                    }
                }))
                .toList();
        List<Object> outcomes = changes.stream().map(TestCluster::join).toList();
        assertThat(outcomes).filteredOn(Membership.Added.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(Reason.ADDRESS_EXISTS::equals).hasSize(2);
    }

    @Test
    void anAdditionSurvivesAChangeOfLeaders() throws IOException {
        start(3);
        String leader = cluster.leader();
        String address = TestCluster.newAddress();
        MemberId added = membership(leader).add(address, Kind.VOTER).id();
        cluster.prepareToJoin("m4", address);
        cluster.start("m4");
        membership(leader).transferLeadership(id(cluster.follower()));

        awaitVoter("m4");
        await(
                "the new leader has it in force",
                () -> cluster.configuration(cluster.leader()).voters().contains(added));
        cluster.put("m4", "k", "v");
        cluster.assertSameStateEverywhere();
    }

    @Test
    void refusesWhoWasNotAddedOrBelongsElsewhere() throws IOException {
        start(1);
        String address = TestCluster.newAddress();
        cluster.prepareToJoin("m2", address);
        assertThatThrownBy(() -> cluster.start("m2"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("hightower member add");
        membership("m1").add(address, Kind.VOTER);
        cluster.prepareToJoin("m2", address, "elsewhere");
        assertThatThrownBy(() -> cluster.start("m2"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("of another cluster");
        // Of a new cluster with the same members, which would be another cluster.
        cluster.prepareToFound("m2", Map.of("m1", cluster.address("m1"), "m2", address));
        assertThatThrownBy(() -> cluster.start("m2"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("started as one of a cluster that exists");
    }

    @Test
    void fiveMembersLoseTwoAndReplaceThem() throws IOException {
        start(5);
        cluster.put("m1", "k", "v");
        List<String> lost = cluster.names().stream()
                .filter(name -> !name.equals(cluster.leader()))
                .limit(2)
                .toList();
        lost.forEach(cluster::stop);
        for (String name : lost) {
            MemberId before = id(name);
            cluster.loseDirectory(name);
            membership(cluster.leader()).remove(before);
        }
        for (String name : lost) {
            String address = TestCluster.newAddress();
            membership(cluster.leader()).add(address, Kind.VOTER);
            cluster.prepareToJoin(name, address);
            cluster.start(name);
            awaitVoter(name);
        }
        assertThat(cluster.configuration(cluster.leader()).voters()).hasSize(5);
        assertThat(cluster.read(lost.get(0), "k")).isEqualTo("v");
        cluster.assertSameStateEverywhere();
    }
}
