package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hightower.kv.replication.ratis.RatisOptions;
import io.hightower.kv.replication.ratis.RatisReplication;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.statemachine.state.Leases;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Leases of a real cluster of three whose leader goes away, with monotonic clocks that the test moves: each member looks for
 * ended leases whenever its clock was moved, ten times a second by it.
 */
class LeaseLeaderChangeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 100;

    /** What a leader counts and does not log any more, at most. */
    private static final long LOST_MILLIS = 300;

    private static final Bytes KEY = Bytes.utf8("session");
    private static final long TTL_MILLIS = 5000;

    @TempDir
    private Path directory;

    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final List<Member> members = new ArrayList<>();

    /** A member with its clock, its store and what ends leases there. */
    private final class Member implements AutoCloseable {
        final TreeMapStateStore store = new TreeMapStateStore();
        final AtomicLong nanos;
        final RatisReplication replication;
        final LeaseExpiry expiry;

        Member(String name) {
            nanos = new AtomicLong(name.hashCode() * 1_000_000_007L);
            RatisOptions options = RatisOptions.of(name, addresses, "test", directory.resolve(name))
                    .withElectionTimeout(Duration.ofSeconds(1), Duration.ofSeconds(2))
                    .withNanoClock(nanos::get);
            replication = RatisReplication.open(options, new KvState(store), Metrics.none());
            // Looks at once are left to the next look.
            expiry = new LeaseExpiry(replication, look -> {});
        }

        boolean leads() {
            return replication.logicalTimeMillis().isPresent();
        }

        /** Lets this member's clock go on, and has it look. */
        void pass(long millis) {
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
            expiry.look();
        }

        boolean hasLease(long id) {
            try (StoreView view = replication.view()) {
                return Leases.of(view.system()).find(id).isPresent();
            }
        }

        @Override
        public void close() {
            expiry.close();
            replication.close();
        }
    }

    @BeforeEach
    void start() throws IOException {
        for (int i = 1; i <= 3; i++) {
            addresses.put("m" + i, "127.0.0.1:" + port());
        }
        // At once: the first start of a member waits for others to answer.
        List<CompletableFuture<Member>> starting = addresses.keySet().stream()
                .map(name -> CompletableFuture.supplyAsync(() -> new Member(name), task -> new Thread(task).start()))
                .toList();
        starting.forEach(member -> members.add(member.join()));
    }

    private static int port() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterEach
    void close() {
        members.forEach(Member::close);
    }

    private Member leader() {
        await().atMost(PATIENCE).until(() -> members.stream().anyMatch(Member::leads));
        return members.stream().filter(Member::leads).findFirst().orElseThrow();
    }

    private static Result submit(Member member, Command command) {
        return member.replication.submit(command).join();
    }

    /** Has the leader lead for a time, its looks included, until it has logged about that much by itself. */
    private void lead(Member leader, long millis) {
        long begun = leader.replication.logicalTimeMillis().orElseThrow();
        for (long passed = 0; passed < millis; passed += LOOK_MILLIS) {
            leader.pass(LOOK_MILLIS);
        }
        await().atMost(PATIENCE).until(() -> {
            leader.expiry.look();
            return leader.store.applied().logicalTimeMillis() > begun + millis - LOST_MILLIS;
        });
    }

    @Test
    void aLeaseEndsNeitherEarlyNorASecondLateByTheTimeThatLeadersHeld() {
        Member first = leader();
        submit(first, new Command.GrantLease(7, TTL_MILLIS / 1000));
        submit(first, new Command.Put(KEY, Bytes.EMPTY, Command.NO_VERSION, PutOptions.lease(7)));
        lead(first, 3000);
        // Time that this leader counts and does not log any more, and time that members count who do not lead.
        first.nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(LOST_MILLIS));
        members.forEach(member -> member.expiry.look());
        members.stream().filter(member -> member != first).forEach(member -> member.pass(TTL_MILLIS * 1000));
        first.close();
        members.remove(first);

        Member second = leader();
        second.expiry.look();
        long held = 3000 + LOST_MILLIS;
        while (held < TTL_MILLIS) {
            second.pass(LOOK_MILLIS);
            held += LOOK_MILLIS;
            assertThat(second.hasLease(7)).as("held=%s", held).isTrue();
        }
        long revision = second.store.applied().revision();
        while (held < TTL_MILLIS + 1000) {
            second.pass(LOOK_MILLIS);
            held += LOOK_MILLIS;
        }
        await().atMost(PATIENCE).until(() -> !second.hasLease(7));
        assertThat(second.store.applied().revision()).isEqualTo(revision + 1);
        assertThat(second.store.applied().liveKeys()).isZero();
    }
}
