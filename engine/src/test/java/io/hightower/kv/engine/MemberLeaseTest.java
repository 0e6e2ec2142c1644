package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.api.LeaseStatus;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases of a cluster as its members' users see them, by the clocks of the machine. */
class MemberLeaseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Bytes KEY = Bytes.utf8("session");

    @TempDir
    private Path directory;

    private final List<LocalEngine> members = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        Map<String, String> addresses = new LinkedHashMap<>();
        for (int i = 1; i <= 3; i++) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                addresses.put("m" + i, "127.0.0.1:" + socket.getLocalPort());
            }
        }
        List<CompletableFuture<LocalEngine>> starting = addresses.keySet().stream()
                .map(name -> CompletableFuture.supplyAsync(
                        () -> Hightower.open(
                                Options.small(directory.resolve(name)).withCluster(ClusterOptions.of(name, addresses))),
                        task -> new Thread(task).start()))
                .toList();
        starting.forEach(member -> members.add(member.join()));
    }

    @AfterEach
    void close() {
        members.forEach(LocalEngine::close);
    }

    private LocalEngine leader() {
        await().atMost(PATIENCE).until(() -> members.stream().anyMatch(MemberLeaseTest::leads));
        return members.stream().filter(MemberLeaseTest::leads).findFirst().orElseThrow();
    }

    private static boolean leads(LocalEngine member) {
        return member.status().role() == Role.LEADER;
    }

    @Test
    void aLeaseOutlivesItsLeaderAndEndsNotBeforeItsTime() {
        LocalEngine first = leader();
        long granted = System.nanoTime();
        long id = first.grantLease(3).id();
        first.put(new Command.Put(KEY, Bytes.EMPTY, Command.NO_VERSION, PutOptions.lease(id)));
        first.close();
        members.remove(first);

        LocalEngine other = members.get(0);
        await().atMost(PATIENCE).until(() -> other.get(KEY).isEmpty());
        assertThat(System.nanoTime() - granted).isGreaterThanOrEqualTo(3_000_000_000L);
        assertThat(other.timeToLive(id)).isEmpty();
    }

    @Test
    void everyMemberTellsHowLeasesStand() {
        LocalEngine leader = leader();
        long granted = leader.grantLease(1000).id();
        for (LocalEngine member : members) {
            assertThat(member.leases()).singleElement().satisfies(status -> assertThat(status.id())
                    .isEqualTo(granted));
            LeaseStatus status = member.timeToLive(granted).orElseThrow();
            assertThat(status.remainingSeconds()).isBetween(900L, 1000L);
            assertThat(member.renewLease(granted).ttlSeconds()).isEqualTo(1000);
        }
    }
}
