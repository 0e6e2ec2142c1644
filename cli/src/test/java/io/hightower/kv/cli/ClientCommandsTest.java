package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cli.transfer.ImportMark;
import io.hightower.kv.cli.transfer.ResumeFile;
import io.hightower.kv.server.KvServer;
import io.hightower.kv.server.ServerOptions;
import io.hightower.kv.server.listen.ListenAddress;
import io.hightower.kv.statemachine.KeyRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a server in this process. */
class ClientCommandsTest {
    @TempDir
    private static Path data;

    private static KvServer server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startServer() {
        server = KvServer.start(ServerOptions.at(data).withRest(new ListenAddress("127.0.0.1", 0)));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void emptyStore() {
        server.engine().deleteRange(KeyRange.all());
    }

    @Test
    void getsWhatWasPut() {
        assertThat(run("put", "greeting", "hello")).isEqualTo(new CommandRun(0, "", ""));
        assertThat(run("get", "greeting")).isEqualTo(new CommandRun(0, "hello\n", ""));
        assertThat(run("get", "-n", "greeting").output()).isEqualTo("hello");
        assertThat(run("get", "--json", "greeting").output())
                .isEqualTo("{\"format\":1,\"key\":\"Z3JlZXRpbmc=\",\"value\":\"aGVsbG8=\"}\n");
    }

    @Test
    void saysNothingOnOutputWhenTheKeyIsAbsent() {
        assertThat(run("get", "nobody"))
                .isEqualTo(new CommandRun(ExitCode.NO, "", "hightower: the key is absent: key=nobody\n"));
    }

    @Test
    void deletesKeyWhetherOrNotItIsThere() {
        run("put", "a", "1");

        assertThat(run("del", "a").exitCode()).isZero();
        assertThat(run("del", "a").exitCode()).isZero();
        assertThat(run("get", "a").exitCode()).isEqualTo(ExitCode.NO);
    }

    @Test
    void putsBytesFromInputAsTheyAre() {
        CommandRun.of(variables(), "\u0000\u00ff\n", "put", "--hex", "00ff", "-");

        assertThat(run("get", "--hex", "00ff").output()).isEqualTo("00ff0a\n");
        assertThat(run("get", "--base64", "AP8=").output()).isEqualTo("AP8K\n");
    }

    @Test
    void scansRangesInOrder() {
        for (String key : new String[] {"b", "a", "c", "ab"}) {
            run("put", key, "v\t" + key);
        }

        assertThat(run("scan").output()).isEqualTo("a\tv\\ta\nab\tv\\tab\nb\tv\\tb\nc\tv\\tc\n");
        assertThat(run("scan", "ab", "c").output()).isEqualTo("ab\tv\\tab\nb\tv\\tb\n");
        assertThat(run("scan", "b").output()).isEqualTo("b\tv\\tb\nc\tv\\tc\n");
        assertThat(run("scan", "--prefix", "a", "--limit", "1").output()).isEqualTo("a\tv\\ta\n");
        assertThat(run("scan", "--hex", "--prefix", "63").output()).isEqualTo("63\t760963\n");
        assertThat(run("scan", "--json", "--prefix", "c").output())
                .isEqualTo("{\"format\":1,\"key\":\"Yw==\",\"value\":\"dglj\"}\n");
    }

    @Test
    void tellsWhereTheServerStands() {
        run("put", "a", "1");

        assertThat(run("status").output()).contains("role: leader\n", "keys: 1\n", "state hash: ");
        assertThat(run("status", "--json").output())
                .matches("\\{\"format\":1,\"endpoint\":\"http://127.0.0.1:[0-9]+\",.*\"revision\":[0-9]+,"
                        + "\"stateHash\":\"[0-9a-f]{16}\",\"keys\":1,.*}\n");
    }

    @Test
    void asksOtherServersWhenOneIsUnreachable() {
        CommandRun run = run("status", "--json", "--endpoints", "127.0.0.1:1," + server.restAddress());

        assertThat(run.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(run.output()).contains("\"memberId\":\"local\"");
        assertThat(run.errors()).contains("http://127.0.0.1:1");
    }

    @Test
    void exportsWhatWasImported() throws IOException {
        String lines = "a\\tb\tx\\ny\nempty\t\nsystem\\x2dd\t\u00ff\u0000\r\n";
        Path file = file(lines);

        CommandRun imported = run("import", file.toString());

        assertThat(imported.output()).matches("imported 3 records in [0-9.]+ s \\([0-9]+/s\\)\n");
        assertThat(imported.exitCode()).isZero();
        assertThat(run("export")).isEqualTo(new CommandRun(0, lines, ""));
        assertThat(run("export", "--prefix", "e").output()).isEqualTo("empty\t\n");
        assertThat(directory).isDirectoryNotContaining("glob:**.resume*");
    }

    @Test
    void importsFromInput() {
        CommandRun imported = CommandRun.of(variables(), "k\\t\tv\\\\\n", "import", "--raw", "-");

        assertThat(imported.output()).startsWith("imported 1 records");
        assertThat(run("export", "--raw").output()).isEqualTo("k\\t\tv\\\\\n");
    }

    @Test
    void refusesToExportRawWhatImportWouldReadDifferently() {
        run("put", "a\tb", "1");

        CommandRun exported = run("export", "--raw");

        assertThat(exported.exitCode()).isEqualTo(ExitCode.NO);
        assertThat(exported.errors()).contains("not complete", "key=a\\tb");
    }

    @Test
    void stopsAtBadLineAndGoesOnWithSkip() throws IOException {
        Path file = file("a\t1\nbroken\nc\t3\n");

        CommandRun stopped = run("import", file.toString());
        assertThat(stopped.exitCode()).isEqualTo(ExitCode.NO);
        assertThat(stopped.errors()).contains("line 2: no tab between key and value");
        assertThat(stopped.output()).contains("not complete: every line up to 1 is done");

        CommandRun skipped = run("import", "--on-error", "skip", file.toString());
        assertThat(skipped.exitCode()).isEqualTo(ExitCode.NO);
        assertThat(skipped.errors()).contains("resuming: lines=1 bytes=4", "line 2 is skipped");
        assertThat(skipped.output()).contains("imported 1 records", "resumed, 1 lines skipped");
        assertThat(run("export").output()).isEqualTo("a\t1\nc\t3\n");
    }

    @Test
    void refusesToResumeInAnotherStore() throws IOException {
        Path file = file("a\t1\nb\t2\n");
        ResumeFile.of(file).write(new ImportMark(4, 1, OptionalLong.of(0)));

        CommandRun refused = run("import", file.toString());
        assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.errors()).contains("it may be another store", "--no-resume");

        assertThat(run("import", "--no-resume", file.toString()).exitCode()).isZero();
        assertThat(run("export").output()).isEqualTo("a\t1\nb\t2\n");
    }

    @Test
    void refusesToResumeFileThatChanged() throws IOException {
        Path file = file("a\t1\n");
        ResumeFile.of(file).write(ImportMark.START);
        Files.writeString(file, "a\t1\nb\t2\n");

        CommandRun refused = run("import", file.toString());

        assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.errors()).contains("The input changed");
    }

