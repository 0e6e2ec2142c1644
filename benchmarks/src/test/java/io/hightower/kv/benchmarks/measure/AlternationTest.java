package io.hightower.kv.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.benchmarks.measure.Alternation.Strand;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class AlternationTest {
    private static final long NANOS = 40_000_000;
    private static final Slices SLICES = new Slices(1, 1, new Stop());

    @Test
    void givesEveryOperationManyTurns() {
        List<String> turns = Collections.synchronizedList(new ArrayList<>());

        alternation(
                        new Strand("ones", number -> {
                            turns.add("one");
                            return () -> {};
                        }),
                        new Strand("others", number -> {
                            turns.add("other");
                            return () -> {};
                        }))
                .run(NANOS);

        assertThat(turns).hasSize(20).startsWith("one", "other", "one", "other");
    }

    @Test
    void dividesTheFirstRateByEachOfTheOthers() {
        Sample sample = alternation(
                        new Strand("slow", number -> () -> LockSupport.parkNanos(400_000)),
                        new Strand("quick", number -> Thread::onSpinWait))
                .run(NANOS);

        assertThat(sample.value()).isEqualTo(sample.opsPerSecond());
        assertThat(sample.facts()).containsOnlyKeys("quickPerSecond", "ratioToQuick");
        assertThat(sample.facts().get("ratioToQuick"))
                .isLessThan(0.5)
                .isCloseTo(sample.value() / sample.facts().get("quickPerSecond"), Percentage.withPercentage(1e-6));
    }

    @Test
    void countsTheLatenciesOfTheFirstOnly() {
        List<Long> firsts = Collections.synchronizedList(new ArrayList<>());

        Sample sample = alternation(
                        new Strand("firsts", number -> () -> firsts.add(1L)), new Strand("others", number -> () -> {}))
                .run(NANOS);

        assertThat(sample.latencies().count()).isEqualTo(firsts.size());
    }

    @Test
    void makesEachOperationFromANumberOfItsOwn() {
        Set<Integer> numbers = ConcurrentHashMap.newKeySet();
        Alternation alternation = alternation(new Strand("ones", number -> {
            assertThat(numbers.add(number)).isTrue();
            return () -> {};
        }));

        alternation.run(NANOS);
        alternation.run(NANOS);

        assertThat(new HashSet<>(numbers)).hasSize(20);
    }

    private static Alternation alternation(Strand... strands) {
        return new Alternation(SLICES, List.of(strands));
    }
}
