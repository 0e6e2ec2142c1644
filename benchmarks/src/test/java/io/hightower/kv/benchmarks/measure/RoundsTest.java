package io.hightower.kv.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private final List<String> turns = new ArrayList<>();

    @Test
    void givesEveryEngineItsTurnInEachRoundAndProbesAroundEach() {
        List<Double> probed = new ArrayList<>();
        Rounds.Outcome outcome = rounds(2, () -> {
                    turns.add("probe");
                    probed.add(80.0);
                    return 80;
                })
                .run(List.of(trial("a", 1, 2), trial("b", 3, 4)));

        assertThat(turns).containsExactly("probe", "a", "probe", "b", "probe", "probe", "a", "probe", "b", "probe");
        assertThat(outcome.values(0)).containsExactly(1.0, 2.0);
        assertThat(outcome.values(1)).containsExactly(3.0, 4.0);
        assertThat(outcome.probes()).hasSameSizeAs(probed);
    }

    @Test
    void dividesWithinEachRoundBeforeTakingTheMedian() {
        Rounds.Outcome outcome = rounds(3, () -> 80).run(List.of(trial("a", 10, 100, 90), trial("b", 5, 100, 100)));

        assertThat(outcome.ratios(0, 1)).containsExactly(2.0, 1.0, 0.9);
        assertThat(Medians.median(outcome.ratios(0, 1))).isEqualTo(1.0);
        // The quotient of the medians would be another number.
        assertThat(Medians.median(outcome.values(0)) / Medians.median(outcome.values(1)))
                .isEqualTo(0.9);
    }

    @Test
    void repeatsRoundInWhichTheProbeMovedByMoreThanOneFifth() {
        Deque<Double> probes = new ArrayDeque<>(List.of(80.0, 80.0, 97.0, 80.0, 95.9, 80.0));

        Rounds.Outcome outcome = rounds(1, probes::poll, 2).run(List.of(trial("a", 1, 2), trial("b", 1, 2)));

        assertThat(outcome.values(0)).containsExactly(2.0);
        assertThat(outcome.discarded()).isEqualTo(1);
        assertThat(outcome.noisy()).isZero();
    }

    @Test
    void countsNoisyRoundsWhenTheDiskNeverGetsQuiet() {
        Deque<Double> probes = new ArrayDeque<>();
        for (int i = 0; i < 100; i++) {
            probes.add(i % 2 == 0 ? 80.0 : 200.0);
        }

        Rounds.Outcome outcome = rounds(2, probes::poll).run(List.of(trial("a", 1, 2, 3, 4, 5, 6)));

        assertThat(outcome.noisy()).isEqualTo(2);
        assertThat(outcome.rounds()).hasSize(2);
        assertThat(outcome.discarded()).isEqualTo(2);
        assertThat(turns).hasSize(4);
    }

    @Test
    void doesNotRepeatWorkThatIsDoneOnce() {
        Deque<Double> probes = new ArrayDeque<>(List.of(80.0, 200.0));

        Rounds.Outcome outcome = rounds(1, probes::poll).run(List.of(trial("a", 1, 2)));

        assertThat(outcome.values(0)).containsExactly(1.0);
        assertThat(outcome.noisy()).isEqualTo(1);
    }

    @Test
    void endsWhenAskedTo() {
        Stop stop = new Stop();
        stop.request();

        assertThatThrownBy(() -> new Rounds(new Rounds.Schedule(2, 2, 1), () -> 80, said -> {}, stop)
                        .run(List.of(trial("a", 1))))
                .isInstanceOf(Stop.Stopped.class);
        assertThat(turns).isEmpty();
    }

    private static Rounds rounds(int count, DoubleSupplier probe) {
        return rounds(count, probe, count == 1 ? 0 : count);
    }

    private static Rounds rounds(int count, DoubleSupplier probe, int repeatsMax) {
        return new Rounds(new Rounds.Schedule(count, repeatsMax, 1), probe, said -> {}, new Stop());
    }

    /** Returns a trial whose turns give these values. */
    private Trial trial(String name, double... values) {
        return new Trial() {
            private int next;

            @Override
            public Sample measure(long nanos) {
                turns.add(name);
                return new Sample(values[next++], Double.NaN, new LatencyHistogram(), Map.of());
            }

            @Override
            public void settle() {}

            @Override
            public void close() {}
        };
    }
}
