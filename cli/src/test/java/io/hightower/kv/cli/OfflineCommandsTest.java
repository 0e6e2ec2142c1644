package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.engine.Hightower;
import io.hightower.kv.engine.Options;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.StateSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a store, looked at and checked from outside. */
class OfflineCommandsTest {
    @TempDir
    private Path scratch;

    private Path data = Path.of("");

    /** Leaves a directory with tables, history, a log whose end is in no table, and an archive beside it. */
    @BeforeEach
    void workWithAStore() throws IOException {
        data = scratch.resolve("data");
        Options options = Options.at(data).withSegmentBytes(1 << 16);
        try (LocalEngine store = Hightower.open(options)) {
            for (int number = 0; number < 300; number++) {
                store.put(Bytes.utf8("key\t" + number), Bytes.utf8("value" + number));
            }
            store.delete(Bytes.utf8("key\t7"));
            store.runCompactionNow();
            store.put(Bytes.utf8("later"), Bytes.utf8("1"));
        }
        try (LocalEngine store = Hightower.open(options);
                StateSnapshot snapshot = store.snapshotState();
                OutputStream archive = Files.newOutputStream(scratch.resolve("archive"))) {
            snapshot.writeTo(archive);
            store.put(Bytes.utf8("later"), Bytes.utf8("2"));
        }
    }

