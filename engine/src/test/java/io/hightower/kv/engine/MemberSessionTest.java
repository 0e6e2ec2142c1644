package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import io.hightower.kv.statemachine.api.Session;
import io.hightower.kv.statemachine.api.SessionOptions;
import io.hightower.kv.statemachine.api.Waiting;
import io.hightower.kv.statemachine.session.CommandSession;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions over a cluster whose members are restarted: no call fails, and what was answered happened once. */
class MemberSessionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CLIENTS = 4;
    private static final int RESTARTS = 2;

    @TempDir
    private Path directory;

    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final Map<String, LocalEngine> members = new ConcurrentHashMap<>();
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final SessionSurroundings surroundings = new SessionSurroundings(workers);

    @BeforeEach
    void start() throws IOException {
        for (int i = 1; i <= 3; i++) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                addresses.put("m" + i, "127.0.0.1:" + socket.getLocalPort());
            }
        }
        addresses.keySet().stream()
                .map(name -> CompletableFuture.runAsync(() -> open(name), workers))
                .toList()
                .forEach(CompletableFuture::join);
    }

    private void open(String name) {
        members.put(
                name,
                Hightower.open(Options.small(directory.resolve(name))
                        .withCluster(ClusterOptions.of(name, addresses)
                                .withTimeouts(Duration.ofMillis(500), Duration.ofSeconds(7)))));
    }

    @AfterEach
    void close() {
        members.values().forEach(LocalEngine::close);
        surroundings.close();
        EngineThreads.stop(workers);
    }

    @Test
    void noCallFailsAndNoneHappensTwiceWhileLeadersAreRestarted() {
        AtomicBoolean enough = new AtomicBoolean();
        List<CompletableFuture<Integer>> clients = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            Bytes counter = Bytes.utf8("counter" + client);
            clients.add(CompletableFuture.supplyAsync(() -> count(counter, enough), workers));
        }
        for (int restart = 0; restart < RESTARTS; restart++) {
            String leader = leader();
            members.remove(leader).close();
            leader();
            open(leader);
        }
        enough.set(true);
        for (int client = 0; client < CLIENTS; client++) {
            int counted = clients.get(client).join();
            Bytes counter = Bytes.utf8("counter" + client);
            assertThat(counted).isPositive();
            assertThat(anyMember().scan(KeyRange.single(counter)))
                    .singleElement()
                    .satisfies(found -> assertThat(found.version()).isEqualTo(counted));
        }
    }

    /** Increments a counter, the number of writes of a key, and returns how many increments were answered. */
    private int count(Bytes counter, AtomicBoolean enough) {
        int answered = 0;
        try (Session session = CommandSession.open(this::send, surroundings, SessionOptions.defaults())
                .join()) {
            while (!enough.get()) {
                session.put(counter, Bytes.EMPTY);
                answered++;
            }
        }
        return answered;
    }

    /** Sends a command to any member that is open, as a client does that knows all of them. */
    private CompletableFuture<Result> send(Command command) {
        return anyMember()
                .submitAsync(command)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(elsewhere(Waiting.unwrapped(failure))));
    }

    /** What a member refuses because it closes, another one may take. */
    private static RuntimeException elsewhere(RuntimeException failure) {
        return failure instanceof NotReplicatedException refused && refused.reason() == Reason.STOPPED
                ? new NotReplicatedException(Reason.NO_LEADER, "The member is closed")
                : failure;
    }

    private LocalEngine anyMember() {
        List<LocalEngine> open = List.copyOf(members.values());
        return open.get(ThreadLocalRandom.current().nextInt(open.size()));
    }

    private String leader() {
        return await().atMost(PATIENCE)
                .until(
                        () -> members.entrySet().stream()
                                .filter(member -> leads(member.getValue()))
                                .map(Map.Entry::getKey)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static boolean leads(LocalEngine member) {
        return member.status().role() == Role.LEADER;
    }
}
