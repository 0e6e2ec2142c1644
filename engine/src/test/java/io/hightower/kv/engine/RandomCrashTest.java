package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.random.SeededRuns;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Random lives of a store with random knobs, cut, killed, failed and filled up at random moments, again and again. */
class RandomCrashTest {
    private static final int RUNS = 200;

    @Test
    void recoversWhateverHappens(TestInfo test) {
        RandomCrashLife.Count count = new RandomCrashLife.Count();
        SeededRuns.of(test)
                .count(RUNS)
                .check(RandomCrashLife::chapters, chapters -> new RandomCrashLife(chapters, count).live());
        System.out.println(count);
        if (System.getProperty(SeededRuns.SEED_PROPERTY) == null) {
            assertThat(count.distinctDisks()).isGreaterThan(RUNS * 3);
        }
    }
}
