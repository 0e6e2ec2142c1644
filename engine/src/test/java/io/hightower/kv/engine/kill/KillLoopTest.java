package io.hightower.kv.engine.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.random.SeededRuns;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real processes on real files, killed while they write; {@link KillLoopSoakTest} does it for longer. */
class KillLoopTest {
    private static final int KILLS = 10;
    private static final int KILLS_UNTIL_NOTICED = 8;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path scratch;

    @Test
    void noAcknowledgedWriteIsLostHoweverOftenTheProcessIsKilled() throws IOException, InterruptedException {
        long seed = Long.getLong(SeededRuns.SEED_PROPERTY, 1);
        KillLoop.Summary summary = repeatable(seed, KILLS);
        assertThat(summary.killed()).isEqualTo(KILLS);
        assertThat(summary.acknowledgements()).as("%s", summary).isPositive();
        assertThat(summary.newestFile())
                .as("it flushed and merged: %s", summary)
                .isGreaterThan(KILLS);
    }

    private KillLoop.Summary repeatable(long seed, int kills) throws IOException, InterruptedException {
        try {
            return new KillLoop(scratch, seed, Sabotage.NONE, line -> {}).run(kills);
        } catch (AssertionError e) {
            String command = "mvn test -pl engine -am -Dsurefire.failIfNoSpecifiedTests=false"
                    + " '-Dtest=KillLoopTest#noAcknowledgedWriteIsLostHoweverOftenTheProcessIsKilled' -D"
                    + SeededRuns.SEED_PROPERTY + "=" + seed;
            throw new AssertionError(command + "\n" + e.getMessage(), e);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aProgramThatBreaksItsWordIsNoticed(Sabotage sabotage) {
        KillLoop loop = new KillLoop(scratch, 1, sabotage, line -> {});
        assertThatThrownBy(() -> loop.run(KILLS_UNTIL_NOTICED))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("failed java.lang.AssertionError: Not what ");
    }
}
