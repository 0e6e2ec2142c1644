package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link ScriptedCrashTest} finds: stores that forget to make something durable. */
class PlantedCrashBugTest {
    @ParameterizedTest
    @CsvSource({
        "SYNC, .table, OVERWRITES",
        "SYNC, .history, HISTORY",
        "SYNC, MANIFEST, OVERWRITES",
        "SYNC, STORE, OVERWRITES",
        "SYNC, .incoming, INSTALLED_SNAPSHOTS",
        "DURABLE_WRITE, log-, ARCHIVED_LOG",
        "SYNC_DIRECTORY, '', OVERWRITES"
    })
    void forgottenDurabilityIsFound(LyingDisk.Lie lie, String about, CrashScript script) {
        CrashSweep sweep =
                new CrashSweep(script, 1, disk -> new LyingDisk(disk, lie, about), new ConcurrentHashMap<>());
        assertThatThrownBy(sweep::run)
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching("(?s)(A disk was not|It does not hold that).*");
    }
}
