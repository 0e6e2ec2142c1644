package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Cuts the power at every disk operation of every {@link CrashScript}: whatever the disk kept of what was not synced, what is
 * recovered is a prefix of what was done, with everything acknowledged, with its history, and it goes on from there.
 */
class ScriptedCrashTest {
    private static final int SEEDS = 3;
    private static final int DISTINCT_DISKS_LEAST = 20_000;

    @Test
    void recoversWhereverThePowerFails() throws InterruptedException {
        Map<String, CrashVerdict> all = new HashMap<>();
        long begun = System.nanoTime();
        for (CrashScript script : CrashScript.values()) {
            Map<String, CrashVerdict> verdicts = new ConcurrentHashMap<>();
            CrashSweep sweep = new CrashSweep(script, SEEDS, UnaryOperator.identity(), verdicts);
            sweep.run();
            all.putAll(verdicts);
            System.out.println("script=" + script + " cuts=" + sweep.cuts() + " distinctDisks=" + verdicts.size()
                    + " seconds=" + (System.nanoTime() - begun) / 1_000_000_000);
        }
        System.out.println("distinct disks of all scripts: " + all.size());
        assertThat(all.size()).isGreaterThanOrEqualTo(DISTINCT_DISKS_LEAST);
    }
}
