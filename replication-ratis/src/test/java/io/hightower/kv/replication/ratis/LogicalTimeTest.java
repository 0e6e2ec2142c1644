package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What moves the logical time of a cluster: the clock of the leader, and of nobody else. */
final class LogicalTimeTest {
    private static final long HOUR_MILLIS = 3_600_000;

    @TempDir
    Path directory;

    private TestCluster cluster;
    private String leader;

    @BeforeEach
    void start() throws IOException {
        cluster = TestCluster.of(3, directory).startAll();
        leader = cluster.leader();
        cluster.put(leader, "first", "v");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void followsTheClockOfTheLeaderWhoeverWasAsked() {
        List<String> followers = followers();
        followers.forEach(name -> cluster.passMillis(name, HOUR_MILLIS));
        cluster.passMillis(leader, 250);
        cluster.put(followers.get(0), "k", "v");

        assertThat(timesEverywhere()).containsOnly(250L);
        assertThat(cluster.member(leader).logicalTimeMillis()).hasValue(250);
        assertThat(followers)
                .allMatch(name -> cluster.member(name).logicalTimeMillis().isEmpty());
    }

    @Test
    void aNewLeaderGoesOnWhereTheAppliedEntriesLeftOff() {
        long stood = 0;
        for (int change = 0; change < 2; change++) {
            cluster.passMillis(leader, 1_000);
            cluster.put(leader, "k" + change, "v");
            stood += 1_000;
            assertThat(timesEverywhere()).containsOnly(stood);

            cluster.names().forEach(name -> cluster.passMillis(name, HOUR_MILLIS));
            changeTheLeader();
            assertThat(awaitTime(leader)).isEqualTo(stood);
        }
    }

    @Test
    void entriesNeverGoBackWhoeverLogsThem() throws IOException {
        for (int change = 0; change < 2; change++) {
            for (int i = 0; i < 100; i++) {
                cluster.names().forEach(name -> cluster.passMillis(name, 3));
                CompletableFuture<Result> unused = cluster.member(
                                cluster.names().get(i % 3))
                        .submit(Command.put(Bytes.utf8("k"), Bytes.utf8("" + i)));
            }
            changeTheLeader();
            long time = awaitTime(leader);
            assertThat(cluster.store(leader).applied().logicalTimeMillis()).isLessThanOrEqualTo(time);
        }
        cluster.put(leader, "last", "v");
        cluster.assertSameStateEverywhere();

        List<Long> logged = new LoggedTimes(cluster.directory(leader)).read();
        assertThat(logged).isSorted();
        assertThat(Set.copyOf(logged)).as("times before and after each change").hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void timePassesFromTheMomentWhenTheLeaderIsReadyThoughNobodyAsks() {
        long term = cluster.store(leader).applied().position().term();
        changeTheLeader();
        TestCluster.await(
                "the entry with which the term begins is applied",
                () -> cluster.store(leader).applied().position().term() > term);
        cluster.passMillis(leader, 500);
        cluster.put(leader, "k", "v");
        assertThat(cluster.store(leader).applied().logicalTimeMillis()).isEqualTo(500);
    }

    @Test
    void standsStillWhileTheClusterIsDown() {
        cluster.passMillis(leader, 700);
        cluster.put(leader, "k", "v");
        cluster.names().forEach(cluster::stop);
        cluster.names().forEach(name -> cluster.passMillis(name, HOUR_MILLIS));
        cluster.names().forEach(cluster::start);

        leader = cluster.leader();
        assertThat(awaitTime(leader)).isEqualTo(700);
        cluster.passMillis(leader, 5);
        cluster.put(leader, "l", "v");
        assertThat(timesEverywhere()).containsOnly(705L);
    }

    @Test
    void thereIsNoTimeWithoutAMajorityAndItStandsStillMeanwhile() {
        cluster.passMillis(leader, 700);
        cluster.put(leader, "k", "v");
        List<String> followers = followers();
        followers.forEach(cluster::stop);
        TestCluster.await(
                "the leader gives up",
                () -> cluster.member(leader).logicalTimeMillis().isEmpty());
        cluster.passMillis(leader, HOUR_MILLIS);
        followers.forEach(cluster::start);

        assertThat(awaitTime(cluster.leader())).isEqualTo(700);
    }

    private List<String> followers() {
        return cluster.names().stream().filter(name -> !name.equals(leader)).toList();
    }

    /** Restarts the leader, which hands its office over before. */
    private void changeTheLeader() {
        cluster.stop(leader);
        cluster.start(leader);
        leader = cluster.leader();
    }

    private long awaitTime(String name) {
        TestCluster.await(
                name + " is ready to lead",
                () -> cluster.member(name).logicalTimeMillis().isPresent());
        OptionalLong time = cluster.member(name).logicalTimeMillis();
        return time.orElseThrow();
    }

    private List<Long> timesEverywhere() {
        cluster.assertSameStateEverywhere();
        return cluster.names().stream()
                .map(name -> cluster.store(name).applied().logicalTimeMillis())
                .toList();
    }
}
