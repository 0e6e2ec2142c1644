package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.replication.ratis.RatisOptions.Tuning;
import io.hightower.kv.replication.ratis.log.PowerCut;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.StoreView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power of all members fails at once while clients write. The members run on and are stopped, and then everything is taken
 * from their logs that was not synced at the moment of the power cut, but for some sectors that happened to be written.
 */
final class PowerLossTest {
    private static final int ROUNDS = 2;
    private static final int WRITES_AT_A_TIME = 32;
    private static final int ACKNOWLEDGED_LEAST = 100;
    private static final int VALUE_BYTES_MAX = 1500;

    @TempDir
    Path directory;

    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger keys = new AtomicInteger();

    @Test
    void everyAcknowledgedWriteSurvivesAPowerCutOfAllMembers(TestInfo info) {
        SeededRuns.of(info).count(1).checkEach(random -> {
            Path run = directory.resolve("run" + runs.incrementAndGet());
            try (TestCluster cluster = TestCluster.of(
                    3, run, options -> options.withTuning(new Tuning(64, 64 * 1024, 4, 64 << 20, 1 << 30)))) {
                cluster.startAll();
                Set<Integer> expected = new TreeSet<>();
                for (int round = 0; round < ROUNDS; round++) {
                    expected.addAll(cutPower(cluster, random));
                    cluster.restartAll();
                    assertHolds(cluster, expected);
                }
                assertThat(tornTails(run)).as("power cuts that tore entries").isPositive();
            }
        });
    }

    /** Returns the keys that were acknowledged when the power failed; afterwards all members are down. */
    private Set<Integer> cutPower(TestCluster cluster, RandomGenerator random) throws IOException {
        cluster.leader();
        int acknowledgedLeast = ACKNOWLEDGED_LEAST + random.nextInt(400);
        Map<String, Long> synced = new HashMap<>();
        Set<Integer> acknowledged;
        try (Load load = new Load(cluster)) {
            TestCluster.await("writes are acknowledged", () -> load.acknowledged.size() >= acknowledgedLeast);
            acknowledged = Set.copyOf(load.acknowledged);
            // Later than the acknowledgements: what of a log was synced by then only grows.
            for (String name : cluster.names()) {
                synced.put(name, cluster.member(name).progress().flushed());
            }
            // What is torn has to be written.
            TestCluster.await(
                    "more is written", () -> load.acknowledged.size() >= acknowledged.size() + WRITES_AT_A_TIME);
        }
        cluster.stopAll();
        for (String name : cluster.names()) {
            int keptOfTen = random.nextInt(3) == 0 ? 0 : random.nextInt(10);
            PowerCut.hit(logDirectory(cluster, name), synced.get(name), keptOfTen, random);
        }
        return acknowledged;
    }

    private static Path logDirectory(TestCluster cluster, String name) {
        String group = cluster.self(name).groupId().toString();
        return cluster.directory(name).resolve(group).resolve("current");
    }

    private static long tornTails(Path run) throws IOException {
        try (Stream<Path> files = Files.walk(run)) {
            return files.filter(file -> file.getFileName().toString().startsWith("torn-"))
                    .count();
        }
    }

    private static void assertHolds(TestCluster cluster, Set<Integer> expected) {
        String writer = cluster.names().get(0);
        cluster.put(writer, "after", "v");
        cluster.assertSameStateEverywhere();
        List<Integer> missing = new ArrayList<>();
        try (StoreView view = cluster.member(writer).view()) {
            for (int key : expected) {
                if (!StateReading.text(view, "k" + key).equals(Optional.of(value(key)))) {
                    missing.add(key);
                }
            }
        }
        assertThat(missing).as("acknowledged writes that are gone").isEmpty();
    }

    private static String value(int key) {
        return (key + ".").repeat(1 + key * 31 % (VALUE_BYTES_MAX / 6));
    }

    /** Writes through all members, as many at a time as it may, until it is closed; then every write is answered. */
    private final class Load implements AutoCloseable {
        final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();

        private final AtomicBoolean over = new AtomicBoolean();
        private final Semaphore room = new Semaphore(WRITES_AT_A_TIME);
        private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        private final Thread writer;

        Load(TestCluster cluster) {
            writer = new Thread(() -> write(cluster.runningMembers()), "test-load");
            writer.start();
        }

        private void write(List<RatisReplication> members) {
            while (!over.get()) {
                room.acquireUninterruptibly();
                int key = keys.incrementAndGet();
                CompletableFuture<?> done = members.get(key % members.size())
                        .submit(Command.put(Bytes.utf8("k" + key), Bytes.utf8(value(key))));
                done.whenComplete((result, failure) -> {
                    if (failure == null) {
                        acknowledged.add(key);
                    } else {
                        failures.add(failure);
                    }
                    room.release();
                });
            }
        }

        @Override
        public void close() {
            over.set(true);
            room.acquireUninterruptibly(WRITES_AT_A_TIME);
            room.release(WRITES_AT_A_TIME);
            try {
                writer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            assertThat(failures).isEmpty();
        }
    }
}
