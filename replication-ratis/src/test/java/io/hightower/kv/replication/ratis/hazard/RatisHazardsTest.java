package io.hightower.kv.replication.ratis.hazard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.ExitUtils;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What the release of Ratis that is used does to those who use it in the obvious way, and why this project goes another one:
 * see {@code docs/decisions/0010-ratis.md}. A test that fails after an upgrade says that the reason for a detour is gone.
 */
@Execution(ExecutionMode.CONCURRENT)
final class RatisHazardsTest {
    @TempDir
    Path directory;

    private RawCluster cluster;

    @BeforeAll
    static void keepTheProcessAlive() {
        ExitUtils.disableSystemExit();
        ExitUtils.setTerminateOnUncaughtException(false);
    }

    @AfterEach
    void close() throws IOException {
        cluster.close();
    }

    private RawCluster start(int members, Consumer<RaftProperties> settings) throws IOException {
        cluster = new RawCluster(members, directory, settings);
        return cluster;
    }

    @Test
    void everyRequestRefusedBeforeTheAppendTakesAPermitForEver() throws Exception {
        start(1, settings -> RaftServerConfigKeys.Write.setElementLimit(settings, 4));
        int leader = cluster.leaderOtherThan(-1);
        cluster.state(leader).refused = text -> text.startsWith("bad");
        for (int i = 0; i < 4; i++) {
            assertThat(RawCluster.get(cluster.write(leader, "bad" + i)).isSuccess())
                    .isFalse();
        }
        assertThatThrownBy(() -> RawCluster.get(cluster.write(leader, "good")))
                .hasCauseInstanceOf(ResourceUnavailableException.class);
    }

    @Test
    void oneEntryThatIsTooLargeDeposesTheLeader() throws Exception {
        start(
                1,
                settings ->
                        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(settings, SizeInBytes.valueOf(10_000)));
        int leader = cluster.leaderOtherThan(-1);
        long term = cluster.division(leader).getInfo().getCurrentTerm();
        assertThat(RawCluster.get(cluster.write(leader, "x".repeat(20_000))).getException())
                .isInstanceOf(StateMachineException.class);
        RawCluster.await(
                "another election", () -> cluster.division(leader).getInfo().getCurrentTerm() > term);
    }

    @Test
    void aRequestThatFailsWhenItBeginsHangsWhenItIsTriedAgain() throws Exception {
        start(1, settings -> {});
        int leader = cluster.leaderOtherThan(-1);
        cluster.state(leader).refusedAtStart = text -> text.equals("twice");
        long callId = cluster.nextCallId();
        assertThatThrownBy(() ->
                        RawCluster.get(cluster.send(leader, "twice", callId, RaftClientRequest.writeRequestType())))
                .hasCauseInstanceOf(IOException.class);
        cluster.state(leader).refusedAtStart = text -> false;
        CompletableFuture<RaftClientReply> again =
                cluster.send(leader, "twice", callId, RaftClientRequest.writeRequestType());
        RawCluster.get(cluster.write(leader, "another"));
        assertThat(again)
                .as("waits for the first attempt, which nobody will end")
                .isNotDone();
    }

    @Test
    void aCallIdThatIsUsedTwiceSwallowsTheSecondWrite() throws Exception {
        start(1, settings -> {});
        int leader = cluster.leaderOtherThan(-1);
        long callId = cluster.nextCallId();
        RawCluster.get(cluster.send(leader, "first", callId, RaftClientRequest.writeRequestType()));
        RaftClientReply second =
                RawCluster.get(cluster.send(leader, "second", callId, RaftClientRequest.writeRequestType()));
        assertThat(second.isSuccess()).isTrue();
        assertThat(second.getMessage().getContent().toStringUtf8()).isEqualTo("wrote first");
        assertThat(cluster.state(leader).text()).isEqualTo("first");
    }

    @Test
    void withoutASnapshotARestartAppliesAgainWhatWasApplied() throws Exception {
        start(1, settings -> {});
        int leader = cluster.leaderOtherThan(-1);
        RawCluster.get(cluster.write(leader, "a"));
        RawCluster.get(cluster.write(leader, "b"));
        List<Long> before = List.copyOf(cluster.state(leader).applied());
        OneText knowing = new OneText();
        knowing.alreadyApplied(cluster.division(leader).getInfo().getCurrentTerm(), before.get(before.size() - 1));
        cluster.restart(leader, knowing);
        cluster.leaderOtherThan(-1);
        RawCluster.await("the log is replayed", () -> knowing.applied().size() >= before.size());
        assertThat(knowing.applied()).containsAll(before);
    }

    @Test
    void aDivisionWhoseApplyFailsDiesWithoutAWord() throws Exception {
        start(1, settings -> {});
        int leader = cluster.leaderOtherThan(-1);
        cluster.state(leader).failing = text -> text.equals("poison");
        CompletableFuture<RaftClientReply> poison = cluster.write(leader, "poison");
        RawCluster.await(
                "the division is closed",
                () -> cluster.division(leader).getInfo().getLifeCycleState().isClosingOrClosed());
        assertThat(cluster.division(leader).getRaftServer().getLifeCycleState())
                .as("the server goes on as if nothing had happened")
                .isEqualTo(LifeCycle.State.RUNNING);
        assertThat(poison.thenApply(RaftClientReply::isSuccess).exceptionally(failure -> false))
                .satisfiesAnyOf(reply -> assertThat(reply).isNotDone(), reply -> assertThat(reply)
                        .isCompletedWithValue(false));
    }
}
