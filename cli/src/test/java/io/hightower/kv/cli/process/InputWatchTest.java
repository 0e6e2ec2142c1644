package io.hightower.kv.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InputWatchTest {
    @Test
    void actsWhenTheOtherEndIsGoneAndNotBefore() throws Exception {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        try (PipedOutputStream other = new PipedOutputStream()) {
            InputWatch.whenEnded(new PipedInputStream(other), () -> gone.complete(null));
            other.write(new byte[1000]);
            other.flush();

            assertThat(gone).isNotDone();
        }

        assertThat(gone).succeedsWithin(Duration.ofSeconds(30));
    }
}
