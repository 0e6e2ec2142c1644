package io.hightower.kv.engine;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Random lives with fresh seeds, until told to stop.
 *
 * <pre>
 * mvn verify -Psoak -pl engine -am -Dsurefire.failIfNoSpecifiedTests=false '-Dtest=*SoakTest' -Dhightower.soakMinutes=60
 * </pre>
 *
 * <p>Without {@code hightower.soakMinutes} it goes on until the process is ended.
 */
@EnabledIfSystemProperty(named = CrashSoakTest.ENABLED, matches = "true")
class CrashSoakTest {
    static final String ENABLED = "hightower.soak";

    private static final String MINUTES = "hightower.soakMinutes";
    private static final Duration REPORT_EVERY = Duration.ofSeconds(30);

    @Test
    void recoversWhateverHappensForAsLongAsItTakes() {
        String limit = System.getProperty(MINUTES, "");
        long minutes = limit.isEmpty() ? Long.MAX_VALUE : Long.parseLong(limit);
        long begun = System.nanoTime();
        long reported = begun;
        RandomCrashLife.Count count = new RandomCrashLife.Count();
        long lives = 0;
        long seed = System.currentTimeMillis() << 16;
        while ((System.nanoTime() - begun) / Duration.ofMinutes(1).toNanos() < minutes) {
            liveOne(seed, count);
            lives++;
            seed++;
            if (System.nanoTime() - reported > REPORT_EVERY.toNanos()) {
                reported = System.nanoTime();
                System.out.println("soak: lives=" + lives + " nextSeed=" + seed + " " + count);
            }
        }
        System.out.println("soak: ended lives=" + lives + " " + count);
    }

    private static void liveOne(long seed, RandomCrashLife.Count count) {
        List<RandomCrashLife.Chapter> chapters = RandomCrashLife.chapters(new SplittableRandom(seed));
        try {
            new RandomCrashLife(chapters, count).live();
        } catch (RuntimeException | AssertionError e) {
            String command = "mvn test -pl engine -am -Dsurefire.failIfNoSpecifiedTests=false"
                    + " '-Dtest=RandomCrashTest#recoversWhateverHappens' -Dhightower.seed=" + seed;
            System.out.println("soak: failed seed=" + seed + "\n" + command);
            throw new AssertionError("seed=" + seed + "\n" + command, e);
        }
    }
}