    @Test
    void givesUpWhenTheStoreStaysAway() throws IOException {
        Path file = file("a\t1\n");

        CommandRun run = run("import", "--endpoints", "127.0.0.1:1", "--retry-for", "100ms", file.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(run.errors()).contains("line 1: No server can be reached");
    }

    @Test
    void saysThatAnInputIsMissing() {
        CommandRun run = run("import", directory.resolve("absent").toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.DISK);
        assertThat(run.errors()).contains("the input cannot be read").contains("absent");
    }

    @Test
    void exportFailsWhenTheStoreIsAway() {
        CommandRun run = run("export", "--endpoints", "127.0.0.1:1", "--retry-for", "0");

        assertThat(run.exitCode()).isEqualTo(ExitCode.NO);
        assertThat(run.errors()).contains("the export is not complete").contains("No server can be reached");
    }

    @Test
    void endsQuietlyWhenNobodyReads() {
        run("put", "a", "1");

        assertThat(CommandRun.intoBrokenPipe(variables(), "export"))
                .isEqualTo(new CommandRun(ExitCode.BROKEN_PIPE, "", ""));
        assertThat(CommandRun.intoBrokenPipe(variables(), "scan").exitCode()).isEqualTo(ExitCode.BROKEN_PIPE);
        assertThat(CommandRun.intoBrokenPipe(variables(), "get", "a").exitCode())
                .isEqualTo(ExitCode.BROKEN_PIPE);
    }

    private Path file(String lines) throws IOException {
        Path file = directory.resolve("lines");
        Files.writeString(file, lines, StandardCharsets.ISO_8859_1);
        return file;
    }

    private static CommandRun run(String... arguments) {
        return CommandRun.of(variables(), "", arguments);
    }

    private static Map<String, String> variables() {
        return Map.of("HIGHTOWER_ENDPOINTS", server.restAddress().url());
    }
}
