package io.hightower.kv.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void isFoundAsTool() {
        assertThat(ToolProvider.findFirst("bench")).get().isInstanceOf(BenchTool.class);
    }

    @Test
    void printsOneJsonObjectALineForEachEngine() {
        int exitCode = run("--workload", "get-hot", "--keys", "200", "--seconds", "0.05", "--json");

        assertThat(exitCode).isZero();
        List<String> lines = output.toString().lines().toList();
        assertThat(lines).hasSize(2);
        String number = "[0-9]+(\\.[0-9]+)?";
        String common = "\"value\":N,\"spread\":N,\"ratioSpread\":N,\"unit\":\"operations/s\",\"better\":\"more\","
                + "\"keys\":200,\"keyBytes\":16,\"valueBytes\":128,\"sync\":\"never\",\"settings\":\"defaults\","
                + "\"seconds\":0.05,\"fileSystem\":\"[a-z0-9]+\",\"rounds\":5,\"discarded\":N,\"noisy\":N,"
                + "\"probeMicros\":N";
        assertThat(lines.get(0))
                .matches(("\\{\"format\":1,\"workload\":\"get-hot\",\"engine\":\"hightower\",\"threads\":1,"
                                + "\"opsPerSecond\":N,\"p50Micros\":N,\"p99Micros\":N,\"ratioToRocksdb\":N," + common
                                + ",\"target\":\"ratio >= 2\",\"reached\":(true|false)\\}")
                        .replace("N", number));
        assertThat(lines.get(1))
                .matches(("\\{\"format\":1,\"workload\":\"get-hot\",\"engine\":\"rocksdb\",\"threads\":1,"
                                + "\"opsPerSecond\":N,\"p50Micros\":N,\"p99Micros\":N,\"ratioToRocksdb\":1," + common
                                + "\\}")
                        .replace("N", number));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void printsTableWithProgressOnStandardError() {
        int exitCode = run("--workload", "get-hot", "--keys", "200", "--seconds", "0.05", "--against", "none");

        assertThat(exitCode).isZero();
        List<String> lines = output.toString().lines().toList();
        assertThat(lines.get(0)).startsWith("workload").contains("ratio", "target");
        assertThat(lines.get(1)).startsWith("get-hot").contains("hightower");
        assertThat(errors.toString()).contains("hightower: bench get-hot: round 1 of 5");
    }

    @Test
    void leavesOutWhatTakesMinutesUnlessItIsNamed() {
        List<String> names = new ArrayList<>();
        run("--list");
        output.toString().lines().forEach(line -> names.add(line.substring(0, line.indexOf(' '))));

        assertThat(names).contains("durable-put-1", "big-data-small-memory").hasSize(21);
    }

    @Test
    void saysWhatCannotBeMeasured() {
        run("--workload", "checkpoint-1m", "--against", "h2", "--without-hightower", "--keys", "100", "--json");

        assertThat(output.toString())
                .contains("\"engine\":\"h2\"")
                .contains("\"opsPerSecond\":null")
                .contains("\"note\":\"not measured: a backup copies all data\"");
    }

    @Test
    void refusesWrongUse() {
        assertRefused("'frob' is no workload; --list prints them", "--workload", "frob");
        assertRefused(
                "'frob' cannot be measured against; rocksdb, rocksdb-tuned, h2, xodus, all or none can",
                "--against",
                "frob");
        assertRefused("an option is out of bounds: keys=0 bounds=1 to 1000000000", "--keys", "0");
        assertRefused("an option is out of bounds: seconds=0.0 bounds=more than 0, to 3600", "--seconds", "0");
        assertRefused("an option is out of bounds: threads=0 bounds=1 to 512", "--threads", "0");
        assertRefused(
                "nothing is left to measure: --without-hightower needs a store in --against",
                "--against",
                "none",
                "--without-hightower");
        assertThat(folder).isEmptyDirectory();
    }

    private void assertRefused(String message, String... arguments) {
        errors.getBuffer().setLength(0);

        assertThat(run(arguments)).isEqualTo(2);
        assertThat(errors.toString())
                .isEqualTo("hightower: " + message + "; see hightower bench embedded --help" + System.lineSeparator());
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("embedded", "--in-process", "--dir", folder.toString()));
        all.addAll(List.of(arguments));
        return new BenchTool()
                .run(new PrintWriter(output, true), new PrintWriter(errors, true), all.toArray(String[]::new));
    }
}