    @Test
    void verifyFindsNothingWrong() {
        CommandRun run = CommandRun.of("verify", data.toString());

        assertThat(run.errors()).isEmpty();
        assertThat(run.output())
                .matches("ok: tables=[1-9][0-9]* histories=[1-9][0-9]* bytes=[0-9]+ keys=300"
                        + " revision=[0-9]+ logEntries=0\n");
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void verifyPrintsObjectsIfAsked() throws IOException {
        Files.writeString(data.resolve("letter"), "text");

        CommandRun run = CommandRun.of("verify", "--json", data.toString());

        assertThat(run.output().lines()).hasSize(2);
        assertThat(run.output())
                .startsWith("{\"format\":1,\"type\":\"finding\",\"kind\":\"remark\",\"file\":\"letter\","
                        + "\"offset\":0,\"text\":\"Not a file of the store\"}\n"
                        + "{\"format\":1,\"type\":\"summary\",\"intact\":true,\"tables\":");
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void convertPrintsAnObjectIfAsked() {
        CommandRun run = CommandRun.of("convert", "--json", "--to", "cluster", "--data-dir", data.toString());

        assertThat(run.output())
                .matches("\\{\"format\":1,\"kind\":\"cluster\",\"revision\":[0-9]+,\"stateHash\":\"[0-9a-f]{16}\","
                        + "\"entriesApplied\":[0-9]+,\"memberId\":\"[0-9a-f]{16}\"}\n");
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void convertLooksOnlyIfAsked() throws IOException {
        List<String> before = digests();
        CommandRun text = CommandRun.of("convert", "--dry-run", "--to", "cluster", "--data-dir", data.toString());
        CommandRun object =
                CommandRun.of("convert", "--dry-run", "--json", "--to", "CLUSTER", "--data-dir", data.toString());

        // The log of a store alone has no terms, and is not compared with others.
        assertThat(text.output())
                .matches("nothing was changed: kind=cluster appliedTerm=0 appliedIndex=[0-9]+ revision=[0-9]+\n");
        assertThat(object.output())
                .matches("\\{\"format\":1,\"kind\":\"cluster\",\"dryRun\":true,\"appliedTerm\":0,"
                        + "\"appliedIndex\":[0-9]+,\"revision\":[0-9]+}\n");
        assertThat(digests()).isEqualTo(before);
    }

    @Test
    void convertTellsWhereTheLogOfAMemberEnded() {
        assertThat(CommandRun.of("convert", "--to", "cluster", "--data-dir", data.toString())
                        .exitCode())
                .isEqualTo(ExitCode.OK);

        CommandRun look =
                CommandRun.of("convert", "--dry-run", "--json", "--to", "alone", "--data-dir", data.toString());
        CommandRun done = CommandRun.of("convert", "--to", "alone", "--data-dir", data.toString());

        assertThat(look.output()).contains(",\"logEndedTerm\":1,\"logEndedIndex\":");
        assertThat(done.output())
                .matches("converted: kind=alone revision=[0-9]+ stateHash=[0-9a-f]{16} entriesApplied=0"
                        + " logEndedTerm=1 logEndedIndex=[0-9]+\nstart it with: hightower server --data-dir .*\n");
    }

    @Test
    void convertRefusesFlagsThatMeanNothingOrAreWrong() {
        assertThat(CommandRun.of("convert", "--to", "alone", "--data-dir", data.toString(), "--name", "n1")
                        .errors())
                .contains("no use for --name");
        CommandRun two = CommandRun.of(
                "convert",
                "--to",
                "cluster",
                "--data-dir",
                data.toString(),
                "--initial-advertise-peer-urls",
                "http://a:1,http://b:1");
        assertThat(two.errors()).contains("--initial-advertise-peer-urls takes one URL");
        assertThat(two.exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void verifyWaitsForNobody() {
        try (LocalEngine store = Hightower.open(data)) {
            store.put(Bytes.utf8("a"), Bytes.utf8("1"));
            CommandRun run = CommandRun.of("verify", data.toString());
            assertThat(run.exitCode()).isEqualTo(ExitCode.DIRECTORY_IN_USE);
            assertThat(run.errors()).contains("stop the holder").doesNotContain("\n ");
        }
    }

    @Test
    void verifyRefusesOtherDirectoriesAndLeavesNothingThere() throws IOException {
        Path other = Files.createDirectory(scratch.resolve("other"));
        CommandRun run = CommandRun.of("verify", other.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.FORMAT);
        assertThat(names(other)).isEmpty();
    }

    @Test
    void bothNameTheFileThatIsDamaged() throws IOException {
        for (String suffix : List.of(".table", ".history", "MANIFEST", "STORE")) {
            Path file = named(suffix);
            byte[] content = Files.readAllBytes(file);
            flip(file, content.length - 30);
            String name = String.valueOf(file.getFileName());

            CommandRun verified = CommandRun.of("verify", data.toString());
            assertThat(verified.exitCode()).as(name).isEqualTo(ExitCode.DAMAGED);
            assertThat(verified.output())
                    .as(name)
                    .startsWith("damaged: ")
                    .contains(name)
                    .contains("not ok: ");
            CommandRun inspected = CommandRun.of("inspect", file.toString());
            assertThat(inspected.exitCode()).as(name).isEqualTo(ExitCode.DAMAGED);
            assertThat(inspected.output()).as(name).contains("\ndamaged: Damaged data: file=" + name);

            Files.write(file, content);
        }
        assertThat(CommandRun.of("verify", data.toString()).exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void verifyChangesNothing() throws IOException {
        flip(named(".table"), 100);
        List<String> before = digests();
        assertThat(CommandRun.of("verify", data.toString()).exitCode()).isEqualTo(ExitCode.DAMAGED);
        assertThat(digests()).isEqualTo(before);
    }

    private List<String> digests() throws IOException {
        List<String> digests = new ArrayList<>();
        for (String name : names(data)) {
            digests.add(name + " "
                    + Bytes.wrap(Files.readAllBytes(data.resolve(name))).hash64());
        }
        return digests;
    }

    @Test
    void inspectEscapesKeysAndHidesValues() throws IOException {
        CommandRun run = CommandRun.of("inspect", named(".table").toString());
        assertThat(run.output()).contains("\tkey\\t299\t8 bytes\n").doesNotContain("value299");
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);

        CommandRun shown = CommandRun.of(
                "inspect", "--values", "--hex", "--limit", "1", named(".table").toString());
        assertThat(shown.output())
                .containsOnlyOnce("\tvalue\t")
                .contains("\t6b657909")
                .contains("of which ");
    }

    @Test
    void inspectKnowsEveryFileOfADirectory() throws IOException {
        Path archive = scratch.resolve("archive");
        assertThat(CommandRun.of("inspect", archive.toString()).output())
                .contains("kind: state archive\n", "\n  MANIFEST\toffset=");
        for (String name : names(data)) {
            CommandRun run = CommandRun.of("inspect", data.resolve(name).toString());
            assertThat(run.exitCode()).as(name + run.errors()).isEqualTo(ExitCode.OK);
            assertThat(run.output()).as(name).startsWith("file: " + name + "\n").contains("\nkind: ");
        }
        CommandRun other = CommandRun.of(
                "inspect",
                Files.writeString(scratch.resolve("letter"), "Dear reader").toString());
        assertThat(other.exitCode()).isEqualTo(ExitCode.FORMAT);
    }

    @Test
    void aCheckpointCanBeVerifiedWhileTheStoreIsOpen() {
        Path copy = scratch.resolve("copy");
        try (LocalEngine store = Hightower.open(data)) {
            store.checkpoint(copy);
            assertThat(CommandRun.of("verify", copy.toString()).exitCode()).isEqualTo(ExitCode.OK);
        }
    }

    private Path named(String suffix) throws IOException {
        return data.resolve(names(data).stream()
                .filter(name -> name.endsWith(suffix))
                .findFirst()
                .orElseThrow());
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private static void flip(Path file, int offset) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[Math.max(12, offset)] ^= 4;
        Files.write(file, content);
    }
}
