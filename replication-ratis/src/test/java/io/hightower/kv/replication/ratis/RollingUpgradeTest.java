package io.hightower.kv.replication.ratis;

import static io.hightower.kv.replication.ratis.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.replication.ratis.membership.FormatRange;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.MemberRefusedException;
import io.hightower.kv.statemachine.MembershipException;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import io.hightower.kv.statemachine.api.Session;
import io.hightower.kv.statemachine.api.SessionOptions;
import io.hightower.kv.statemachine.api.Waiting;
import io.hightower.kv.statemachine.session.CommandSession;
import io.hightower.kv.statemachine.session.Surroundings;
import io.hightower.kv.statemachine.spi.StoreView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members of two releases in one cluster: this one, and a later one that understands a second format. */
final class RollingUpgradeTest {
    private static final FormatRange THIS_RELEASE = FormatRange.OF_THIS_RELEASE;
    private static final FormatRange LATER_RELEASE = new FormatRange(THIS_RELEASE.oldest(), THIS_RELEASE.newest() + 1);
    private static final Bytes COUNTER = Bytes.utf8("counter");

    @TempDir
    Path directory;

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private TestCluster cluster;

    private void start(int members) throws IOException {
        cluster = TestCluster.of(members, directory).startAll();
        cluster.put(cluster.leader(), "first", "v");
    }

    @AfterEach
    void close() {
        cluster.close();
        timer.shutdownNow();
    }

    @Test
    void theNewerFormatIsInForceOnceEveryMemberIsUpgradedAndNoCallFailsMeanwhile() throws IOException {
        start(3);
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Integer> session = CompletableFuture.supplyAsync(() -> countThroughASession(enough));
        CompletableFuture<List<Throwable>> raw = CompletableFuture.supplyAsync(() -> failuresOfRawCalls(enough));
        for (String name : cluster.names()) {
            assertThat(formatOnRecord(name)).isEqualTo(THIS_RELEASE.newest());
            upgrade(name, LATER_RELEASE);
            cluster.put(name, "upgraded", name);
        }
        cluster.names()
                .forEach(name ->
                        await(name + " has the newer format", () -> formatOnRecord(name) == LATER_RELEASE.newest()));
        cluster.put(cluster.follower(), "after", "the newer format");
        enough.set(true);

        int counted = session.join();
        assertThat(counted).isPositive();
        assertThat(raw.join())
                .allMatch(failure ->
                        failure instanceof NotReplicatedException || failure instanceof OutcomeUnknownException);
        cluster.assertSameStateEverywhere();
        assertThat(timesWritten(COUNTER)).isEqualTo(counted);
    }

    @Test
    void anUpgradeCanBeTakenBackUntilTheLastMemberHasIt() throws IOException {
        start(3);
        String follower = cluster.follower();
        upgrade(follower, LATER_RELEASE);
        await("the member says what it understands", () -> understands(follower, LATER_RELEASE));
        upgrade(follower, THIS_RELEASE);
        await("the member takes it back", () -> understands(follower, THIS_RELEASE));
        cluster.put(follower, "k", "v");
        assertThat(formatOnRecord(follower)).isEqualTo(THIS_RELEASE.newest());
    }

    @Test
    void aReleaseThatIsTooOldForTheClusterIsRefused() throws IOException {
        start(1);
        upgrade("m1", LATER_RELEASE);
        await("the newer format is in force", () -> formatOnRecord("m1") == LATER_RELEASE.newest());
        cluster.member("m1").checkpoint();
        assertThatThrownBy(() -> upgrade("m1", THIS_RELEASE))
                .isInstanceOf(MemberRefusedException.class)
                .hasMessageContaining("Start a newer release")
                .hasMessageContaining("clusterFormat=2 oldest=1 newest=1");

        cluster.upgrade("m1", LATER_RELEASE);
        cluster.start("m1");
        String address = TestCluster.newAddress();
        addLearner(address);
        cluster.prepareToJoin("m2", address);
        assertThatThrownBy(() -> cluster.start("m2"))
                .isInstanceOf(MemberRefusedException.class)
                .hasMessageContaining("Start a newer release");
    }

