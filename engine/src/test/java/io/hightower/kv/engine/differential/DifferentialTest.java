package io.hightower.kv.engine.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Random calls, answered by us as by a real etcd. */
class DifferentialTest {
    /** Says for how long to go on, instead of a number of programs. */
    private static final String SECONDS_PROPERTY = "hightower.differentialSeconds";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int PROGRAMS = 14;
    private static final int STEPS = 1500;

    /** More than there is ever time for. */
    private static final int PROGRAMS_MAX = 1_000_000;

    private final long secondsMax = Long.getLong(SECONDS_PROPERTY, 0);
    private final long beginNanos = System.nanoTime();
    private final Tally tally = new Tally();

    @TempDir
    private Path scratch;

    @Test
    void randomProgramsAreAnsweredAsByEtcd(TestInfo test) throws IOException, InterruptedException {
        Stage stage = Stage.in(scratch);
        SeededRuns.of(test)
                .count(secondsMax > 0 ? PROGRAMS_MAX : PROGRAMS)
                .check(this::program, steps -> run(stage, steps));
        System.err.println(tally);
        if (Long.getLong(SeededRuns.SEED_PROPERTY) == null) {
            tally.requireEveryKind();
        }
    }

    @Test
    void keysOfALeaseThatEndsAreDeletedAsByEtcd() throws IOException, InterruptedException {
        Call.Keys all = new Call.Keys(Bytes.utf8("a"), Bytes.utf8("z"));
        List<Call> calls = List.of(
                new Call.Watch(all, 0, false, false, true),
                new Call.Grant(7, 1),
                new Call.Put(Bytes.utf8("b"), Bytes.utf8("1"), 7, false, false, false),
                new Call.Put(Bytes.utf8("c"), Bytes.utf8("2"), 0, false, false, false),
                new Call.Put(Bytes.utf8("a"), Bytes.utf8("3"), 7, false, false, false));
        Stage.in(scratch).act((etcd, ours) -> {
            Comparison comparison = new Comparison(etcd, ours, tally);
            calls.forEach(comparison::compare);
            for (Side side : List.of(etcd, ours)) {
                await("the end of the lease").atMost(PATIENCE).until(() -> isGone(side));
            }
            comparison.compare(new Call.DeleteRange(all, true));
            List.of(new Call.TimeToLive(7, true), new Call.KeepAlive(7), new Call.Leases(), new Call.Hash(0))
                    .forEach(comparison::compare);
            comparison.settleWatches();
        });
        assertThat(tally.toString()).contains("DeleteRange -> Deleted", "Hash -> Hashed");
    }

    private static boolean isGone(Side side) {
        return side.timeToLive(new Call.TimeToLive(7, false)) instanceof Answer.Remaining lease && !lease.alive();
    }

    private void run(Stage stage, List<Step> steps) throws IOException {
        if (!steps.isEmpty()) {
            stage.act((etcd, ours) -> new Comparison(etcd, ours, tally).run(steps));
        }
    }

    private List<Step> program(RandomGenerator random) {
        return Step.list(random, isOver() ? 0 : STEPS);
    }

    private boolean isOver() {
        return secondsMax > 0 && System.nanoTime() - beginNanos > secondsMax * 1_000_000_000L;
    }
}
