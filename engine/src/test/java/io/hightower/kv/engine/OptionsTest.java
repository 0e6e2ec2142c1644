package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.storage.log.SyncPolicy;
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
        bad.put("memoryBytesMax=1", options -> options.withMemoryBytesMax(1));
        bad.put("freeDiskBytesMin=-1", options -> options.withFreeDiskBytesMin(-1));
        bad.put("tombstoneGrace=PT-1S", options -> options.withTombstoneGrace(Duration.ofSeconds(-1)));
        bad.put("maintenanceInterval=PT0.009S", options -> options.withMaintenanceInterval(Duration.ofMillis(9)));
        bad.put("workerThreads=0", options -> options.withWorkerThreads(0));
        bad.put("workerThreads=257", options -> options.withWorkerThreads(257));
        bad.forEach((named, change) -> assertThatThrownBy(() -> change.apply(DEFAULTS))
                .as(named)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named));
    }

    @Test
    void acceptsTheBoundsThemselves() {
        DEFAULTS.withSegmentBytes(64 * 1024)
                .withCheckpointLogBytes(64 * 1024)
                .withRequestBytesMax(1024)
                .withQueueCommandsMax(1)
                .withQueueBytesMax(1024 + 64 * 1024)
                .withEnqueueTimeout(Duration.ZERO)
                .withMemoryBytesMax(1024 * 1024)
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
        assertThatThrownBy(() -> ClusterOptions.of("x", Map.of("a", "host:1"))).hasMessageContaining("memberId=x");
        assertThatThrownBy(() -> ClusterOptions.of("a b", Map.of("a b", "host:1")))
                .hasMessageContaining("name=a b");
        for (String address : List.of("host", "host:", "host:70000", ":1", "ho st:1")) {
            assertThatThrownBy(() -> ClusterOptions.of("a", Map.of("a", address)))
                    .as(address)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
