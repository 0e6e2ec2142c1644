package io.hightower.kv.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StopSignalsTest {
    @Test
    void callsAtSigtermInsteadOfEndingTheProcess() throws Exception {
        CompletableFuture<Void> called = new CompletableFuture<>();
        try (StopSignals signals = StopSignals.calling(() -> called.complete(null))) {
            assertThat(signals.exitCode()).isEmpty();

            raise("TERM");
            assertThat(called).succeedsWithin(Duration.ofSeconds(30));

            assertThat(signals.exitCode()).hasValue(143);
        }
    }

    private static void raise(String name) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        signal.getMethod("raise", signal)
                .invoke(null, signal.getConstructor(String.class).newInstance(name));
    }
}
