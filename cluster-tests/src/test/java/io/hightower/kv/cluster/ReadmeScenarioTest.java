package io.hightower.kv.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does what the README tells a newcomer to do, with the built distribution, and compares every line of output. Blocks marked
 * {@code sh} are started and left running, except {@code mvn verify}; blocks marked {@code console} are typed line by line;
 * the block marked {@code java} is compiled and run, and so is the one of the Java guide.
 */
@Tag("scenario")
class ReadmeScenarioTest {
    private static final Path ROOT = root();
    private static final Pattern BLOCK = Pattern.compile("```(sh|console|java)\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern TEMPORARY_DATA = Pattern.compile("--data-dir (/tmp/\\S+)");

    @TempDir
    private Path directory;

    private final List<Process> running = new ArrayList<>();

    @AfterEach
    void stopWhatRuns() throws InterruptedException {
        for (Process process : running) {
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void everyCommandDoesWhatTheReadmeShows() throws IOException, InterruptedException {
        Files.createSymbolicLink(directory.resolve("bin"), ROOT.resolve("bin"));
        Matcher block = BLOCK.matcher(Files.readString(ROOT.resolve("README.md")));
        int consoles = 0;
        while (block.find()) {
            switch (block.group(1)) {
                case "sh" -> start(block.group(2).strip());
                case "java" ->
                    assertThat(printedBy("Fruit", block.group(2)))
                            .isEqualTo("fruit/apple is red\nfruit/pear is green\n");
                default -> {
                    type(block.group(2), consoles);
                    consoles++;
                }
            }
        }
        assertThat(consoles).isEqualTo(3);
        assertThat(running).hasSize(2);
    }

    @Test
    void theProgramOfTheJavaGuidePrintsWhatTheGuideSays() throws IOException, InterruptedException {
        Matcher guide = Pattern.compile("```java\\n(.*?)```.*?```text\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("docs/java.md")));
        assertThat(guide.find()).isTrue();
        assertThat(printedBy("Jobs", guide.group(1))).isEqualTo(guide.group(2));
    }

    private void start(String command) throws IOException {
        if (command.startsWith("mvn ")) {
            return;
        }
        deleteWhatAnEarlierRunLeft(command);
        Path output = directory.resolve("output-" + running.size());
        Path errors = directory.resolve("errors-" + running.size());
        Process process = new ProcessBuilder("bash", "-c", "exec " + command)
                .directory(directory.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        running.add(process);
        await().atMost(Duration.ofMinutes(3))
                .until(() -> !process.isAlive() || Files.readString(output).startsWith("ready rest="));
        assertThat(Files.readString(output)).as(Files.readString(errors)).startsWith("ready rest=");
    }

    /** The README keeps its cluster among the temporary files, where it survives the test. */
    private static void deleteWhatAnEarlierRunLeft(String command) throws IOException {
        Matcher data = TEMPORARY_DATA.matcher(command);
        if (data.find() && Files.exists(Path.of(data.group(1)))) {
            try (Stream<Path> files = Files.walk(Path.of(data.group(1)))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Runs the commands behind the prompts in one shell; what it prints must be the rest of the block. */
    private void type(String console, int number) throws IOException, InterruptedException {
        List<String> commands = new ArrayList<>();
        StringBuilder expected = new StringBuilder();
        for (String line : console.lines().toList()) {
            if (line.startsWith("$ ")) {
                commands.add(line.substring(2));
            } else {
                expected.append(line).append('\n');
            }
        }
        String printed = run("console-" + number, List.of("bash", "-ec", String.join("\n", commands)));
        assertThat(printed).as(String.join("\n", commands)).matches(pattern(expected.toString()));
    }

    /** An ellipsis stands for what differs from run to run; everything else for itself. */
    private static Pattern pattern(String expected) {
        String quoted = Pattern.quote(expected).replace("…", "\\E.*\\Q");
        return Pattern.compile(quoted);
    }

    /** Compiles a program of one class and returns what it prints. */
    private String printedBy(String program, String source) throws IOException, InterruptedException {
        Files.writeString(directory.resolve(program + ".java"), source);
        String libraries = ROOT.resolve("dist/target/hightower/lib") + "/*";
        String java = Path.of(System.getProperty("java.home"), "bin").toString();
        run("javac", List.of(java + "/javac", "-cp", libraries, "-d", ".", program + ".java"));
        return run("java", List.of(java + "/java", "-cp", libraries + ":.", program));
    }

    private String run(String name, List<String> command) throws IOException, InterruptedException {
        Path output = directory.resolve(name + ".out");
        Path errors = directory.resolve(name + ".err");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        boolean ended = process.waitFor(2, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended).as("%s ended in time", command).isTrue();
        assertThat(process.exitValue())
                .as("%s %s", command, Files.readString(errors))
                .isZero();
        return Files.readString(output);
    }

    private static Path root() {
        Path candidate = Path.of("").toAbsolutePath();
        while (candidate != null && !Files.exists(candidate.resolve("README.md"))) {
            candidate = candidate.getParent();
        }
        return Objects.requireNonNull(candidate, "the project's root");
    }
}
