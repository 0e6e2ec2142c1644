package io.hightower.kv.replication.ratis;

import static io.hightower.kv.replication.ratis.TestCluster.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.TooLargeException;
import io.hightower.kv.statemachine.api.StateSnapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members and what is asked of them while they come and go. */
final class ClusterTest {
    @TempDir
    Path directory;

    private TestCluster cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = TestCluster.of(3, directory).startAll();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    /** Goes on with a new cluster that has other options. */
    private void restart(UnaryOperator<RatisOptions> tuning) throws IOException {
        cluster.close();
        cluster = TestCluster.of(3, directory.resolve("other"), tuning).startAll();
    }

    @Test
    void commandsSubmittedAnywhereReachEveryMember() {
        List<CompletableFuture<Result>> waiting = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            String member = cluster.names().get(i % 3);
            waiting.add(cluster.member(member).submit(Command.put(Bytes.utf8("k" + i), Bytes.utf8("v" + i))));
        }
        waiting.forEach(TestCluster::join);

        cluster.assertSameStateEverywhere();
        for (String member : cluster.names()) {
            assertThat(cluster.read(member, "k89")).isEqualTo("v89");
            assertThat(cluster.member(member).view().len()).isEqualTo(90);
        }
    }

    @Test
    void followerReadsWhatWasAcknowledgedOneMomentBefore() {
        String leader = cluster.leader();
        String follower = cluster.follower();
        for (int i = 0; i < 50; i++) {
            cluster.put(leader, "k", "" + i);
            assertThat(cluster.read(follower, "k")).isEqualTo("" + i);
        }
    }

    @Test
    void losingTheLeaderLosesNothingAcknowledged() {
        String leader = cluster.leader();
        String follower = cluster.follower();
        Map<String, CompletableFuture<Result>> waiting = new LinkedHashMap<>();
        for (int i = 0; i < 100; i++) {
            String key = "k" + i;
            String member = i % 2 == 0 ? leader : follower;
            waiting.put(key, cluster.member(member).submit(Command.put(Bytes.utf8(key), Bytes.utf8("v"))));
            if (i == 50) {
                cluster.stop(leader);
                leader = follower;
            }
        }

        waiting.forEach((key, future) -> {
            if (isAcknowledged(future)) {
                assertThat(cluster.read(cluster.leader(), key)).as(key).isEqualTo("v");
            }
        });
        cluster.put(follower, "after", "v");
        cluster.assertSameStateEverywhere();
    }

    private static boolean isAcknowledged(CompletableFuture<Result> future) {
        try {
            join(future);
            return true;
        } catch (NotReplicatedException | OutcomeUnknownException e) {
            return false;
        }
    }

    @Test
    void everyMemberInTurnMayRestart() {
        for (String name : cluster.names()) {
            cluster.put(cluster.leader(), "before " + name, "v");
            cluster.stop(name);
            cluster.put(cluster.leader(), "without " + name, "v");
            cluster.start(name);
            assertThat(cluster.read(name, "without " + name)).isEqualTo("v");
        }
        cluster.assertSameStateEverywhere();
        assertThat(cluster.member("m1").view().len()).isEqualTo(6);
    }

    @Test
    void exportedStateIsTheSameOnEveryMemberAndNoneCanBeInstalled() throws IOException {
        cluster.put("m1", "k", "v");
        join(cluster.member("m2").submit(Command.delete(Bytes.utf8("k"))));
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        long hash;
        try (StateSnapshot snapshot = cluster.member("m3").snapshotState()) {
            hash = snapshot.stateHash();
            snapshot.writeTo(exported);
        }

        for (String member : cluster.names()) {
            try (StateSnapshot snapshot = cluster.member(member).snapshotState()) {
                assertThat(snapshot.stateHash()).isEqualTo(hash);
            }
            assertThat(cluster.member(member).latestVersion()).isEqualTo(3);
            assertThatThrownBy(() ->
                            cluster.member(member).installSnapshot(new ByteArrayInputStream(exported.toByteArray())))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void closingTheLeaderHandsTheOfficeOver() {
        String leader = cluster.leader();
        cluster.put(leader, "k", "v");
        cluster.stop(leader);

        // No election timeout passes: another member is told to stand before the leader goes.
        assertThat(cluster.names()).filteredOn(name -> !name.equals(leader)).anySatisfy(name -> assertThat(
                        cluster.member(name).status().leaderName())
                .isPresent()
                .get()
                .isNotEqualTo(leader));
    }

    @Test
    void changingTheLeaderInGoodOrderFailsNoCommandOfTheOthersAndKeepsTheirOrder() throws Exception {
        // Small batches, so that several are on their way and more wait when the leader goes.
        restart(options -> options.withTuning(new RatisOptions.Tuning(4, 1024 * 1024, 4, 64 * 1024, 0)));
        String leader = cluster.leader();
        String follower = cluster.follower();
        AtomicBoolean finished = new AtomicBoolean();
        Semaphore outstanding = new Semaphore(100);
        List<CompletableFuture<Result>> submitted = new ArrayList<>();
        Thread writer = new Thread(() -> {
            for (int i = 0; !finished.get(); i++) {
                outstanding.acquireUninterruptibly();
                submitted.add(cluster.member(follower)
                        .submit(Command.put(Bytes.utf8("k"), Bytes.utf8("" + i)))
                        .whenComplete((result, failure) -> outstanding.release()));
            }
        });
        writer.start();
        awaitRevision(follower, 200);
        cluster.stop(leader);
        awaitRevision(follower, cluster.store(follower).applied().revision() + 200);
        finished.set(true);
        writer.join();

        long before = 1;
        for (CompletableFuture<Result> future : submitted) {
            long given = join(future).revision();
            assertThat(given).as("in the order of submission").isEqualTo(before + 1);
            before = given;
        }
        assertThat(cluster.read(follower, "k")).isEqualTo("" + (submitted.size() - 1));
    }

    private void awaitRevision(String member, long revision) {
        TestCluster.await(
                member + " reaches revision " + revision,
                () -> cluster.store(member).applied().revision() >= revision);
    }

    @Test
    void oversizedCommandsDoNotDeposeTheLeader() throws IOException {
        // Patient members, so that a slow machine does not depose the leader either.
        restart(options -> options.withElectionTimeout(Duration.ofSeconds(2), Duration.ofSeconds(3)));
        String leader = cluster.leader();
        List<Command> tiny = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            tiny.add(Command.put(Bytes.utf8("k" + i % 10), Bytes.EMPTY));
        }
        List<Command> oversized = List.of(
                Command.put(Bytes.utf8("k"), Bytes.wrap(new byte[Limits.REQUEST_BYTES_DEFAULT])),
                new Command.Batch(tiny));

        for (String member : cluster.names()) {
            for (Command command : oversized) {
                assertThatThrownBy(() -> cluster.member(member).submit(command).cancel(false))
                        .isInstanceOf(TooLargeException.class);
            }
            cluster.put(member, "after", "v");
        }

        assertThat(cluster.leader()).isEqualTo(leader);
    }

    @Test
    void commandsAtTheLimitPassFromEveryMember() {
        Bytes value = Bytes.wrap(new byte[Limits.REQUEST_BYTES_DEFAULT - 1]);
        for (String member : cluster.names()) {
            join(cluster.member(member).submit(Command.put(Bytes.utf8("k"), value)));
        }
        cluster.assertSameStateEverywhere();
    }

    @Test
    void withoutAMajorityCommandsFailWithATypedErrorAndReadsAreNotConfirmed() throws IOException {
        restart(options -> options.withRequestTimeout(Duration.ofSeconds(2)));
        String leader = cluster.leader();
        cluster.put(leader, "k", "v");
        String survivor = cluster.follower();
        cluster.names().stream().filter(name -> !name.equals(survivor)).forEach(cluster::stop);

        assertThatThrownBy(() -> cluster.put(survivor, "k", "w"))
                .isInstanceOfAny(NotReplicatedException.class, OutcomeUnknownException.class);
        assertThatThrownBy(() -> cluster.read(survivor, "k")).isInstanceOf(ReadUnavailableException.class);
        assertThat(cluster.member(survivor).status().problem()).isPresent();
    }
}
