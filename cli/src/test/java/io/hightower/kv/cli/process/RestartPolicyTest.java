package io.hightower.kv.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RestartPolicyTest {
    @Test
    void doublesTheWaitUpToItsLimitAndThenGivesUp() {
        List<Optional<Duration>> waits = IntStream.rangeClosed(0, 10)
                .mapToObj(RestartPolicy.usual()::waitAfter)
                .toList();

        assertThat(waits.subList(0, 7).stream().map(wait -> wait.orElseThrow().toSeconds()))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
        assertThat(waits.get(10)).isEmpty();
    }

    @Test
    void neverRestartsIfTold() {
        assertThat(RestartPolicy.never().waitAfter(0)).isEmpty();
    }
}
