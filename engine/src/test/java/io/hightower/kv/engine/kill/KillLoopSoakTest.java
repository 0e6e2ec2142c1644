package io.hightower.kv.engine.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.random.SeededRuns;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The loop of {@link KillLoopTest} with 200 kills, or as many as {@code hightower.kills} says, and a fresh seed unless {@code
 * hightower.seed} names one.
 *
 * <pre>
 * mvn verify -Psoak -pl engine -am -Dsurefire.failIfNoSpecifiedTests=false -Dtest=KillLoopSoakTest
 * </pre>
 */
@EnabledIfSystemProperty(named = "hightower.soak", matches = "true")
class KillLoopSoakTest {
    private static final int KILLS_DEFAULT = 200;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path scratch;

    @Test
    void noAcknowledgedWriteIsLostInALongRowOfKills() throws IOException, InterruptedException {
        int kills = Integer.getInteger("hightower.kills", KILLS_DEFAULT);
        long seed = Long.getLong(SeededRuns.SEED_PROPERTY, System.currentTimeMillis());
        KillLoop loop = new KillLoop(scratch, seed, Sabotage.NONE, line -> System.out.println("soak: " + line));
        try {
            KillLoop.Summary summary = loop.run(kills);
            System.out.println("soak: ended seed=" + seed + " " + summary);
            assertThat(summary.acknowledgements()).as("%s", summary).isPositive();
        } catch (AssertionError e) {
            String command = "mvn verify -Psoak -pl engine -am -Dsurefire.failIfNoSpecifiedTests=false"
                    + " -Dtest=KillLoopSoakTest -Dhightower.kills=" + kills + " -D" + SeededRuns.SEED_PROPERTY + "="
                    + seed;
            System.out.println("soak: failed\n" + command);
            throw new AssertionError(command + "\n" + e.getMessage(), e);
        }
    }
}
