package io.hightower.kv.cluster.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own: started, killed, started again with the same arguments.
 *
 * <p><b>Used by one thread at a time.</b> Failures to start carry what the process wrote to its standard error.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(40);
    private static final Pattern READY = Pattern.compile("^ready rest=(\\S+).*");

    private final List<String> arguments;
    private final Path log;
    private @Nullable Process process;
    private String restUrl = "";

    private ServerProcess(List<String> arguments, Path log) {
        this.arguments = List.copyOf(arguments);
        this.log = log;
    }

    /**
     * Prepares a server without starting it.
     *
     * @param arguments of the command line, beginning with the command
     * @param log where its standard error goes; appended to
     */
    public static ServerProcess of(List<String> arguments, Path log) {
        return new ServerProcess(arguments, log);
    }

    /** Starts the process and waits until it says that it is ready. */
    public ServerProcess start() {
        launch();
        awaitReady();
        return this;
    }

    private CompletableFuture<String> ready = new CompletableFuture<>();

    /** Starts the process and does not wait. */
    public void launch() {
        if (isAlive()) {
            throw new IllegalStateException("The server runs already: arguments=" + arguments);
        }
        try {
            process = new ProcessBuilder(JavaCommand.of(arguments))
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("The server process could not be started", e);
        }
        ready = new CompletableFuture<>();
        Process started = process;
        CompletableFuture<String> announced = ready;
        Thread reader = new Thread(() -> readOutput(started, announced), "output of " + started.pid());
        reader.setDaemon(true);
        reader.start();
    }

    private static void readOutput(Process started, CompletableFuture<String> announced) {
        try (BufferedReader output = started.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                Matcher matcher = READY.matcher(line);
                if (matcher.matches()) {
                    announced.complete(matcher.group(1));
                }
            }
        } catch (IOException e) {
            // The process is gone; the end of its output says so as well.
        }
        announced.completeExceptionally(new IllegalStateException("The process ended before it was ready"));
    }

    /** Waits until a launched process says that it is ready. */
    public void awaitReady() {
        try {
            restUrl = ready.get(READY_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "The server did not become ready: arguments=" + arguments + " log=\n" + logText(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the server", e);
        }
    }

    /** Returns the address at which REST is served, of the last start. */
    public String restUrl() {
        return restUrl;
    }

    /** Returns what the process wrote to its standard error so far. */
    public String logText() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("The log of the server cannot be read: file=" + log, e);
        }
    }

    /** Tells whether the process runs. */
    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Ends the process at once, as {@code kill -9} does, and waits until it is gone. */
    public void kill() {
        running().destroyForcibly();
        awaitEnd();
    }

    /** Stops the process where it is, as {@code kill -STOP} does: it answers nobody and notices nothing. */
    public void pause() {
        signal("STOP");
    }

    /** Lets a paused process go on, as {@code kill -CONT} does; to it, no time has passed. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder(
                            "kill", "-" + name, Long.toString(running().pid()))
                    .start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("The server could not be signalled: signal=" + name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The command kill could not be started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while signalling the server", e);
        }
    }

    /** Asks the process to end, as {@code kill -TERM} does, waits for it and returns its exit code. */
    public int terminate() {
        running().destroy();
        return awaitEnd();
    }

    /** Waits until the process has ended by itself and returns its exit code. */
    public int awaitEnd() {
        try {
            if (!running().waitFor(STOPPED_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                running().destroyForcibly();
                throw new IllegalStateException("The server did not end in time: log=\n" + logText());
            }
            return running().exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the server to end", e);
        }
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("The server was not started: arguments=" + arguments);
        }
        return process;
    }

    /** Kills the process if it runs. */
    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }
}
