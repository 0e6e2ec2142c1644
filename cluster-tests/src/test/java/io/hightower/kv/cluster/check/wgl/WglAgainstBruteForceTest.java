package io.hightower.kv.cluster.check.wgl;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cluster.check.history.Op;
import io.hightower.kv.cluster.check.random.RandomHistory;
import io.hightower.kv.cluster.check.random.RandomHistory.Mix;
import io.hightower.kv.cluster.check.random.RandomHistory.Shape;
import io.hightower.kv.cluster.check.random.Spoiled;
import io.hightower.kv.cluster.check.verdict.Verdict;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * The search says what trying every order says. The system property {@code hightower.histories} tells how many histories are
 * compared.
 */
class WglAgainstBruteForceTest {
    private static final int HISTORIES = Integer.getInteger("hightower.histories", 50_000);
    private static final int SEEDS = 50;

    private long right;
    private long wrong;

    @Test
    void theSearchAgreesWithTryingEveryOrder(TestInfo test) {
        SeededRuns.of(test).count(SEEDS).checkEach(random -> {
            for (int i = 0; i < HISTORIES / SEEDS; i++) {
                compare(small(random));
            }
        });
        assertThat(right).as("histories that are right").isGreaterThan(HISTORIES / SEEDS / 5);
        assertThat(wrong).as("histories that are wrong").isGreaterThan(HISTORIES / SEEDS / 5);
    }

    private static List<Op> small(RandomGenerator random) {
        Shape shape = new Shape(
                2 + random.nextInt(3),
                2 + random.nextInt(5),
                1 + random.nextInt(2),
                random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(3),
                random.nextBoolean() ? 20 : 0,
                50,
                random.nextInt(3) == 0 ? Mix.REGISTER : Mix.EVERYTHING);
        List<Op> history = RandomHistory.of(random, shape);
        if (random.nextInt(4) == 0) {
            history = history.stream()
                    .map(op -> op.ended(op.status(), op.told().withoutRevisions()))
                    .toList();
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            history = Spoiled.anyhow(history, random);
        }
        return history;
    }

    private void compare(List<Op> history) {
        Verdict verdict = WglChecker.check(history, Budget.DEFAULT);
        boolean linearizable = BruteForce.isLinearizable(history);
        assertThat(verdict.kind() == Verdict.Kind.FAIL)
                .as(() -> verdict + "\nhistory:\n"
                        + history.stream().map(Op::toString).reduce("", (all, op) -> all + op + "\n"))
                .isEqualTo(!linearizable);
        if (linearizable) {
            right++;
        } else {
            wrong++;
        }
    }
}
