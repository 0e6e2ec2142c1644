package io.hightower.kv.benchmarks.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * Gives every engine its turn, again and again, with a probe of the disk before and after each turn.
 *
 * <p>A round in which the probe moved by more than a fifth is discarded and repeated. On a machine that never gets quiet the
 * repetitions end, and the last rounds count although they are noisy; the result says so.
 */
public final class Rounds {
    /** How far the largest probe of a round may be above the smallest. */
    static final double PROBE_MOVE_MAX = 1.2;

    private final Schedule schedule;
    private final DoubleSupplier probe;
    private final Consumer<String> progress;
    private final Stop stop;

    /**
     * States how rounds are run.
     *
     * @param probe probes the disk and returns microseconds
     * @param progress is told what goes on
     */
    public Rounds(Schedule schedule, DoubleSupplier probe, Consumer<String> progress, Stop stop) {
        this.schedule = schedule;
        this.probe = probe;
        this.progress = progress;
        this.stop = stop;
    }

    /**
     * How often and how long.
     *
     * @param rounds how many rounds must count, 1 or more
     * @param repeatsMax how many rounds may be repeated because the disk moved, 0 or more
     * @param sliceNanos how long a turn lasts
     */
    public record Schedule(int rounds, int repeatsMax, long sliceNanos) {}

    /** Runs the trials in their order, round after round. */
    public Outcome run(List<Trial> trials) {
        List<Round> accepted = new ArrayList<>();
        List<Round> discarded = new ArrayList<>();
        int rounds = schedule.rounds();
        int noisy = 0;
        while (accepted.size() < rounds && accepted.size() + discarded.size() < rounds + schedule.repeatsMax()) {
            stop.check();
            Round round = run(trials, accepted.size() + 1);
            if (round.isSteady()) {
                accepted.add(round);
            } else {
                discarded.add(round);
                progress.accept(String.format("the disk moved by %.0f %%, round repeated", (round.move() - 1) * 100));
            }
        }
        // The latest of the discarded come nearest to a warm state.
        while (accepted.size() < rounds && !discarded.isEmpty()) {
            accepted.add(discarded.remove(discarded.size() - 1));
            noisy++;
        }
        return new Outcome(List.copyOf(accepted), discarded.size(), noisy);
    }

    private Round run(List<Trial> trials, int number) {
        List<Sample> samples = new ArrayList<>();
        List<Double> probes = new ArrayList<>();
        probes.add(probe.getAsDouble());
        for (Trial trial : trials) {
            stop.check();
            samples.add(trial.measure(schedule.sliceNanos()));
            trial.settle();
            probes.add(probe.getAsDouble());
        }
        progress.accept("round " + number + " of " + schedule.rounds());
        return new Round(List.copyOf(samples), List.copyOf(probes));
    }

    /**
     * One turn of every engine.
     *
     * @param samples what each gave, in the order of the engines
     * @param probes the probes, in microseconds: before the first turn and after each
     */
    public record Round(List<Sample> samples, List<Double> probes) {
        boolean isSteady() {
            return move() <= PROBE_MOVE_MAX;
        }

        private double move() {
            double least =
                    probes.stream().mapToDouble(Double::doubleValue).min().orElse(1);
            double most = probes.stream().mapToDouble(Double::doubleValue).max().orElse(1);
            return most / least;
        }
    }

    /**
     * What the rounds gave.
     *
     * @param rounds those that count
     * @param discarded how many were repeated because the probe moved
     * @param noisy how many count although the probe moved
     */
    public record Outcome(List<Round> rounds, int discarded, int noisy) {
        /** Returns the values of the engine at {@code index}, one for each round. */
        public List<Double> values(int index) {
            return rounds.stream()
                    .map(round -> round.samples().get(index).value())
                    .toList();
        }

        /** Returns the value of one engine divided by that of another, one for each round. */
        public List<Double> ratios(int index, int base) {
            return rounds.stream()
                    .map(round -> round.samples().get(index).value()
                            / round.samples().get(base).value())
                    .toList();
        }

        /** Returns all probes, in microseconds. */
        public List<Double> probes() {
            return rounds.stream().flatMap(round -> round.probes().stream()).toList();
        }
    }
}
