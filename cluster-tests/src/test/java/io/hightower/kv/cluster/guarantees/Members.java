package io.hightower.kv.cluster.guarantees;

import io.hightower.kv.cluster.process.Ports;
import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.engine.Hightower;
import io.hightower.kv.engine.HistoryRetention;
import io.hightower.kv.engine.Options;
import io.hightower.kv.engine.StorageOptions;
import io.hightower.kv.engine.watch.WatchOptions;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The engines of one run in this process: one by itself, or the members of a cluster. They keep all history, have so little
 * memory that they flush and merge all the time, and so little for watchers that those often go on from history. Thread-safe.
 */
final class Members implements AutoCloseable {
    private static final String ALONE = "alone";

    private final Path directory;
    private final Map<String, String> addresses;
    private final Map<String, LocalEngine> open = new ConcurrentHashMap<>();

    private Members(Path directory, Map<String, String> addresses) {
        this.directory = directory;
        this.addresses = addresses;
    }

    static Members alone(Path directory) {
        Members members = new Members(directory, Map.of());
        members.open(ALONE);
        return members;
    }

    static Members cluster(Path directory, int size) {
        Map<String, String> addresses = new LinkedHashMap<>();
        List<Integer> ports = Ports.free(size);
        for (int i = 1; i <= size; i++) {
            addresses.put("m" + i, "127.0.0.1:" + ports.get(i - 1));
        }
        Members members = new Members(directory, addresses);
        CompletableFuture.allOf(addresses.keySet().stream()
                        .map(name -> CompletableFuture.runAsync(() -> members.open(name)))
                        .toArray(CompletableFuture[]::new))
                .join();
        return members;
    }

    List<String> names() {
        return addresses.isEmpty() ? List.of(ALONE) : List.copyOf(addresses.keySet());
    }

    /** Returns a member, unless it is closed at the moment. */
    Optional<LocalEngine> find(String name) {
        return Optional.ofNullable(open.get(name));
    }

    LocalEngine member(String name) {
        return find(name).orElseThrow();
    }

    /** Returns who leads, if anybody is known to. */
    Optional<String> leader() {
        return open.entrySet().stream()
                .filter(next -> next.getValue().status().role() == Role.LEADER)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    void open(String name) {
        open.put(name, Hightower.open(options(name)));
    }

    void close(String name) {
        LocalEngine closed = open.remove(name);
        if (closed != null) {
            closed.close();
        }
    }

    private Options options(String name) {
        StorageOptions storage = StorageOptions.ofMemory(4 << 20)
                .withMemtableBytes(64 << 10)
                .withTableBytes(64 << 10)
                .withSegmentBytes(256 << 10)
                .withCheckpointLogBytes(256 << 10);
        Options options = Options.at(directory.resolve(name))
                .withStorage(storage)
                .withHistory(HistoryRetention.forever())
                .withWatch(new WatchOptions(16 << 10, 16 << 10, Duration.ofMillis(100)))
                .withTombstoneGrace(Duration.ofSeconds(1))
                .withMaintenanceInterval(Duration.ofMillis(50))
                .withFreeDiskBytesMin(0);
        return addresses.isEmpty()
                ? options
                : options.withCluster(
                        ClusterOptions.of(name, addresses).withTimeouts(Duration.ofMillis(500), Duration.ofSeconds(3)));
    }

    @Override
    public void close() {
        names().forEach(this::close);
    }
}
