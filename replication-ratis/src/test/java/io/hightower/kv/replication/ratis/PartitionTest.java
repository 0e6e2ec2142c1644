package io.hightower.kv.replication.ratis;

import static io.hightower.kv.replication.ratis.TestCluster.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import io.hightower.kv.statemachine.spi.StoreView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A leader that the others cannot reach any more, and that does not know it. */
@Isolated("what is injected into Ratis concerns every member of the process")
final class PartitionTest {
    /** Called by Ratis when a member hears another one. */
    private static final List<String> HEARING =
            List.of("RaftServerImpl.appendEntries", "RaftServerImpl.requestVote", "RaftServerImpl.installSnapshot");

    /** Called by Ratis when a member hears another one, or is about to send. */
    private static final List<String> PAUSING = List.of(
            "RaftServerImpl.appendEntries",
            "RaftServerImpl.requestVote",
            "RaftServerImpl.installSnapshot",
            "GrpcServicesImpl.sendRequest");

    @TempDir
    Path directory;

    private TestCluster cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = TestCluster.of(3, directory).startAll();
    }

    @AfterEach
    void close() {
        heal();
        cluster.close();
    }

    private void isolate(String member) {
        String id = cluster.member(member).status().memberId();
        for (String point : HEARING) {
            CodeInjectionForTesting.put(point, (hearing, speaking, arguments) -> {
                if (hearing.toString().equals(id) != speaking.toString().equals(id)) {
                    throw new IllegalStateException("The network is cut by the test");
                }
                return false;
            });
        }
    }

    private static void heal() {
        HEARING.forEach(CodeInjectionForTesting::remove);
        PAUSING.forEach(CodeInjectionForTesting::remove);
    }

    private String otherLeader(String old) {
        AtomicReference<String> found = new AtomicReference<>();
        TestCluster.await("another leader than " + old, () -> {
            cluster.names().stream()
                    .filter(name -> !name.equals(old))
                    .filter(name -> cluster.member(name).status().role() == Role.LEADER)
                    .findFirst()
                    .ifPresent(found::set);
            return found.get() != null;
        });
        return found.get();
    }

    @Test
    void whatADeposedLeaderCouldNotReplicateIsKnownToBeDropped() {
        String old = cluster.leader();
        cluster.put(old, "k", "1");
        isolate(old);
        CompletableFuture<Result> dropped =
                cluster.member(old).submit(Command.put(Bytes.utf8("k"), Bytes.utf8("dropped")));
        cluster.put(otherLeader(old), "k", "2");
        assertThat(dropped).isNotDone();

        heal();

        assertThatThrownBy(() -> join(dropped)).isInstanceOf(NotReplicatedException.class);
        assertThat(cluster.read(old, "k")).isEqualTo("2");
        cluster.assertSameStateEverywhere();
    }

    @Test
    void whatTheClockOfADeposedLeaderCountedIsForgottenWhenItLeadsAgain() {
        String old = cluster.leader();
        cluster.put(old, "k", "0");
        cluster.passMillis(old, 100);
        cluster.put(old, "k", "1");
        isolate(old);
        cluster.passMillis(old, 3_600_000);
        CompletableFuture<Result> dropped =
                cluster.member(old).submit(Command.put(Bytes.utf8("k"), Bytes.utf8("dropped")));
        String other = otherLeader(old);
        cluster.put(other, "k", "2");
        cluster.passMillis(other, 50);
        cluster.put(other, "k", "3");
        heal();
        assertThatThrownBy(() -> join(dropped)).isInstanceOf(NotReplicatedException.class);

        makeLeader(old);
        cluster.put(old, "k", "4");
        assertThat(cluster.store(old).applied().logicalTimeMillis()).isEqualTo(150);
        cluster.assertSameStateEverywhere();
    }

    /** Has the leaders restart, each of which hands its office over, until it is this one's turn. */
    private void makeLeader(String member) {
        for (String leader = cluster.leader(); !leader.equals(member); leader = cluster.leader()) {
            cluster.stop(leader);
            cluster.start(leader);
        }
    }

    @Test
    void whatWasForwardedToALeaderThatIsCutOffIsGivenUpWhenAnotherOneIsKnown() {
        String old = cluster.leader();
        cluster.put(old, "k", "1");
        String other = cluster.follower();
        isolate(old);
        CompletableFuture<Result> forwarded =
                cluster.member(other).submit(Command.put(Bytes.utf8("k"), Bytes.utf8("forwarded")));
        otherLeader(old);
        cluster.put(other, "k", "2");

        assertThatThrownBy(() -> join(forwarded))
                .isInstanceOf(OutcomeUnknownException.class)
                .as("not because its time was up")
                .hasMessageContaining("The connection to the leader broke");
        heal();
        assertThat(cluster.read(old, "k")).isEqualTo("2");
        cluster.assertSameStateEverywhere();
    }

    @Test
    void readOnADeposedLeaderIsNeverStale() {
        String old = cluster.leader();
        cluster.put(old, "k", "1");
        assertThat(cluster.read(old, "k")).isEqualTo("1");
        assertThat(cluster.read(old, "k")).isEqualTo("1");
        isolate(old);
        // While it still believes that it leads, and when it knows better: nobody can have confirmed either.
        CompletableFuture<String> believing = reading(old);
        cluster.put(otherLeader(old), "k", "2");
        CompletableFuture<String> deposed = reading(old);
        boolean confirmedTooEarly = believing.isDone() || deposed.isDone();
        heal();

        assertThat(join(believing)).isEqualTo("2");
        assertThat(join(deposed)).isEqualTo("2");
        assertThat(confirmedTooEarly).isFalse();
    }

    /** Reads at the moment at which that is confirmed: what is applied a little later does not make good for it. */
    private CompletableFuture<String> reading(String member) {
        RatisReplication asked = cluster.member(member);
        return asked.readBarrier().thenApply(confirmed -> {
            try (StoreView view = asked.view()) {
                return view.get(Bytes.utf8("k")).orElseThrow().value().toUtf8();
            }
        });
    }

    /** Holds up everything that a member sends and hears, as if its process were stopped, and lets it go later. */
    private CountDownLatch pause(String member) {
        String id = cluster.member(member).status().memberId();
        CountDownLatch resumed = new CountDownLatch(1);
        for (String point : PAUSING) {
            CodeInjectionForTesting.put(point, (local, remote, arguments) -> {
                if (local.toString().equals(id)) {
                    awaitResumed(resumed);
                }
                return false;
            });
        }
        return resumed;
    }

    private static void awaitResumed(CountDownLatch resumed) {
        try {
            if (!resumed.await(TestCluster.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("The test did not go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void readOnALeaderThatWasPausedIsNeverStale() {
        String old = cluster.leader();
        cluster.put(old, "k", "1");
        assertThat(cluster.read(old, "k")).isEqualTo("1");
        CountDownLatch resumed = pause(old);
        cluster.put(otherLeader(old), "k", "2");

        CompletableFuture<String> confirmed = reading(old);
        boolean confirmedTooEarly = confirmed.isDone();
        PAUSING.forEach(CodeInjectionForTesting::remove);
        resumed.countDown();

        assertThat(join(confirmed)).isEqualTo("2");
        assertThat(confirmedTooEarly).isFalse();
    }
}
