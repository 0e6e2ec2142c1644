package io.hightower.kv.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.benchmarks.report.Row;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void printsWritesWithAndWithoutBatchesAndReads() {
        int exitCode = run("--outstanding", "256", "--seconds", "0.1", "--rounds", "1", "--keys", "100", "--json");

        assertThat(exitCode).as(errors.toString()).isZero();
        List<Row> rows = output.toString().lines().map(Row::parse).toList();
        assertThat(rows)
                .extracting(row -> row.text("workload").orElse("") + " "
                        + row.text("engine").orElse(""))
                .containsExactly(
                        "cluster-put-256 hightower", "cluster-put-256 one-command", "cluster-get-256 hightower");
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.number("value")).isPositive();
            assertThat(row.number("p50Micros")).isPositive();
            assertThat(row.number("p999Micros")).isGreaterThanOrEqualTo(row.number("p99Micros"));
            assertThat(row.number("leaderOpsPerSecond")).isPositive();
            assertThat(row.number("failed")).isZero();
            assertThat(row.number("valueBytes")).isEqualTo(256);
        });
        assertThat(rows.get(0).number("followersOpsPerSecond")).isPositive();
        assertThat(rows.get(0).number("ratioToOneCommand")).isPositive();
        assertThat(rows.get(0).text("target")).contains("ratio >= 5");
        assertThat(rows.get(1).number("batchCommandsMax")).isEqualTo(1);
        assertThat(rows.get(2).text("target")).contains("ratio >= 3");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void refusesWrongUse() {
        assertRefused("an option is out of bounds: outstanding=0 bounds=1 to 5000", "--outstanding", "0");
        assertRefused("an option is out of bounds: seconds=0.0 bounds=more than 0, to 3600", "--seconds", "0");
        assertRefused("an option is out of bounds: rounds=0 bounds=1 to 100", "--rounds", "0");
        assertRefused("an option is out of bounds: keys=0 bounds=1 to 1000000000", "--keys", "0");
        assertRefused("an option is out of bounds: value-bytes=-1 bounds=0 to 1048576", "--value-bytes", "-1");
        assertThat(folder).isEmptyDirectory();
    }

    private void assertRefused(String message, String... arguments) {
        errors.getBuffer().setLength(0);

        assertThat(run(arguments)).isEqualTo(2);
        assertThat(errors.toString())
                .isEqualTo("hightower: " + message + "; see hightower bench cluster --help" + System.lineSeparator());
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("cluster", "--in-process", "--dir", folder.toString()));
        all.addAll(List.of(arguments));
        return new BenchTool()
                .run(new PrintWriter(output, true), new PrintWriter(errors, true), all.toArray(String[]::new));
    }
}
