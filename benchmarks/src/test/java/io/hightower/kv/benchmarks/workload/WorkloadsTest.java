package io.hightower.kv.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Stop;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkloadsTest {
    private static final long NANOS = 30_000_000;

    /** What the other stores have no calls for. */
    private static final List<String> OWN =
            List.of("put-with-lease", "watch-fanout-1000", "watch-catchup", "compaction-while-writing");

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
                        "txn-4: ratio >= 1",
                        "put-with-lease: value >= 50000",
                        "range-100: ratio >= 1.2",
                        "watch-fanout-1000: value >= 1000000",
                        "watch-catchup: value >= 100000",
                        "compaction-while-writing: value <= 2",
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
        for (Engine engine : new Engine[] {Engine.HIGHTOWER, Engine.ROCKSDB}) {
            measure(workload, engine);
        }
    }

    @ParameterizedTest
    @MethodSource("ownOnes")
    void measureTheEngineWhereOthersHaveNothingToCompare(Workload workload) {
        measure(workload, Engine.HIGHTOWER);

        assertThatThrownBy(() -> workload.prepare(Engine.ROCKSDB, directory, plan()))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageStartingWith("it has no ");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void compareTransactionsWithBatchesOfRocksDbOnly() {
        Workload workload = Workloads.named("txn-4").orElseThrow();

        assertThatThrownBy(() -> workload.prepare(Engine.XODUS, directory, plan()))
                .hasMessage("only batches of RocksDB are compared with transactions");
    }

    private void measure(Workload workload, Engine engine) {
        Path store = directory.resolve(engine.label());
        Sample sample;
        try (Trial trial = workload.prepare(engine, store, plan())) {
            sample = trial.measure(NANOS);
            trial.settle();
        }

        assertThat(sample.value()).as(engine.label()).isFinite();
        assertThat(sample.facts().values()).as("%s", sample.facts()).allMatch(Double::isFinite);
        assertThat(store).doesNotExist();
    }

    private static Plan plan() {
        return new Plan(300, OptionalInt.empty(), Duration.ZERO, said -> {}, new Stop());
    }

    static Stream<Workload> quickOnes() {
        return Workloads.all().stream()
                .filter(workload -> !workload.isLong())
                .filter(workload -> !OWN.contains(workload.name()));
    }

    static Stream<Workload> ownOnes() {
        return OWN.stream().map(name -> Workloads.named(name).orElseThrow());
    }
}
