package io.hightower.kv.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Stop;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkloadsTest {
    private static final long NANOS = 30_000_000;

    @TempDir
    private Path directory;

    @Test
    void keepTheirNamesAndTargets() {
        assertThat(Workloads.all())
                .extracting(each -> each.name() + ": " + each.target().label())
                .containsExactly(
                        "durable-put-1: ratio >= 1",
                        "durable-put-16: ratio >= 1.3",
                        "durable-put-64: ratio >= 1.3",
                        "random-put-unsynced: ratio >= 1.2",
                        "sequential-load: ratio >= 1.5",
                        "get-hot: ratio >= 2",
                        "get-random-cached: ratio >= 1.3",
                        "get-missing: ratio >= 1.5",
                        "scan-100: ratio >= 1.5",
                        "read-while-writing: ratio >= 1.2",
                        "recovery-1m: value <= 1500",
                        "checkpoint-1m: value <= 100",
                        "disk-space: ratio <= 1.15",
                        "heap-per-key: value <= 1",
                        "big-data-small-memory: value >= 1");
        assertThat(Workloads.all()).extracting(Workload::name).allMatch(name -> Workloads.named(name)
                .isPresent());
    }

    @ParameterizedTest
    @MethodSource("quickOnes")
    void measureTheEngineAndRocksDb(Workload workload) {
        Plan plan = new Plan(300, OptionalInt.empty(), Duration.ZERO, said -> {}, new Stop());
        for (Engine engine : new Engine[] {Engine.HIGHTOWER, Engine.ROCKSDB}) {
            Path store = directory.resolve(engine.label());
            Sample sample;
            try (Trial trial = workload.prepare(engine, store, plan)) {
                sample = trial.measure(NANOS);
                trial.settle();
            }

            assertThat(sample.value()).as(engine.label()).isFinite();
            assertThat(store).doesNotExist();
        }
    }

    static Stream<Workload> quickOnes() {
        return Workloads.all().stream().filter(workload -> !workload.isLong());
    }
}
