package io.hightower.kv.statemachine.random;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.TestInfo;

/**
 * Runs of a random test, one per seed. A failing run is shortened to the steps that matter and reported with the command
 * that repeats it.
 *
 * <p>The seeds are 1, 2, 3 and so on, so that every build checks the same runs. The system property {@code hightower.seed}
 * runs one seed only; {@code hightower.freshSeeds} adds that many runs with seeds taken from the clock.
 *
 * <pre>
 * SeededRuns.of(testInfo).count(100).check(random -&gt; new RandomCommands(random).list(50), commands -&gt; ...);
 * </pre>
 */
public final class SeededRuns {
    /** Names the one seed to run. */
    public static final String SEED_PROPERTY = "hightower.seed";

    /** Says how many runs with fresh seeds to add. */
    public static final String FRESH_SEEDS_PROPERTY = "hightower.freshSeeds";

    private static final int COUNT_DEFAULT = 20;

    /** Shortening ends after so many runs, also when more steps could be dropped. */
    private static final int SHORTENING_RUNS_MAX = 3_000;

    private final String test;
    private final OptionalLong onlySeed;
    private final int count;

    private SeededRuns(String test, OptionalLong onlySeed, int count) {
        this.test = test;
        this.onlySeed = onlySeed;
        this.count = count;
    }

    /** Returns the runs of the test method that JUnit describes. */
    public static SeededRuns of(TestInfo test) {
        String name = test.getTestClass().orElseThrow().getSimpleName() + "#"
                + test.getTestMethod().orElseThrow().getName();
        Long seed = Long.getLong(SEED_PROPERTY);
        return new SeededRuns(name, seed == null ? OptionalLong.empty() : OptionalLong.of(seed), COUNT_DEFAULT);
    }

    /** Returns the same runs, but so many. */
    public SeededRuns count(int seeds) {
        return new SeededRuns(test, onlySeed, seeds);
    }

    /** Returns one run only, as the property does. */
    SeededRuns only(long seed) {
        return new SeededRuns(test, OptionalLong.of(seed), count);
    }

    /**
     * Generates the steps of each run from its seed and runs them.
     *
     * @param generator must take everything random from its argument
     * @param program throws when the steps show a defect; is called again with fewer steps to shorten a failure, so it must
     *     accept every sublist and begin from nothing each time
     * @throws AssertionError describing the first run that failed
     */
    public <S> void check(Function<RandomGenerator, List<S>> generator, Program<S> program) {
        for (long seed : seeds()) {
            List<S> steps = List.copyOf(generator.apply(new SplittableRandom(seed)));
            Throwable failure = run(program, steps);
            if (failure != null) {
                throw describe(seed, steps, program, failure);
            }
        }
    }

    /** Like {@link #check}, for tests that are no list of steps and cannot be shortened. */
    public void checkEach(Run run) {
        check(random -> List.of(random.nextLong()), steps -> {
            if (!steps.isEmpty()) {
                run.run(new SplittableRandom(steps.get(0)));
            }
        });
    }

    private long[] seeds() {
        if (onlySeed.isPresent()) {
            return new long[] {onlySeed.getAsLong()};
        }
        int fresh = Integer.getInteger(FRESH_SEEDS_PROPERTY, 0);
        long[] seeds = new long[count + fresh];
        long clock = System.nanoTime();
        for (int i = 0; i < seeds.length; i++) {
            seeds[i] = i < count ? i + 1L : (clock + i) & Long.MAX_VALUE;
        }
        return seeds;
    }

    // Whatever is thrown is the finding: assertion errors, broken invariants, exceptions of the code under test.
    private static <S> Throwable run(Program<S> program, List<S> steps) {
        try {
            program.run(steps);
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e;
        } catch (Exception | Error e) {
            return e;
        }
    }

    private <S> AssertionError describe(long seed, List<S> steps, Program<S> program, Throwable failure) {
        List<S> shortest = shorten(steps, program);
        Throwable cause = run(program, shortest);
        StringBuilder text = new StringBuilder(command(seed));
        text.append("\nseed=").append(seed).append(" steps=").append(steps.size());
        text.append(" shortened=").append(shortest.size()).append('\n');
        for (int i = 0; i < shortest.size(); i++) {
            text.append("  ").append(i + 1).append(": ").append(shortest.get(i)).append('\n');
        }
        text.append(cause == null ? failure : cause);
        return new AssertionError(text.toString(), cause == null ? failure : cause);
    }

    private String command(long seed) {
        Path module =
                Path.of(System.getProperty("basedir", "")).toAbsolutePath().getFileName();
        return "mvn test -pl " + module + " -am -Dsurefire.failIfNoSpecifiedTests=false '-Dtest=" + test + "' -D"
                + SEED_PROPERTY + "=" + seed;
    }

    /** Drops halves, quarters and so on down to single steps, for as long as the rest still fails. */
    private static <S> List<S> shorten(List<S> failing, Program<S> program) {
        List<S> shortest = failing;
        int runs = 0;
        int chunk = Math.max(1, failing.size() / 2);
        while (true) {
            int before = shortest.size();
            for (int at = 0; at < shortest.size() && runs < SHORTENING_RUNS_MAX; runs++) {
                List<S> rest = without(shortest, at, Math.min(at + chunk, shortest.size()));
                if (run(program, rest) != null) {
                    shortest = rest;
                } else {
                    at += chunk;
                }
            }
            boolean finished = chunk == 1 && shortest.size() == before;
            if (finished
                    || runs >= SHORTENING_RUNS_MAX
                    || Thread.currentThread().isInterrupted()) {
                return shortest;
            }
            chunk = Math.max(1, chunk / 2);
        }
    }

    private static <S> List<S> without(List<S> steps, int from, int until) {
        List<S> rest = new ArrayList<>(steps.subList(0, from));
        rest.addAll(steps.subList(until, steps.size()));
        return List.copyOf(rest);
    }

    /** What a run does with its steps. */
    @FunctionalInterface
    public interface Program<S> {
        /** Runs the steps from a fresh beginning; throws whatever shows a defect. */
        void run(List<S> steps) throws Exception;
    }

    /** A run that takes its randomness as it goes. */
    @FunctionalInterface
    public interface Run {
        /** Runs once; throws whatever shows a defect. */
        void run(RandomGenerator random) throws Exception;
    }
}
