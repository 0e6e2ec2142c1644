package io.hightower.kv.cluster.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.client.RestClient;
import io.hightower.kv.client.RestClientOptions;
import io.hightower.kv.client.Retry;
import io.hightower.kv.cluster.process.ServerProcess;
import io.hightower.kv.cluster.process.StatusProbe;
import io.hightower.kv.statemachine.Bytes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes under load meet the faults that operators meet; each run is judged, and proves that its fault has bitten. */
@Tag("scenario")
class FaultScenarioTest {
    private static final int KILLS = 3;
    private static final int BULK_WRITES = Integer.getInteger("hightower.bulkWrites", 100_000);
    private static final int BULK_OUTSTANDING = 256;

    @TempDir
    private Path directory;

    @Test
    void theLeaderIsKilledAgainAndAgain() throws IOException {
        try (FaultRun run = FaultRun.in(directory)) {
            int changes = 0;
            for (int i = 0; i < KILLS; i++) {
                String old = run.leader();
                long reign = run.termAt(old);
                run.cluster().member(old).kill();
                String next = run.leaderBut(old);
                run.work(500);
                changes += run.termAt(next) > reign ? 1 : 0;
                run.cluster().member(old).start();
                run.work(500);
            }
            run.expect("changes of leader", changes == KILLS, changes);
            run.judge("leader-kills");
        }
    }

    @Test
    void aLeaderThatWasPausedForLongerThanAnElectionAnswersNothingThatIsStale() throws IOException {
        try (FaultRun run = FaultRun.in(directory)) {
            int deposed = 0;
            long readAtDeposed = 0;
            for (int i = 0; i < KILLS; i++) {
                String old = run.leader();
                ServerProcess paused = run.cluster().member(old);
                long reign = run.termAt(old);
                paused.pause();
                try {
                    String next = run.leaderBut(old);
                    run.work(300);
                    deposed += run.termAt(next) > reign ? 1 : 0;
                } finally {
                    paused.resume();
                }
                readAtDeposed += run.readAt(old);
                run.work(500);
            }
            run.expect("leaders that were deposed while they were paused", deposed == KILLS, deposed);
            run.expect("readings that a deposed leader answered", readAtDeposed > 0, readAtDeposed);
            run.judge("leader-pauses");
        }
    }

    @Test
    void aFollowerThatWasAwayForManyWritesCatchesUpByTheWholeStateWhileWritesGoOn() throws IOException {
        try (FaultRun run =
                FaultRun.in(directory, "--log-bytes-kept=0", "--segment-bytes=1MiB", "--checkpoint-log-bytes=1MiB")) {
            String leader = run.leader();
            String away = run.cluster().names().stream()
                    .filter(name -> !name.equals(leader))
                    .findFirst()
                    .orElseThrow();
            ServerProcess follower = run.cluster().member(away);
            follower.kill();
            long acknowledged = writeMany(run, away);
            assertThat(acknowledged).isEqualTo(BULK_WRITES);
            String before = follower.logText();
            follower.start();
            run.work(1_000);
            run.awaitReadAt(away);
            String after = follower.logText().substring(before.length());
            run.expect("a state that was installed", after.contains("Installed the state"), after.length());
            run.judge("follower-away");
            for (StatusProbe.Status status : run.cluster().statuses().values()) {
                assertThat(status.keys()).isBetween(acknowledged, acknowledged + ClientLoad.KEYS.size());
            }
        }
    }

    /** Writes keys that nobody else writes, each once and again until it is acknowledged, and returns how many are. */
    private static long writeMany(FaultRun run, String away) {
        List<URI> members = run.cluster().names().stream()
                .filter(name -> !name.equals(away))
                .map(name -> URI.create(run.cluster().member(name).restUrl()))
                .toList();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicLong acknowledged = new AtomicLong();
        Semaphore free = new Semaphore(BULK_OUTSTANDING);
        try (RestClient rest = RestClient.open(RestClientOptions.to(members));
                Retry retry = Retry.within(Duration.ofSeconds(60))) {
            Bytes value = Bytes.wrap(new byte[256]);
            for (int i = 0; i < BULK_WRITES && failure.get() == null; i++) {
                free.acquireUninterruptibly();
                Bytes key = Bytes.utf8("bulk/" + i);
                CompletableFuture<Void> unused = retry.idempotently(() -> rest.putAsync(key, value))
                        .whenComplete((done, thrown) -> {
                            if (thrown == null) {
                                acknowledged.incrementAndGet();
                            } else {
                                failure.set(thrown);
                            }
                            free.release();
                        });
            }
            free.acquireUninterruptibly(BULK_OUTSTANDING);
        }
        assertThat(failure.get())
                .as("a write while one member of three is away")
                .isNull();
        return acknowledged.get();
    }

    @Test
    void everyMemberIsRestartedInTurn() throws IOException {
        try (FaultRun run = FaultRun.in(directory)) {
            run.leader();
            int stoppedCleanly = 0;
            for (String name : run.cluster().names()) {
                ServerProcess member = run.cluster().member(name);
                stoppedCleanly += member.terminate() == 0 ? 1 : 0;
                run.work(500);
                member.start();
                run.awaitReadAt(name);
                run.work(500);
            }
            run.expect("clean stops", stoppedCleanly == 3, stoppedCleanly);
            run.judge("rolling-restart");
        }
    }
}
