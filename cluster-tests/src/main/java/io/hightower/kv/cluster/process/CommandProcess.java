package io.hightower.kv.cluster.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run of the command line. <b>Used by one thread at a time.</b> */
public final class CommandProcess implements AutoCloseable {
    private final Process process;
    private final Path output;
    private final Path errors;

    private CommandProcess(Process process, Path output, Path errors) {
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    /** Starts a command whose output goes to files in {@code directory}. */
    public static CommandProcess start(Path directory, List<String> arguments) {
        try {
            Path output = Files.createTempFile(directory, "command-", ".out");
            Path errors = Files.createTempFile(directory, "command-", ".err");
            Process process = new ProcessBuilder(JavaCommand.of(arguments))
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            return new CommandProcess(process, output, errors);
        } catch (IOException e) {
            throw new UncheckedIOException("The command could not be started: arguments=" + arguments, e);
        }
    }

    /** Runs a command to its end. */
    public static CommandProcess run(Path directory, List<String> arguments) {
        CommandProcess command = start(directory, arguments);
        command.awaitEnd();
        return command;
    }

    /** Waits for the end, at most five minutes, and returns the exit code. */
    public int awaitEnd() {
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IllegalStateException("The command did not end in time: errors=\n" + errorText());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the command", e);
        }
    }

    /** Returns the exit code of a command that has ended. */
    public int exitCode() {
        return process.exitValue();
    }

    /** Tells whether the command still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the command at once, as {@code kill -9} does. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Returns the file that the standard output went to. */
    public Path output() {
        return output;
    }

    /** Returns the standard output as text. */
    public String outputText() {
        return read(output);
    }

    /** Returns the standard error as text. */
    public String errorText() {
        return read(errors);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("The output of a command cannot be read: file=" + file, e);
        }
    }

    /** Kills the command if it runs. */
    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
