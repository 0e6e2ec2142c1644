package io.hightower.kv.replication.ratis;

import static io.hightower.kv.replication.ratis.TestCluster.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import io.hightower.kv.statemachine.spi.StoreView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What members make of it when something inside Ratis goes wrong or takes long. */
@Isolated("what is injected into Ratis concerns every member of the process")
final class InjectedFaultsTest {
    private static final String APPEND = "RaftServerImpl.appendTransaction";
    private static final String FOLLOWER_SYNC = "RaftServerImpl.appendEntries.logComplete";
    private static final long PATIENCE_SECONDS = 30;

    @TempDir
    Path directory;

    private final CountDownLatch healed = new CountDownLatch(1);
    private TestCluster cluster;

    @AfterEach
    void close() {
        heal();
        cluster.close();
    }

    private void heal() {
        CodeInjectionForTesting.remove(APPEND);
        CodeInjectionForTesting.remove(FOLLOWER_SYNC);
        healed.countDown();
    }

    private List<CompletableFuture<Result>> putEach(String member, String prefix, int count) {
        List<CompletableFuture<Result>> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            results.add(cluster.member(member).submit(Command.put(Bytes.utf8(prefix + i), Bytes.utf8("v"))));
        }
        return results;
    }

    private void assertWrittenOnce(String member, String prefix, int count) {
        join(cluster.member(member).readBarrier());
        try (StoreView view = cluster.member(member).view()) {
            for (int i = 0; i < count; i++) {
                assertThat(view.get(Bytes.utf8(prefix + i)).orElseThrow().version())
                        .as("versions of %s%s", prefix, i)
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void aLogThatRefusesForAWhileTakesEverythingOnceLater() throws IOException {
        cluster = TestCluster.of(1, directory).startAll();
        cluster.put("m1", "before", "v");
        AtomicInteger refusals = new AtomicInteger();
        CodeInjectionForTesting.put(APPEND, (local, remote, arguments) -> {
            if (refusals.incrementAndGet() <= 20) {
                throw new IllegalStateException("The append is refused by the test");
            }
            return false;
        });

        putEach("m1", "k", 50).forEach(TestCluster::join);

        assertThat(refusals.get()).isGreaterThan(20);
        assertWrittenOnce("m1", "k", 50);
    }

    @Test
    void aMemberThatIsSlowToAnswerHoldsUpNobody() throws IOException {
        cluster = TestCluster.of(3, directory).startAll();
        String leader = cluster.leader();
        String slow = cluster.follower();
        String id = cluster.member(slow).status().memberId();
        CodeInjectionForTesting.put(FOLLOWER_SYNC, (local, remote, arguments) -> {
            if (local.toString().equals(id)) {
                awaitHealing();
            }
            return false;
        });

        putEach(leader, "k", 50).forEach(TestCluster::join);
        assertThat(cluster.read(leader, "k49")).isEqualTo("v");

        heal();
        assertWrittenOnce(slow, "k", 50);
        cluster.assertSameStateEverywhere();
    }

    private void awaitHealing() {
        try {
            if (!healed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("The test did not go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void afterARestartTheFirstWritesAreNotTakenForThoseBeforeIt() throws IOException {
        // Ratis remembers who asked with which number, and answers again what it answered before.
        cluster = TestCluster.of(1, directory).startAll();
        for (int i = 1; i <= 5; i++) {
            cluster.put("m1", "k", "before" + i);
        }
        cluster.stop("m1");
        cluster.start("m1");
        for (int i = 1; i <= 5; i++) {
            cluster.put("m1", "k", "after" + i);
            assertThat(cluster.read("m1", "k")).isEqualTo("after" + i);
        }
    }

    @Test
    void aLogThatCanNoLongerBeWrittenEndsTheMember() throws IOException {
        Queue<String> deaths = new ConcurrentLinkedQueue<>();
        cluster = TestCluster.of(1, directory, options -> options.withOnDeath(death -> deaths.add(death.reason())))
                .startAll();
        cluster.put("m1", "k", "v");
        deleteLog(cluster.directory("m1"));

        Bytes large = Bytes.wrap(new byte[40_000]);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 20; i++) {
                        join(cluster.member("m1").submit(Command.put(Bytes.utf8("k"), large)));
                    }
                })
                .isInstanceOf(HightowerException.class);

        TestCluster.await("the death is told", () -> !deaths.isEmpty());
        assertThat(cluster.member("m1").status().role()).isEqualTo(Role.STOPPED);
    }

    /** Takes the files away from under the log, so that it cannot begin another one. */
    private static void deleteLog(Path member) throws IOException {
        try (Stream<Path> files = Files.walk(member)) {
            for (Path file : files.filter(path -> path.getFileName().toString().startsWith("log_"))
                    .toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void aStateMayArriveWhileAMemberStillAppliesItsOwnLog() throws IOException {
        cluster = TestCluster.of(3, directory).startAll();
        Bytes large = Bytes.wrap(new byte[30_000]);
        String lagging = cluster.follower();
        for (int round = 0; round < 3; round++) {
            // Entries that the lagging member has in its log, and will apply again because its state is not durable.
            for (int i = 0; i < 10; i++) {
                join(cluster.member(cluster.leader()).submit(Command.put(Bytes.utf8("own" + i), large)));
            }
            join(cluster.member(lagging).readBarrier());
            cluster.stop(lagging);
            for (int i = 0; i < 20; i++) {
                join(cluster.member(cluster.leader()).submit(Command.put(Bytes.utf8("other" + i % 3), large)));
            }
            for (String name : cluster.names()) {
                if (!name.equals(lagging)) {
                    cluster.member(name).checkpoint();
                }
            }
            List<CompletableFuture<Result>> meanwhile = putEach(cluster.leader(), "round" + round + "-", 200);
            cluster.start(lagging);
            meanwhile.forEach(TestCluster::join);
            assertWrittenOnce(lagging, "round" + round + "-", 200);
        }
        assertThat(cluster.store(lagging).durable().index())
                .as("only an installed state is durable here")
                .isPositive();
        cluster.assertSameStateEverywhere();
    }
}
