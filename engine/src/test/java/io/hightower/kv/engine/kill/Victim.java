package io.hightower.kv.engine.kill;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A running {@link VictimProgram}. <b>Used by one thread.</b> */
final class Victim implements AutoCloseable {
    private static final String END = "end of output";

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private boolean ended;

    private Victim(Process process) {
        this.process = process;
        Thread reader = new Thread(this::readOutput, "victim-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts the program; what it says to its error output is added to that file. */
    static Victim start(List<String> arguments, Path errors) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                VictimProgram.class.getName()));
        command.addAll(arguments);
        return new Victim(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start());
    }

    private void readOutput() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("failed reading its output: " + e);
        }
        lines.add(END);
    }

    /** Returns the next line, or nothing when the time has come first or the output has ended. */
    Optional<String> nextLine(long untilNanos) throws InterruptedException {
        if (ended) {
            return Optional.empty();
        }
        String line = lines.poll(Math.max(0, untilNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        ended = END.equals(line);
        return ended ? Optional.empty() : Optional.ofNullable(line);
    }

    /** Returns whether everything that the program ever said has been read. */
    boolean hasEnded() {
        return ended;
    }

    /** Sends SIGKILL. What the program said before can still be read. */
    void kill() {
        // Not process.destroyForcibly(): that closes the pipe as well, with what is still in it.
        process.toHandle().destroyForcibly();
    }

    /** Kills the program if it still runs, and waits until it is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                throw new AssertionError("Does not end: pid=" + process.pid());
            }
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", e);
        }
    }
}
