package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.replication.ratis.RatisOptions.Identity;
import io.hightower.kv.replication.ratis.RatisOptions.InitialState;
import io.hightower.kv.replication.ratis.RatisOptions.Tuning;
import io.hightower.kv.replication.ratis.membership.FormatRange;
import io.hightower.kv.replication.ratis.membership.MemberSelf;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.statemachine.state.StateHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Members on loopback in this JVM, with clocks that stand still for logical time. A member that is stopped and started again
 * finds its directory and what its store had made durable.
 */
final class TestCluster implements AutoCloseable {
    static final long PATIENCE_SECONDS = 30;

    static final String TOKEN = "test";

    private static final Set<Integer> PORTS_GIVEN = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final Map<String, String> addresses;
    private final UnaryOperator<RatisOptions> tuning;
    /** Who was not among the founders, or is elsewhere by now. */
    private final Map<String, Identity> identities = new ConcurrentHashMap<>();

    private final Map<String, TreeMapStateStore> stores = new ConcurrentHashMap<>();
    private final Map<String, FormatRange> formats = new ConcurrentHashMap<>();
    private Function<String, Metrics> metrics = name -> Metrics.none();
    private final Map<String, AtomicLong> nanoClocks = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<String, RatisReplication> running = new ConcurrentSkipListMap<>();

    private TestCluster(Path directory, Map<String, String> addresses, UnaryOperator<RatisOptions> tuning) {
        this.directory = directory;
        this.addresses = addresses;
        this.tuning = tuning;
    }

    /** Prepares so many members, named m1, m2 and so on; starts none. */
    static TestCluster of(int members, Path directory) throws IOException {
        return of(members, directory, UnaryOperator.identity());
    }

    static TestCluster of(int members, Path directory, UnaryOperator<RatisOptions> tuning) throws IOException {
        Map<String, String> addresses = new LinkedHashMap<>();
        for (int i = 1; i <= members; i++) {
            addresses.put("m" + i, "127.0.0.1:" + newPort());
        }
        return new TestCluster(directory, addresses, tuning);
    }

