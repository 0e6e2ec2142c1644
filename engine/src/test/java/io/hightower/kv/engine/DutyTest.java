package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DutyTest {
    @Test
    void reportsWhateverFailedUntilItSucceedsAgain() {
        AtomicReference<Error> thrown = new AtomicReference<>(new OutOfMemoryError("planted"));
        Duty duty = new Duty("Sweeping");
        Runnable task = duty.guarding(() -> {
            if (thrown.get() != null) {
                throw thrown.get();
            }
        });

        task.run();
        assertThat(duty.problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("Sweeping", "planted"));

        thrown.set(null);
        task.run();
        assertThat(duty.problem()).isEmpty();
    }
}
