package io.hightower.kv.statemachine.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class SeededRunsTest {
    @Test
    void reportsSeedCommandAndTheStepsThatMatter(TestInfo test) {
        SeededRuns runs = SeededRuns.of(test).only(7);

        assertThatThrownBy(() -> runs.check(random -> numbers(100), steps -> {
                    if (steps.contains(13) && steps.contains(77)) {
                        throw new IllegalStateException("13 meets 77");
                    }
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("mvn test -pl statemachine -am -Dsurefire.failIfNoSpecifiedTests=false "
                        + "'-Dtest=SeededRunsTest#reportsSeedCommandAndTheStepsThatMatter' -Dhightower.seed=7\n")
                .hasMessageContaining("seed=7 steps=100 shortened=2\n  1: 13\n  2: 77\n")
                .hasMessageEndingWith("java.lang.IllegalStateException: 13 meets 77")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void shortensToNothingWhatFailsWithoutSteps(TestInfo test) {
        assertThatThrownBy(() -> SeededRuns.of(test).only(1).check(random -> numbers(5), steps -> {
                    throw new AssertionError("always");
                }))
                .hasMessageContaining("steps=5 shortened=0\n");
    }

    @Test
    void endsShorteningOfALongProgram(TestInfo test) {
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> SeededRuns.of(test).only(1).check(random -> numbers(20_000), steps -> {
                    runs.incrementAndGet();
                    if (steps.size() >= 9_999) {
                        throw new AssertionError("too long");
                    }
                }))
                .hasMessageContaining("too long");
        assertThat(runs.get()).isLessThan(3_100);
    }

    @Test
    void equalSeedsGiveEqualRuns(TestInfo test) {
        List<Object> first = new ArrayList<>();
        List<Object> second = new ArrayList<>();
        SeededRuns.of(test).only(3).check(random -> new RandomCommands(random).list(20), first::addAll);
        SeededRuns.of(test).only(3).check(random -> new RandomCommands(random).list(20), second::addAll);
        assertThat(first).isEqualTo(second);
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
