package io.hightower.kv.replication.ratis;

import static io.hightower.kv.replication.ratis.TestCluster.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One member of three, alone: nothing can be proposed, and every command must be known not to be replicated. */
final class AdmissionTest {
    @TempDir
    Path directory;

    private TestCluster cluster;

    @BeforeEach
    void startOne() throws IOException {
        cluster = TestCluster.of(
                3, directory, options -> options.withQueue(new RatisOptions.Queue(10, 1000, Duration.ofMillis(50)))
                        .withRequestTimeout(Duration.ofSeconds(2)));
        cluster.start("m1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private CompletableFuture<Result> submit(int valueBytes) {
        return cluster.member("m1").submit(Command.put(Bytes.utf8("k"), Bytes.wrap(new byte[valueBytes])));
    }

    private static void assertNotReplicated(CompletableFuture<Result> future, Reason reason) {
        assertThatThrownBy(() -> join(future))
                .isInstanceOfSatisfying(NotReplicatedException.class, e -> assertThat(e.reason())
                        .isEqualTo(reason));
    }

    @Test
    void refusesWhatTheQueueHasNoRoomForAndInTheEndWhatWaitedForALeader() {
        List<CompletableFuture<Result>> waiting = new ArrayList<>();
        CompletableFuture<Result> refused = submit(1);
        while (!refused.isDone()) {
            waiting.add(refused);
            refused = submit(1);
        }

        assertNotReplicated(refused, Reason.OVERLOADED);
        // Those in the queue, and those that the proposer has in hand.
        assertThat(waiting).hasSizeBetween(10, 21);
        waiting.forEach(future -> assertNotReplicated(future, Reason.NO_LEADER));
    }

    @Test
    void countsTheBytesThatWait() {
        CompletableFuture<Result> refused = submit(400);
        for (int i = 0; i < 10 && !refused.isDone(); i++) {
            refused = submit(400);
        }
        assertNotReplicated(refused, Reason.OVERLOADED);
    }

    @Test
    void closingSettlesWhatWaitsForALeader() {
        CompletableFuture<Result> waiting = submit(1);
        cluster.member("m1").close();
        assertThatThrownBy(() -> join(waiting)).isInstanceOf(NotReplicatedException.class);
        assertNotReplicated(submit(1), Reason.STOPPED);
    }
}
