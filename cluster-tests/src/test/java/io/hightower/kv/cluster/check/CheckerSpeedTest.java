package io.hightower.kv.cluster.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cluster.check.history.Op;
import io.hightower.kv.cluster.check.random.RandomHistory;
import io.hightower.kv.cluster.check.random.RandomHistory.Mix;
import io.hightower.kv.cluster.check.random.RandomHistory.Shape;
import io.hightower.kv.cluster.check.random.Spoiled;
import io.hightower.kv.cluster.check.verdict.Verdict;
import io.hightower.kv.cluster.check.wgl.Budget;
import io.hightower.kv.cluster.check.wgl.WglChecker;
import io.hightower.kv.cluster.check.witness.WitnessChecker;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Prints how fast the checkers are and how much they find; the commands are in docs/testing.md. */
@Tag("measurement")
class CheckerSpeedTest {
    private static final int ROUNDS = 5;
    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void historiesOf170EventsPerSecond() {
        List<List<Op>> histories = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            List<Op> history = RandomHistory.of(random, new Shape(5, 85, 1, 5, 3, 50, Mix.EVERYTHING));
            histories.add(i % 4 == 0 ? history : Spoiled.anyhow(history, random));
        }
        for (int round = 0; round < ROUNDS; round++) {
            long begun = cpuNanos();
            long failed = histories.stream()
                    .filter(history -> WglChecker.check(history, Budget.DEFAULT).kind() == Verdict.Kind.FAIL)
                    .count();
            print("wgl, 170 events, histories per second", histories.size(), begun, "failed=" + failed);
        }
    }

    @Test
    void operationsOfTheWitnessPerSecond() {
        for (Mix mix : Mix.values()) {
            List<Op> history = RandomHistory.of(random, new Shape(10, 1_000_000, 100, 0, 1, 50, mix));
            for (int round = 0; round < ROUNDS; round++) {
                long begun = cpuNanos();
                assertThat(WitnessChecker.check(history).isPass()).isTrue();
                print("witness, operations per second", history.size(), begun, "mix=" + mix);
            }
        }
    }

    @Test
    void operationsOfALongRegisterHistoryPerSecond() {
        List<Op> history = RandomHistory.of(random, new Shape(10, 100_000, 1, 0, 1, 50, Mix.REGISTER));
        for (int round = 0; round < ROUNDS; round++) {
            long begun = cpuNanos();
            assertThat(WglChecker.check(history, Budget.DEFAULT).isPass()).isTrue();
            print("wgl, one key, operations per second", history.size(), begun, "");
        }
    }

    @Test
    void staleReadingsThatAreFound() {
        for (int pauseMax : new int[] {1, 50, 400, 900}) {
            int spoiled = 0;
            int search = 0;
            int witness = 0;
            while (spoiled < 300) {
                List<Op> history = RandomHistory.of(random, new Shape(10, 400, 1, 0, 2, pauseMax, Mix.REGISTER));
                Optional<List<Op>> stale = Spoiled.withStaleRead(history, random, random.nextBoolean());
                if (stale.isPresent()) {
                    List<Op> plain = stale.get().stream()
                            .map(op -> op.ended(op.status(), op.told().withoutRevisions()))
                            .toList();
                    spoiled++;
                    search += WglChecker.check(plain, Budget.DEFAULT).kind() == Verdict.Kind.FAIL ? 1 : 0;
                    witness += WitnessChecker.check(stale.get()).kind() == Verdict.Kind.FAIL ? 1 : 0;
                }
            }
            System.out.println("stale readings found: pauseMax=" + pauseMax + " of=" + spoiled + " withoutRevisions="
                    + search + " withRevisions=" + witness);
        }
    }

    /** Of this thread, so that what else the machine does does not count. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void print(String what, long count, long begun, String facts) {
        System.out.println(what + ": " + Math.round(count / ((cpuNanos() - begun) / 1e9)) + " " + facts);
    }
}
