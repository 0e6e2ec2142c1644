package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.storage.log.SyncPolicy;
import io.hightower.kv.storage.lsm.StoreOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class OptionsTest {
    private static final Options DEFAULTS = Options.at(Path.of("data"));

    @Test
    void defaultsSyncEveryWriteAndAreAlone() {
        assertThat(DEFAULTS.sync()).isEqualTo(SyncPolicy.everyWrite());
        assertThat(DEFAULTS.cluster()).isEmpty();
        assertThat(DEFAULTS.requestBytesMax()).isEqualTo(1_572_864);
    }

    @Test
    void refusesWhatIsOutOfBoundsByNameValueAndBounds() {
        Map<String, UnaryOperator<Options>> bad = new LinkedHashMap<>();
        bad.put("segmentBytes=65535", options -> options.withSegmentBytes(65_535));
        bad.put("checkpointLogBytes=1", options -> options.withCheckpointLogBytes(1));
        bad.put("requestBytesMax=1023", options -> options.withRequestBytesMax(1023));
        bad.put("queueCommandsMax=0", options -> options.withQueueCommandsMax(0));
        bad.put("queueBytesMax=1572864", options -> options.withQueueBytesMax(1_572_864));
        bad.put("enqueueTimeout=PT-1S", options -> options.withEnqueueTimeout(Duration.ofSeconds(-1)));
        bad.put("memoryBytesMax=4194303", options -> options.withMemoryBytesMax((4 << 20) - 1));
        bad.put("freeDiskBytesMin=-1", options -> options.withFreeDiskBytesMin(-1));
        bad.put("tombstoneGrace=PT-1S", options -> options.withTombstoneGrace(Duration.ofSeconds(-1)));
        bad.put("maintenanceInterval=PT0.009S", options -> options.withMaintenanceInterval(Duration.ofMillis(9)));
        bad.put("workerThreads=0", options -> options.withWorkerThreads(0));
        bad.put("workerThreads=257", options -> options.withWorkerThreads(257));
        bad.put("autoCompactionRetention=PT0.999S", options -> options.withHistory(age(Duration.ofMillis(999))));
        bad.put("autoCompactionRetention=PT87624H", options -> options.withHistory(age(Duration.ofDays(3651))));
        bad.put("autoCompactionRetention=0", options -> options.withHistory(HistoryRetention.ofRevisions(0)));
        bad.put(
                "autoCompactionInterval=PT0.5S",
                options -> options.withHistory(age(Duration.ofHours(1)).every(Duration.ofMillis(500))));
        bad.put(
                "autoCompactionInterval=PT1M",
                options -> options.withHistory(HistoryRetention.forever().every(Duration.ofMinutes(1))));
        bad.putAll(badStorage());
        bad.forEach((named, change) -> assertThatThrownBy(() -> change.apply(DEFAULTS))
                .as(named)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named));
    }

    private static HistoryRetention age(Duration age) {
        return HistoryRetention.ofAge(age);
    }

    @Test
    void aProgramsStoreKeepsNoHistoryByDefault() {
        assertThat(DEFAULTS.history()).isEqualTo(HistoryRetention.none());
        assertThat(DEFAULTS.storage()
                        .toStoreOptions(DEFAULTS.history(), Metrics.none())
                        .keepHistory())
                .isFalse();
    }

    @Test
    void everyOtherRetentionHasTheStoreKeepHistory() {
        List<HistoryRetention> kept = List.of(
                HistoryRetention.forever(),
                HistoryRetention.ofAge(Duration.ofHours(1)),
                HistoryRetention.ofRevisions(1));
        assertThat(kept).allMatch(history -> DEFAULTS.storage()
                .toStoreOptions(history, Metrics.none())
                .keepHistory());
        assertThat(HistoryRetention.ofAge(Duration.ofHours(5)))
                .isEqualTo(new HistoryRetention.Age(Duration.ofHours(5), Duration.ofHours(1)));
        assertThat(HistoryRetention.ofAge(Duration.ofMinutes(5)))
                .isEqualTo(new HistoryRetention.Age(Duration.ofMinutes(5), Duration.ofMinutes(5)));
    }

    private static Map<String, UnaryOperator<Options>> badStorage() {
        Map<String, UnaryOperator<StorageOptions>> bad = new LinkedHashMap<>();
        bad.put("memtableBytes=65535", storage -> storage.withMemtableBytes(65_535));
        bad.put("memtableBytes=8388609", storage -> budgetOf32MiB().withMemtableBytes((8 << 20) + 1));
        bad.put("hotKeysBytes=-1", storage -> storage.withHotKeysBytes(-1));
        bad.put("hotKeysBytes=16777217", storage -> budgetOf32MiB().withHotKeysBytes((16 << 20) + 1));
        bad.put("flushInterval=PT0.999S", storage -> storage.withFlushInterval(Duration.ofMillis(999)));
        bad.put("blockBytes=4095", storage -> storage.withBlockBytes(4095));
        bad.put("blockBytes=32769", storage -> storage.withBlockBytes(32_769));
        bad.put("tableBytes=65535", storage -> storage.withTableBytes(65_535));
        bad.put("level0Tables=1", storage -> storage.withLevel0Tables(1));
        bad.put("level0Tables=65", storage -> storage.withLevel0Tables(65));
        Map<String, UnaryOperator<Options>> changes = new LinkedHashMap<>();
        bad.forEach((named, change) -> changes.put(named, options -> options.withStorage(change)));
        return changes;
    }

    private static StorageOptions budgetOf32MiB() {
        return StorageOptions.ofMemory(32 << 20);
    }

    @Test
    void anotherMemoryBudgetBringsItsShares() {
        StorageOptions changed = DEFAULTS.withMemoryBytesMax(1 << 30).storage();
        assertThat(changed.memtableBytes()).isEqualTo(64 << 20);
        assertThat(changed.hotKeysBytes()).isEqualTo(64 << 20);
        assertThat(changed.withMemoryBytesMax(32 << 20))
                .isEqualTo(DEFAULTS.storage().withMemoryBytesMax(32 << 20));
        assertThat(budgetOf32MiB().memtableBytes()).isEqualTo(8 << 20);
    }

    @Test
    void eachPresetIsWithinTheBoundsAndTakesWhatItSays() {
        assertThat(Options.small(Path.of("d")).storage().memoryBytesMax()).isEqualTo(32 << 20);
        assertThat(Options.medium(Path.of("d")).storage().memoryBytesMax()).isEqualTo(256 << 20);
        assertThat(Options.large(Path.of("d")).storage().memoryBytesMax()).isGreaterThanOrEqualTo(512 << 20);
    }

    @Test
    void everyStorageKnobCanBeChangedAndReachesTheStore() {
        StorageOptions changed = budgetOf32MiB()
                .withMemtableBytes(1 << 20)
                .withHotKeysBytes(0)
                .withFlushInterval(Duration.ofSeconds(1))
                .withBlockBytes(4096)
                .withCompression(StorageOptions.Compression.NONE)
                .withTableBytes(64 * 1024)
                .withLevel0Tables(2)
                .withVerifyMerges(false);
        assertThat(changed.toStoreOptions(HistoryRetention.forever(), Metrics.none()))
                .isEqualTo(new StoreOptions(
                        32 << 20, 1 << 20, 1_000_000_000, 4096, false, 64 * 1024, 2, 0, true, false, Metrics.none()));
    }

    @Test
    void acceptsTheBoundsThemselves() {
        DEFAULTS.withSegmentBytes(64 * 1024)
                .withCheckpointLogBytes(64 * 1024)
                .withRequestBytesMax(1024)
                .withQueueCommandsMax(1)
                .withQueueBytesMax(1024 + 64 * 1024)
                .withEnqueueTimeout(Duration.ZERO)
                .withMemoryBytesMax(4 << 20)
                .withFreeDiskBytesMin(0)
                .withTombstoneGrace(Duration.ZERO)
                .withMaintenanceInterval(Duration.ofMillis(10))
                .withWorkerThreads(1)
                .withWorkerThreads(256);
    }

    @Test
    void eachWithMethodChangesOneKnobAndKeepsTheOthers() {
        Options changed = DEFAULTS.withDirectory(Path.of("elsewhere")).withWorkerThreads(7);
        assertThat(changed.directory()).isEqualTo(Path.of("elsewhere"));
        assertThat(changed.workerThreads()).isEqualTo(7);
        assertThat(changed.withDirectory(DEFAULTS.directory()).withWorkerThreads(DEFAULTS.workerThreads()))
                .isEqualTo(DEFAULTS);
    }

    @Test
    void aMemberAlwaysSyncs() {
        ClusterOptions member = ClusterOptions.of("a", Map.of("a", "host:1"));
        assertThatThrownBy(() -> DEFAULTS.withSync(SyncPolicy.never()).withCluster(member))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sync=");
        assertThat(DEFAULTS.withCluster(member).cluster()).hasValue(member);
    }

    @Test
    void aMemberMustBeOneOfTheMembersAndHaveAnAddress() {
        assertThatThrownBy(() -> ClusterOptions.of("x", Map.of("a", "host:1"))).hasMessageContaining("name=x");
        assertThatThrownBy(() -> ClusterOptions.of("a b", Map.of("a b", "host:1")))
                .hasMessageContaining("name=a b");
        for (String address : List.of("host", "host:", "host:70000", ":1", "ho st:1")) {
            assertThatThrownBy(() -> ClusterOptions.of("a", Map.of("a", address)))
                    .as(address)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
