package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member says of a log that changed while it was away. */
final class DamagedLogTest {
    private static final int SECTOR = 512;

    @TempDir
    Path directory;

    private TestCluster cluster;

    @AfterEach
    void close() {
        cluster.close();
    }

    private List<Path> logFiles(String pattern) throws IOException {
        try (Stream<Path> files = Files.walk(cluster.directory("m1"))) {
            return files.filter(file -> file.getFileName().toString().matches(pattern))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
    }

    private void write(int count) {
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[16 * 1024];
            Arrays.fill(value, (byte) 'v');
            TestCluster.join(cluster.member("m1").submit(Command.put(Bytes.utf8("k" + i), Bytes.wrap(value))));
        }
    }

    private static byte[] flip(Path file) throws IOException {
        byte[] before = Files.readAllBytes(file);
        byte[] damaged = before.clone();
        damaged[damaged.length / 2] ^= 1;
        Files.write(file, damaged);
        return before;
    }

    @Test
    void aMemberDoesNotStartWithADamagedLogAndSaysWhereItIsAndWhatToDo() throws IOException {
        cluster = TestCluster.of(1, directory).startAll();
        write(10);
        cluster.stop("m1");
        Path open = logFiles("log_inprogress_.*").get(0);
        Path closed = logFiles("log_\\d+-\\d+").get(0);

        for (Path file : List.of(open, closed)) {
            byte[] before = flip(file);
            byte[] damaged = Files.readAllBytes(file);
            assertThatThrownBy(() -> cluster.start("m1"))
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("file=" + file)
                    .hasMessageContaining("add it again, with empty directories");
            assertThatThrownBy(() ->
                            OfflineMember.finishLog(cluster.directory("m1"), new KvState(new TreeMapStateStore())))
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("file=" + file);
            assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
            Files.write(file, before);
        }

        cluster.start("m1");
        assertThat(cluster.read("m1", "k9")).hasSize(16 * 1024);
    }

    @Test
    void aLogThatEndsTornIsLookedAtAsItIsAndAppliedWithoutItsEnd() throws IOException {
        cluster = TestCluster.of(1, directory).startAll();
        write(2);
        LogPosition whole = cluster.member("m1").status().applied();
        cluster.stop("m1");
        Path open = logFiles("log_inprogress_.*").get(0);
        byte[] torn = Files.readAllBytes(open);
        Arrays.fill(torn, torn.length - 10 * SECTOR, torn.length - 8 * SECTOR, (byte) 0);
        Files.write(open, torn);

        LogPosition end = OfflineMember.logEnd(cluster.directory("m1"), LogPosition.START);
        assertThat(end).isEqualTo(new LogPosition(whole.term(), whole.index() - 1));
        assertThat(Files.readAllBytes(open)).isEqualTo(torn);

        KvState state = new KvState(new TreeMapStateStore());
        OfflineMember.finishLog(cluster.directory("m1"), state);
        assertThat(state.store().durable()).isEqualTo(end);
        assertThat(logFiles("torn-.*")).hasSize(1);
        assertThat(Files.size(open)).isLessThan(torn.length);

        cluster.start("m1");
        assertThat(cluster.read("m1", "k0")).hasSize(16 * 1024);
        assertThat(cluster.read("m1", "k1")).isEmpty();
    }
}
