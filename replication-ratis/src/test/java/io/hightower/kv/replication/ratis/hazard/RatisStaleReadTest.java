package io.hightower.kv.replication.ratis.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Why no linearizable read is left to the release of Ratis that is used. */
@Isolated("what is injected into Ratis concerns every member of the process")
final class RatisStaleReadTest {
    private static final List<String> HEARING = List.of("RaftServerImpl.appendEntries", "RaftServerImpl.requestVote");

    @TempDir
    Path directory;

    private RawCluster cluster;

    @AfterEach
    void close() throws IOException {
        HEARING.forEach(CodeInjectionForTesting::remove);
        cluster.close();
    }

    private void isolate(int member) {
        String name = cluster.name(member);
        for (String point : HEARING) {
            CodeInjectionForTesting.put(point, (hearing, speaking, arguments) -> {
                if (hearing.toString().equals(name) != speaking.toString().equals(name)) {
                    throw new IllegalStateException("The network is cut by the test");
                }
                return false;
            });
        }
    }

    @Test
    void aLinearizableReadOfRatisAsksNoMajorityOnceAnotherReaderDid() throws Exception {
        cluster = new RawCluster(3, directory, settings -> {
            RaftServerConfigKeys.Read.setOption(settings, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
            // Its entries would move the commit index behind the back of the test.
            RaftServerConfigKeys.Log.setLogMetadataEnabled(settings, false);
        });
        int old = cluster.leaderOtherThan(-1);
        RawCluster.get(cluster.write(old, "v1"));
        RawCluster.get(cluster.read(old));
        RawCluster.get(cluster.read(old));

        isolate(old);
        // Asked until it steps down, which it does some time after the others have another leader.
        CompletableFuture<RaftClientReply> written = new CompletableFuture<>();
        Thread writer = new Thread(
                () -> cluster.write(cluster.leaderOtherThan(old), "v2").thenAccept(written::complete));
        writer.start();
        int withoutMajority = 0;
        int stale = 0;
        while (cluster.division(old).getInfo().isLeader()) {
            boolean replaced = written.isDone();
            CompletableFuture<RaftClientReply> read = cluster.read(old);
            if (!read.isDone()) {
                break;
            }
            if (RawCluster.get(read).isSuccess()) {
                assertThat(RawCluster.get(read).getMessage().getContent().toStringUtf8())
                        .isEqualTo("v1");
                withoutMajority++;
                stale += replaced ? 1 : 0;
            }
        }
        writer.join();

        assertThat(RawCluster.get(written).isSuccess()).isTrue();
        assertThat(withoutMajority)
                .as("reads that a member answered that nobody heard, %s of them after the next write", stale)
                .isPositive();
    }
}
