package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file that says whose directory it is, which has no number: another layout begins with another word. */
class OwnershipTest {
    private static final ClusterOptions MEMBER =
            ClusterOptions.of("n1", Map.of("n1", "127.0.0.1:1")).withInitialClusterToken("prod");
    private static final String GOLDEN = "cluster prod member n1\n";

    private final SimulatedDisk disk = SimulatedDisk.empty();

    @Test
    void writesTheSameTextAsEver() {
        Ownership.record(disk, MEMBER);

        assertThat(new String(disk.content("CLUSTER"), StandardCharsets.UTF_8)).isEqualTo(GOLDEN);
        assertThat(Ownership.require(disk, Optional.of(MEMBER))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "cluster prod member n1",
                "cluster prod member n1\n\n",
                "cluster prod member n2\n",
                "cluster test member n1\n",
                "hightower-kv cluster 2 prod member n1\n"
            })
    void refusesWhateverElseItSays(String text) {
        disk.place("CLUSTER", text.getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> Ownership.require(disk, Optional.of(MEMBER)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("found=the directory of " + text.strip())
                .hasMessageContaining("supported=the directory of cluster prod member n1");
        assertThatThrownBy(() -> Ownership.require(disk, Optional.empty()))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("supported=the directory of a store without a cluster");
    }
}
