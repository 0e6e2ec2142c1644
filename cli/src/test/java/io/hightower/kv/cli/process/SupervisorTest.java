package io.hightower.kv.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SupervisorTest {
    private static final RestartPolicy ONCE =
            new RestartPolicy(1, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMinutes(1));

    private final RecordingListener listener = new RecordingListener();

    @TempDir
    private Path directory;

    @Test
    void passesOnWhatAProcessPrints() {
        try (Supervisor supervisor = supervisor(RestartPolicy.never(), "echo out; echo err >&2; exec cat")) {
            supervisor.start();

            await().until(() -> listener.events.contains("out: out") && listener.events.contains("err: err"));
        }
    }

    @Test
    void writesProcessIdWhileTheProcessRuns() throws Exception {
        try (Supervisor supervisor = supervisor(RestartPolicy.never(), "echo $$; exec cat")) {
            supervisor.start();
            await().until(() -> listener.events.size() >= 2);

            String pid = Files.readString(directory.resolve("pid")).strip();
            assertThat(listener.events).contains("started: " + pid, "out: " + pid);
        }

        assertThat(directory.resolve("pid")).doesNotExist();
    }

    @Test
    void stopsProcessesWithoutCallingItAnEnd() {
        Supervisor supervisor = supervisor(ONCE, "echo up; exec sleep 600");
        supervisor.start();
        await().until(() -> listener.events.contains("out: up"));

        supervisor.close();

        assertThat(supervisor.isAnyKept()).isFalse();
        assertThat(listener.events).noneMatch(event -> event.startsWith("ended") || event.startsWith("forced"));
    }

    @Test
    void restartsProcessThatEndedUntilThePolicyGivesUp() {
        try (Supervisor supervisor = supervisor(ONCE, "exit 7")) {
            supervisor.start();

            await().until(() -> !supervisor.isAnyKept());
        }
        assertThat(listener.events)
                .filteredOn(event -> event.startsWith("ended"))
                .containsExactly("ended: 7 restart", "ended: 7 stays down");
        assertThat(listener.events)
                .filteredOn(event -> event.startsWith("started"))
                .hasSize(2);
    }

    @Test
    void tellsTheSignalThatEndedAProcess() {
        try (Supervisor supervisor = supervisor(RestartPolicy.never(), "kill -9 $$")) {
            supervisor.start();

            await().until(() -> listener.events.contains("ended: 137 stays down"));
        }
    }

    @Test
    void endsByForceWhatDoesNotStop() {
        Supervisor supervisor = new Supervisor(
                List.of(child("trap '' TERM; echo up; while true; do sleep 0.1; done")),
                RestartPolicy.never(),
                Duration.ofMillis(200),
                listener);
        supervisor.start();
        await().until(() -> listener.events.contains("out: up"));

        supervisor.close();

        assertThat(listener.events).contains("forced");
        assertThat(supervisor.isAnyKept()).isFalse();
    }

    @Test
    void reportsProgramThatCannotBeStarted() {
        ChildSpec missing = new ChildSpec("a", List.of("/no/such/program"), directory.resolve("pid"));
        try (Supervisor supervisor = new Supervisor(List.of(missing), ONCE, Duration.ofSeconds(1), listener)) {
            supervisor.start();

            await().until(() -> !supervisor.isAnyKept());
        }
        assertThat(listener.events)
                .singleElement()
                .asString()
                .startsWith("failed: ")
                .contains("/no/such/program");
    }

    @Test
    void closesTwice() {
        Supervisor supervisor = supervisor(RestartPolicy.never(), "exec cat");
        supervisor.start();

        supervisor.close();
        supervisor.close();

        assertThat(supervisor.isAnyKept()).isFalse();
    }

    private Supervisor supervisor(RestartPolicy restarts, String script) {
        return new Supervisor(List.of(child(script)), restarts, Duration.ofSeconds(20), listener);
    }

    private ChildSpec child(String script) {
        return new ChildSpec("a", List.of("/bin/sh", "-c", script), directory.resolve("pid"));
    }

    /** Writes down what it hears. */
    private static final class RecordingListener implements ChildListener {
        private final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public void outputLine(String name, String line) {
            events.add("out: " + line);
        }

        @Override
        public void errorLine(String name, String line) {
            events.add("err: " + line);
        }

        @Override
        public void started(String name, long pid) {
            events.add("started: " + pid);
        }

        @Override
        public void ended(String name, int exitCode, Optional<Duration> restartAfter) {
            events.add("ended: " + exitCode + (restartAfter.isPresent() ? " restart" : " stays down"));
        }

        @Override
        public void forced(String name) {
            events.add("forced");
        }

        @Override
        public void failed(String name, String reason) {
            events.add("failed: " + reason);
        }
    }
}
