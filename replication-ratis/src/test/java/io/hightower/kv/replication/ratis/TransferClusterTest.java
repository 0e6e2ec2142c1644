package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.replication.ratis.metrics.RecordingMetrics;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.file.FileDisk;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import io.hightower.kv.storage.lsm.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members with stores on disk, one of which is caught up by files. */
class TransferClusterTest {
    private static final StoreOptions STORE = StoreOptions.ofMemory(16 << 20).withMemtableBytes(1 << 20);
    private static final long SLOW = 1 << 20;
    private static final int VALUE_BYTES = 8 << 10;
    private static final int BYTES_BEFORE_BREAK = 3 << 18;

    /** What the stream may have had on its way when it broke, and the manifest of each attempt. */
    private static final long LOST_MAX = 4L << 18;

    @TempDir
    private Path directory;

    private TestCluster cluster;
    private final Map<String, LogStructuredStore> stores = new ConcurrentHashMap<>();
    private final Map<String, RatisReplication> running = new ConcurrentHashMap<>();
    private final SplittableRandom random = new SplittableRandom(5);

    @AfterEach
    void stopAll() {
        List.copyOf(running.keySet()).forEach(this::stop);
    }

    private RecordingMetrics start(String name) {
        RecordingMetrics metrics = new RecordingMetrics();
        LogStructuredStore store = LogStructuredStore.open(
                FileDisk.open(directory.resolve(name + "-store")), Bytes.utf8("16 bytes are " + name + "."), STORE);
        stores.put(name, store);
        RatisOptions options = cluster.options(name);
        running.put(
                name,
                RatisReplication.open(
                        options.withTuning(options.tuning().withTransferBytesPerSecond(SLOW)),
                        new KvState(store),
                        metrics));
        return metrics;
    }

    private void stop(String name) {
        running.remove(name).close();
        stores.remove(name).close();
    }

    private String leader() {
        AtomicReference<String> found = new AtomicReference<>();
        TestCluster.await("a member leads", () -> {
            running.entrySet().stream()
                    .filter(member -> member.getValue().status().role() == Role.LEADER)
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .ifPresent(found::set);
            return found.get() != null;
        });
        return found.get();
    }

    /** Writes values that cannot be compressed. */
    private void write(int values) {
        List<CompletableFuture<?>> written = new ArrayList<>();
        RatisReplication leader = running.get(leader());
        for (int i = 0; i < values; i++) {
            byte[] value = new byte[VALUE_BYTES];
            random.nextBytes(value);
            written.add(leader.submit(Command.put(Bytes.utf8("key" + random.nextInt()), Bytes.wrap(value))));
        }
        written.forEach(TestCluster::join);
    }

    @Test
    void aTransferThatIsBrokenOffByARestartGoesOnWhereItWas() throws IOException {
        cluster = TestCluster.of(3, directory);
        cluster.names().parallelStream().forEach(this::start);
        write(10);
        String lagging = running.keySet().stream()
                .filter(name -> !name.equals(leader()))
                .min(Comparator.naturalOrder())
                .orElseThrow();
        stop(lagging);
        write(300);
        // The log that the member lacks is dropped everywhere.
        running.values().forEach(RatisReplication::checkpoint);

        RecordingMetrics first = start(lagging);
        TestCluster.await("some of the state has arrived", () -> received(first) >= BYTES_BEFORE_BREAK);
        long receivedFirst = received(first);
        running.get(lagging).close();
        stop(lagging);
        write(10);
        RecordingMetrics second = start(lagging);
        TestCluster.await(
                "the state is installed",
                () -> stores.get(lagging).durable().index() > 0 && second.count("ratis.transfer.received.bytes") > 0);
        TestCluster.join(running.get(lagging).readBarrier());

        TestCluster.await(
                "all members have the same state",
                () -> stores.values().stream()
                                .map(store -> store.applied())
                                .distinct()
                                .count()
                        == 1);
        long total = stores.get(leader()).pin().files().stream()
                .mapToLong(file -> file.length())
                .sum();
        assertThat(receivedFirst + received(second))
                .as("first %s second %s total %s", receivedFirst, received(second), total)
                .isLessThan(total + LOST_MAX)
                .isGreaterThan(total / 2);
    }

    @Test
    void whatABrokenTransferLeftIsDeletedOnceTheLogSuffices() throws IOException {
        cluster = TestCluster.of(1, directory);
        start("m1");
        write(1);
        stop("m1");
        Path left = directory.resolve("m1-store").resolve("000000000017-0a1b2c3d.table.incoming");
        Files.write(left, new byte[10]);

        start("m1");
        TestCluster.await("the log goes on", () -> {
            write(1);
            return !Files.exists(left);
        });
    }

    private static long received(RecordingMetrics metrics) {
        return metrics.count("ratis.transfer.received.bytes");
    }
}
