package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HightowerCommandTest {
    private static final String[] COMMANDS = {
        "server", "cluster", "put", "get", "del", "scan", "import", "export", "status", "inspect", "verify", "bench"
    };

    @Test
    void printsItsRelease() {
        CommandRun run = CommandRun.of("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.output()).matches("hightower [0-9]+\\.[0-9]+\\.[0-9]+\\S*\n");
        assertThat(run.errors()).isEmpty();
    }

    @Test
    void listsEveryCommandInItsHelp() {
        CommandRun run = CommandRun.of("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.output()).contains(COMMANDS).contains("First steps:");
    }

    @Test
    void showsExamplesInTheHelpOfEachCommand() {
        for (String command : COMMANDS) {
            CommandRun run = CommandRun.of(command, "--help");

            assertThat(run.exitCode()).as(command).isZero();
            assertThat(run.output())
                    .as(command)
                    .contains("Usage: hightower " + command)
                    .contains("Examples:")
                    .contains("  hightower " + command);
        }
    }

    @Test
    void refusesWrongUseInOneLineThatNamesTheHelp() {
        assertMisused("a command is missing; see hightower --help");
        assertMisused("Unmatched argument at index 0: 'frob'; see hightower --help", "frob");
        assertMisused("Missing required parameters: 'KEY', 'VALUE'; see hightower put --help", "put");
        assertMisused("Unknown option: '--frob'; see hightower get --help", "get", "--frob", "k");
        assertMisused("Unmatched argument at index 2: 'b'; see hightower get --help", "get", "a", "b");
        assertMisused("a key needs at least one byte", "get", "");
        assertMisused("'zz' is not hexadecimal, two digits a byte", "get", "--hex", "zz");
        assertMisused("'a' is not base64, in the alphabet with + and /", "get", "--base64", "a");
        assertMisused("an argument is not UTF-8 text; give it with --base64 or --hex", "get", "\uFFFD");
        assertMisused("--prefix is a range by itself: leave FROM and UNTIL out", "scan", "--prefix", "a", "b");
        assertMisused("an option is out of bounds: limit=0 bounds=1 or more", "scan", "--limit", "0");
        assertMisused(
                "an option is out of bounds: base-port=65534 bounds=1 to 65433", "cluster", "--base-port", "65534");
    }

    @Test
    void refusesFilesAndDirectoriesThatAreNotThere() {
        CommandRun inspected = CommandRun.of("inspect", "no/such/file");
        assertThat(inspected.exitCode()).isEqualTo(ExitCode.DISK);
        assertThat(inspected.errors()).isEqualTo("hightower: there is no such file: file=no/such/file\n");
        CommandRun verified = CommandRun.of("verify", "no/such/directory");
        assertThat(verified.exitCode()).isEqualTo(ExitCode.DISK);
        assertThat(verified.errors()).isEqualTo("hightower: there is no such directory: directory=no/such/directory\n");
    }

    @Test
    void saysWhereTheBenchmarksAreWhenTheyAreNotThere() {
        CommandRun run = CommandRun.of("bench", "embedded", "--help");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.errors()).startsWith("hightower: the benchmarks are not on the class path; use bin/hightower");
    }

    @Test
    void refusesMisspelledEndpoints() {
        for (String endpoints : new String[] {"ftp://h:1", "http://h:1/path", "http:// x", ","}) {
            CommandRun run = CommandRun.of("get", "--endpoints", endpoints, "k");

            assertThat(run.exitCode()).as(endpoints).isEqualTo(ExitCode.USAGE);
            assertThat(run.errors()).as(endpoints).contains("endpoint has the form http://host:port");
        }
    }

    @Test
    void saysWhichServersCannotBeReached() {
        CommandRun run = CommandRun.of(Map.of("HIGHTOWER_ENDPOINTS", "127.0.0.1:1"), "", "get", "k");

        assertThat(run.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(run.output()).isEmpty();
        assertThat(run.errors()).isEqualTo("hightower: No server can be reached: endpoints=[http://127.0.0.1:1]\n");
    }

    @Test
    void prefersFlagOverEnvironment() {
        CommandRun run = CommandRun.of(
                Map.of("HIGHTOWER_ENDPOINTS", "127.0.0.1:1"), "", "get", "--endpoints", "127.0.0.1:2", "k");

        assertThat(run.errors()).contains("http://127.0.0.1:2").doesNotContain("http://127.0.0.1:1]");
    }

    private static void assertMisused(String message, String... arguments) {
        CommandRun run = CommandRun.of(arguments);

        assertThat(run.errors()).isEqualTo("hightower: " + message + "\n");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.output()).isEmpty();
    }
}
