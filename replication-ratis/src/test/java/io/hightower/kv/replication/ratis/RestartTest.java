package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.state.KvState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member finds again, and how one catches up that has been away. */
final class RestartTest {
    private static final Bytes LARGE = Bytes.wrap(new byte[16 * 1024]);

    @TempDir
    Path directory;

    private TestCluster cluster;

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void clusterOfOneFindsItsStateAgain() throws IOException {
        cluster = TestCluster.of(1, directory).startAll();
        for (int round = 0; round < 3; round++) {
            cluster.put("m1", "k" + round, "v");
            if (round == 1) {
                cluster.member("m1").checkpoint();
            }
            cluster.stop("m1");
            cluster.start("m1");
            assertThat(cluster.read("m1", "k" + round)).isEqualTo("v");
        }
        assertThat(cluster.member("m1").view().revision()).isEqualTo(4);
    }

    @Test
    void memberWithoutASnapshotReplaysTheWholeLog() throws IOException {
        cluster = TestCluster.of(3, directory).startAll();
        String follower = cluster.follower();
        for (int i = 0; i < 20; i++) {
            cluster.put(follower, "k" + i, "v");
        }
        cluster.stop(follower);
        cluster.loseStore(follower);
        cluster.start(follower);

        cluster.assertSameStateEverywhere();
        assertThat(cluster.store(follower).durable()).isEqualTo(LogPosition.START);
    }

    @Test
    void memberReplaysOnlyWhatItsSnapshotLacks() throws IOException {
        cluster = TestCluster.of(3, directory).startAll();
        String follower = cluster.follower();
        for (int i = 0; i < 20; i++) {
            cluster.put(follower, "k" + i, "v".repeat(1000));
        }
        TestCluster.join(cluster.member(follower).readBarrier());
        cluster.member(follower).checkpoint();
        cluster.put(follower, "last", "v");
        LogPosition durable = cluster.store(follower).durable();
        cluster.stop(follower);
        cluster.start(follower);

        cluster.assertSameStateEverywhere();
        assertThat(cluster.store(follower).durable()).isEqualTo(durable);
        assertThat(cluster.member(follower).logBytes()).isLessThan(2_000);
    }

    @Test
    void laggingMemberIsCaughtUpByASnapshotWhileWritesGoOn() throws IOException {
        cluster = TestCluster.of(3, directory).startAll();
        String lagging = cluster.follower();
        cluster.put(lagging, "before", "v");
        cluster.stop(lagging);
        writeAndTrim();

        cluster.start(lagging);
        for (int i = 0; i < 20; i++) {
            cluster.put(cluster.leader(), "meanwhile" + i, "v");
        }

        assertThat(cluster.read(lagging, "meanwhile19")).isEqualTo("v");
        cluster.assertSameStateEverywhere();
        assertThat(cluster.store(lagging).durable().index())
                .as("only an installed state is durable here")
                .isPositive();
        cluster.stop(lagging);
        cluster.start(lagging);
        cluster.assertSameStateEverywhere();
    }

    @Test
    void goesOnAfterAStateThatWasInstalledJustBeforeTheMemberEnded() throws IOException {
        cluster = TestCluster.of(1, directory).startAll();
        cluster.put("m1", "k", "v");
        LogPosition ended = cluster.store("m1").applied().position();
        cluster.stop("m1");
        // The state of somebody who was far ahead is durable; Ratis has not yet dropped the log from before it.
        LogPosition installed = new LogPosition(ended.term(), ended.index() + 100);
        new KvState(cluster.store("m1")).skip(installed);
        cluster.store("m1").checkpoint();

        cluster.start("m1");
        cluster.put("m1", "k", "after");
        assertThat(cluster.read("m1", "k")).isEqualTo("after");
        assertThat(cluster.store("m1").applied().position().index()).isGreaterThan(installed.index());
    }

    /** Writes so much that the log fills several files, and drops those from every running member. */
    private void writeAndTrim() throws IOException {
        String leader = cluster.leader();
        for (int i = 0; i < 40; i++) {
            TestCluster.join(cluster.member(leader).submit(Command.put(Bytes.utf8("large" + i % 4), LARGE)));
        }
        List<String> running = cluster.names().stream()
                .filter(name -> cluster.member(name) != null)
                .toList();
        // All first: who lags behind a log that was dropped gets the state, and has no log to drop.
        running.forEach(name -> TestCluster.join(cluster.member(name).readBarrier()));
        for (String name : running) {
            long before = closedSegments(name);
            cluster.member(name).checkpoint();
            assertThat(closedSegments(name)).isLessThan(before);
        }
    }

    private long closedSegments(String name) throws IOException {
        try (Stream<Path> files = Files.walk(cluster.directory(name))) {
            return files.filter(file -> file.getFileName().toString().matches("log_\\d+-\\d+"))
                    .count();
        }
    }

    @Test
    void keepsAsMuchLogAsConfigured() throws IOException {
        cluster = TestCluster.of(
                        1,
                        directory,
                        options ->
                                options.withTuning(new RatisOptions.Tuning(1024, 1024 * 1024, 4, 64 * 1024, 1 << 30)))
                .startAll();
        for (int i = 0; i < 20; i++) {
            TestCluster.join(cluster.member("m1").submit(Command.put(Bytes.utf8("k"), LARGE)));
        }
        long before = closedSegments("m1");
        cluster.member("m1").checkpoint();
        assertThat(closedSegments("m1")).isEqualTo(before).isPositive();
    }

    @Test
    void refusesToStartIfWhatTheLogContinuesIsLost() throws IOException {
        cluster = TestCluster.of(3, directory).startAll();
        writeAndTrim();
        String name = cluster.follower();
        cluster.stop(name);
        cluster.loseStore(name);

        assertThatThrownBy(() -> cluster.start(name))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("The state ends before the log begins")
                .hasMessageContaining("add it again, with empty directories");
    }
}
