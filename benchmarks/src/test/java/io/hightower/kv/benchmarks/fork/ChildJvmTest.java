package io.hightower.kv.benchmarks.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.benchmarks.candidate.CandidateException;
import io.hightower.kv.benchmarks.candidate.Engine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildJvmTest {
    private static final long NANOS = 20_000_000;

    @TempDir
    private Path directory;

    @Test
    void fillsAndServesInAnotherProcess() {
        ChildTask.Order order = new ChildTask.Order(Engine.HIGHTOWER, directory.resolve("store"), 2_000, NANOS);

        Map<String, Double> facts = ChildJvm.like().withHeap("256m").run(ChildTask.FILL_AND_SERVE, order);

        assertThat(facts).containsEntry("wrongAnswers", 0.0);
        assertThat(facts.get("opsPerSecond")).isGreaterThan(0);
    }

    @Test
    void saysWhichTaskOfWhichStoreFailed() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        ChildTask.Order order = new ChildTask.Order(Engine.HIGHTOWER, file, 1, NANOS);

        assertThatThrownBy(() -> ChildJvm.like().run(ChildTask.OPEN, order))
                .isInstanceOf(CandidateException.class)
                .hasMessage("A process of hightower failed: task=OPEN exitCode=1");
    }
}
