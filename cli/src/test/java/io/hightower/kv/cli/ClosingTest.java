package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.server.ServerOptions;
import io.hightower.kv.statemachine.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ClosingTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void saysNothingOfACloseThatWentWell() {
        assertThat(Closing.within(LONG, () -> {})).isEmpty();
    }

    @Test
    void aCloseThatTakesTooLongIsTheFailureOfADisk() {
        CountDownLatch end = new CountDownLatch(1);
        Failure failure =
                Closing.within(Duration.ofMillis(1), () -> awaitQuietly(end)).orElseThrow();
        end.countDown();

        assertThat(failure.exitCode()).isEqualTo(ExitCode.DISK);
        assertThat(failure.line()).contains("did not close in time").contains("nothing acknowledged is lost");
    }

    @Test
    void tellsWhyAStoreCouldNotClose() {
        Failure failure = Closing.within(LONG, () -> {
                    throw new StorageException("Cannot sync");
                })
                .orElseThrow();

        assertThat(failure.exitCode()).isEqualTo(ExitCode.DISK);
        assertThat(failure.line()).contains("Cannot sync");
    }

    @Test
    void givesAServerMoreTimeThanItGivesToOthers() {
        ServerOptions alone = ServerOptions.at(Path.of("d")).withShutdownGrace(Duration.ofMinutes(10));
        assertThat(Closing.due(alone)).isEqualTo(Duration.ofMinutes(12));

        ClusterOptions cluster =
                ClusterOptions.of("a", Map.of("a", "h:1")).withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(30));
        ServerOptions member = alone.withEngine(alone.engine().withCluster(cluster));
        assertThat(Closing.due(member)).isEqualTo(Duration.ofMinutes(12).plusSeconds(64));
    }

    private static void awaitQuietly(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
