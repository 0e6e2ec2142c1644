package io.hightower.kv.replication.ratis;

import static io.hightower.kv.replication.ratis.TestCluster.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.MemberDeath;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that cannot go on says so, once, and answers everybody. */
final class DeathTest {
    @TempDir
    Path directory;

    private final Queue<MemberDeath> deaths = new ConcurrentLinkedQueue<>();
    private TestCluster cluster;

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void failureToApplyEndsTheMember() throws IOException {
        cluster = TestCluster.of(1, directory, options -> options.withOnDeath(deaths::add))
                .startAll();
        cluster.put("m1", "k", "v");

        // A closed store refuses the edit, as one would whose disk failed.
        cluster.store("m1").close();
        CompletableFuture<Result> fatal = cluster.member("m1").submit(Command.put(Bytes.utf8("k"), Bytes.utf8("w")));

        assertThatThrownBy(() -> join(fatal)).isInstanceOf(OutcomeUnknownException.class);
        TestCluster.await("the death is told", () -> !deaths.isEmpty());
        assertThat(deaths).singleElement().asString().contains("The state could not be changed");
        assertThat(cluster.member("m1").status().role()).isEqualTo(Role.STOPPED);
        assertThat(cluster.member("m1").status().problem()).isPresent();
        assertThatThrownBy(() -> cluster.put("m1", "k", "x"))
                .isInstanceOfSatisfying(NotReplicatedException.class, e -> assertThat(e.reason())
                        .isEqualTo(NotReplicatedException.Reason.STORE_FAILED));
        assertThatThrownBy(() -> join(cluster.member("m1").readBarrier())).isInstanceOf(ReadUnavailableException.class);
    }

    @Test
    void whoeverHasDoneEverythingIsNotTakenForOneThatHangs() throws IOException {
        cluster = TestCluster.of(2, directory).startAll();
        cluster.put("m1", "k", "v");
        for (String name : cluster.names()) {
            TestCluster.await(
                    "everything is written and applied: " + name,
                    () -> cluster.member(name).progress().flushed()
                                    == cluster.member(name).progress().logged()
                            && cluster.member(name).progress().applied()
                                    == cluster.member(name).progress().committed()
                            && cluster.member(name).progress().applyingNanos() > 0);
            assertThat(cluster.member(name).progress().applied()).isPositive();
        }
    }

    @Test
    void closingIsNoDeath() throws IOException {
        cluster = TestCluster.of(1, directory, options -> options.withOnDeath(deaths::add))
                .startAll();
        cluster.put("m1", "k", "v");
        cluster.stop("m1");
        assertThat(deaths).isEmpty();
    }
}