    @Test
    void aReleaseThatIsTooOldEndsWhenItMeetsTheNewerFormatInTheLog() throws IOException {
        start(1);
        upgrade("m1", LATER_RELEASE);
        await("the newer format is in force", () -> formatOnRecord("m1") == LATER_RELEASE.newest());
        // The state that was durable is from before.
        upgrade("m1", THIS_RELEASE);
        await("the member has ended", () -> cluster.member("m1").status().role() == Role.STOPPED);
        assertThat(cluster.member("m1").status().problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("Start a newer release"));
    }

    @Test
    void aMemberThatHasNotStartedYetHoldsTheFormatBack() throws IOException {
        start(1);
        String address = TestCluster.newAddress();
        addLearner(address);
        upgrade("m1", LATER_RELEASE);
        await("the member says what it understands", () -> understands("m1", LATER_RELEASE));
        assertThat(formatOnRecord("m1")).isEqualTo(THIS_RELEASE.newest());

        cluster.prepareToJoin("m2", address);
        cluster.upgrade("m2", LATER_RELEASE);
        cluster.start("m2");
        await("the newer format is in force", () -> formatOnRecord("m2") == LATER_RELEASE.newest());
    }

    /** Adds a member as soon as the leader hears all others, which it may not yet after a restart. */
    private void addLearner(String address) {
        await("a member can be added", () -> {
            try {
                cluster.member(cluster.leader()).membership().add(address, Kind.LEARNER);
                return true;
            } catch (MembershipException e) {
                assertThat(e.reason()).isEqualTo(MembershipException.Reason.UNHEALTHY);
                return false;
            }
        });
    }

    private void upgrade(String name, FormatRange release) {
        cluster.stop(name);
        cluster.upgrade(name, release);
        cluster.start(name);
    }

    private int formatOnRecord(String name) {
        return cluster.member(name).roster().table().format();
    }

    private boolean understands(String name, FormatRange release) {
        RatisReplication member = cluster.member(name);
        return member.roster()
                .table()
                .member(member.roster().self().id())
                .filter(record -> record.newestFormat() == release.newest())
                .isPresent();
    }

    private long timesWritten(Bytes key) {
        try (StoreView view = cluster.member(cluster.leader()).view()) {
            return view.get(key).orElseThrow().version();
        }
    }

    private int countThroughASession(AtomicBoolean enough) {
        int answered = 0;
        try (Session session = CommandSession.open(this::send, new Timer(timer), SessionOptions.defaults())
                .join()) {
            while (!enough.get()) {
                session.put(COUNTER, Bytes.EMPTY);
                answered++;
            }
        }
        return answered;
    }

    private List<Throwable> failuresOfRawCalls(AtomicBoolean enough) {
        List<Throwable> failures = new ArrayList<>();
        while (!enough.get()) {
            CompletableFuture<Throwable> failure =
                    send(Command.put(Bytes.utf8("raw"), Bytes.EMPTY)).handle((result, thrown) -> thrown);
            Throwable thrown = failure.join();
            if (thrown != null) {
                failures.add(Waiting.unwrapped(thrown));
            }
        }
        return failures;
    }

    /** Sends a command to any member that runs; one that closes refuses what another may take. */
    private CompletableFuture<Result> send(Command command) {
        List<RatisReplication> members = cluster.runningMembers();
        RatisReplication any = members.get(ThreadLocalRandom.current().nextInt(members.size()));
        return any.submit(command)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(elsewhere(Waiting.unwrapped(failure))));
    }

    private static RuntimeException elsewhere(RuntimeException failure) {
        return failure instanceof NotReplicatedException refused && refused.reason() == Reason.STOPPED
                ? new NotReplicatedException(Reason.NO_LEADER, "The member is closed")
                : failure;
    }

    /** The world as a session needs it. */
    private record Timer(ScheduledExecutorService executor) implements Surroundings {
        @Override
        public long random() {
            return ThreadLocalRandom.current().nextLong();
        }

        @Override
        public Appointment later(long nanos, Runnable task) {
            ScheduledFuture<?> waiting = executor.schedule(task, nanos, TimeUnit.NANOSECONDS);
            return () -> waiting.cancel(false);
        }
    }
}