    /**
     * Returns a port that no cluster of this process had before. Clusters run beside each other, some of them with members
     * that are not started: whoever got the port of one of those would be taken for it.
     */
    private static int newPort() throws IOException {
        while (true) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                if (PORTS_GIVEN.add(socket.getLocalPort())) {
                    return socket.getLocalPort();
                }
            }
        }
    }

    /** Has members that are started from now on count there. */
    TestCluster withMetrics(Function<String, Metrics> changed) {
        metrics = changed;
        return this;
    }

    List<String> names() {
        return List.copyOf(addresses.keySet());
    }

    TestCluster startAll() {
        names().forEach(name -> stores.put(name, new TreeMapStateStore()));
        atOnce(names(), this::start);
        return this;
    }

    /** Does something with every member at the same time: most of it is waiting. */
    private static void atOnce(List<String> names, Consumer<String> action) {
        List<CompletableFuture<Void>> done = names.stream()
                .map(name -> CompletableFuture.runAsync(
                        () -> action.accept(name), task -> new Thread(task, "test-" + name).start()))
                .toList();
        done.forEach(TestCluster::join);
    }

    RatisOptions options(String name) {
        Identity identity = identities.containsKey(name) ? identities.get(name) : Identity.of(name, addresses, TOKEN);
        return tuning.apply(RatisOptions.of(identity, directory.resolve(name))
                // Not shorter: on a busy machine a leader that is silent for half a second is not dead.
                .withElectionTimeout(Duration.ofMillis(1000), Duration.ofMillis(1500))
                // Elections of clusters that run beside each other on a busy machine may take several attempts.
                .withRequestTimeout(Duration.ofSeconds(20))
                .withNanoClock(nanoClock(name)::get)
                .withTuning(new Tuning(1024, 1024 * 1024, 4, 64 * 1024, 0)));
    }

    private AtomicLong nanoClock(String name) {
        // Monotonic clocks of several machines have nothing in common.
        return nanoClocks.computeIfAbsent(name, any -> new AtomicLong(name.hashCode() * 1_000_000_007L));
    }

    /** Moves the clock that a member's logical time follows, if it leads. */
    void passMillis(String name, long millis) {
        nanoClock(name).addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Returns an address that nobody has. */
    static String newAddress() throws IOException {
        return "127.0.0.1:" + newPort();
    }

    String address(String name) {
        return options(name).identity().address();
    }

    /** Has {@link #start} start a member that was added with this address, in an empty directory. */
    void prepareToJoin(String name, String address) {
        prepareToJoin(name, address, TOKEN);
    }

    void prepareToJoin(String name, String address, String token) {
        identities.put(name, new Identity(name, address, address, addresses, InitialState.EXISTING, token));
    }

    /** Has {@link #start} start a founder of a cluster. */
    void prepareToFound(String name, Map<String, String> founders) {
        identities.put(name, Identity.of(name, founders, TOKEN));
    }

    /** Returns the configuration that a running member has in force, once it is settled. */
    Configuration.Members configuration(String name) {
        await(
                "the configuration is settled",
                () -> member(name).configuration().settled().isPresent());
        return member(name).configuration().settled().orElseThrow();
    }

    /** Takes away everything that a stopped member had. */
    void loseDirectory(String name) {
        loseStore(name);
        try (Stream<Path> files = Files.walk(directory(name))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has {@link #start} start a member elsewhere. */
    void move(String name, String address) {
        identities.put(
                name,
                options(name).identity().withInitialState(InitialState.EXISTING).withAddresses(address, address));
    }

    /** Returns who a member is, as its directory has it. */
    MemberSelf self(String name) {
        return MemberMarker.read(directory(name)).orElseThrow().self();
    }

    RatisReplication start(String name) {
        TreeMapStateStore store = stores.computeIfAbsent(name, any -> new TreeMapStateStore());
        RatisReplication started =
                RatisReplication.open(options(name), new KvState(store), metrics.apply(name), formats(name));
        running.put(name, started);
        return started;
    }

    /** Has a member be of a release that understands these formats, from its next start on. */
    void upgrade(String name, FormatRange understood) {
        formats.put(name, understood);
    }

    private FormatRange formats(String name) {
        return formats.getOrDefault(name, FormatRange.OF_THIS_RELEASE);
    }

    /** Stops a member as a crash of its process would leave it, but that it says goodbye to the others. */
    void stop(String name) {
        running.remove(name).close();
        stores.computeIfPresent(name, (any, store) -> store.reopen());
    }

    /** As {@link #stop} for every running member, at the same time. */
    void stopAll() {
        atOnce(List.copyOf(running.keySet()), this::stop);
    }

    /** Starts every member again. */
    void restartAll() {
        atOnce(names(), this::start);
    }

    /** Takes away what the store of a stopped member had. */
    void loseStore(String name) {
        stores.put(name, new TreeMapStateStore());
    }

    RatisReplication member(String name) {
        return running.get(name);
    }

    List<RatisReplication> runningMembers() {
        return List.copyOf(running.values());
    }

    TreeMapStateStore store(String name) {
        return stores.get(name);
    }

    Path directory(String name) {
        return directory.resolve(name);
    }

    /** Waits until a running member leads, and returns its name. */
    String leader() {
        AtomicReference<String> found = new AtomicReference<>();
        try {
            await("a member leads", () -> {
                running.forEach((name, member) -> {
                    if (member.status().role() == Role.LEADER) {
                        found.set(name);
                    }
                });
                return found.get() != null;
            });
        } catch (ConditionTimeoutException e) {
            StringBuilder states = new StringBuilder("No member leads:");
            running.forEach((name, member) -> states.append('\n')
                    .append(name)
                    .append(": ")
                    .append(member.status())
                    .append('\n')
                    .append(member.roleInfo()));
            throw new AssertionError(states.toString(), e);
        }
        return found.get();
    }

    /** Returns a running member that does not lead. */
    String follower() {
        String leader = leader();
        return running.keySet().stream()
                .filter(name -> !name.equals(leader))
                .findFirst()
                .orElseThrow();
    }

    Result put(String member, String key, String value) {
        return join(member(member).submit(Command.put(Bytes.utf8(key), Bytes.utf8(value))));
    }

    /** Reads behind a barrier; empty if the key holds no value. */
    String read(String member, String key) {
        join(member(member).readBarrier());
        try (StoreView view = member(member).view()) {
            return StateReading.text(view, key).orElse("");
        }
    }

    /** Checks that every running member has the same state, once each has caught up. */
    void assertSameStateEverywhere() {
        Map<String, String> states = new TreeMap<>();
        running.forEach((name, member) -> {
            join(member.readBarrier());
            try (StoreView view = member.view()) {
                StateReading.assertConsistent(view);
                states.put(name, view.revision() + " " + StateHash.toText(StateHash.of(view.applied())));
            }
        });
        assertThat(states.values())
                .as("states %s", states)
                .containsOnly(states.values().iterator().next());
    }

    static <T> T join(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError("A future failed with what no caller expects", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("A future did not complete in time: seconds=" + PATIENCE_SECONDS, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for a future", e);
        }
    }

    /** Waits for something that other threads bring about. */
    static void await(String what, BooleanSupplier condition) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .pollInterval(Duration.ofMillis(5))
                .until(condition::getAsBoolean);
    }

    @Override
    public void close() {
        Map<String, RatisReplication> left = Map.copyOf(running);
        running.clear();
        atOnce(List.copyOf(left.keySet()), name -> left.get(name).close());
    }
}
