package io.hightower.kv.cli.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One process and its successors: a thread starts it, waits for its end, and starts it again as the policy says.
 *
 * <p><b>Threads.</b> Thread-safe.
 */
final class SupervisedProcess {
    private static final Duration LAST_WORDS_DUE = Duration.ofSeconds(5);

    private final ChildSpec spec;
    private final RestartPolicy restarts;
    private final ChildListener listener;
    private final Thread keeper;

    /** Guards the fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition stop = lock.newCondition();
    private boolean stopping;
    private @Nullable Process running;

    SupervisedProcess(ChildSpec spec, RestartPolicy restarts, ChildListener listener) {
        this.spec = spec;
        this.restarts = restarts;
        this.listener = listener;
        this.keeper = new Thread(this::keep, "keeper-" + spec.name());
    }

    void start() {
        keeper.start();
    }

    private void keep() {
        try {
            int restarted = 0;
            Optional<Duration> wait = Optional.of(Duration.ZERO);
            while (wait.isPresent() && !awaitStop(wait.get())) {
                long begun = System.nanoTime();
                int exitCode = runOnce();
                if (isStopping()) {
                    return;
                }
                boolean steady = System.nanoTime() - begun >= restarts.steady().toNanos();
                restarted = steady ? 0 : restarted;
                wait = restarts.waitAfter(restarted);
                restarted++;
                listener.ended(spec.name(), exitCode, wait);
            }
        } catch (IOException e) {
            listener.failed(spec.name(), e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs the process to its end and returns its exit code. */
    private int runOnce() throws IOException, InterruptedException {
        Process process = launch();
        if (process == null) {
            return 0;
        }
        List<Thread> readers = new ArrayList<>();
        readers.add(reading(process.getInputStream(), line -> listener.outputLine(spec.name(), line)));
        readers.add(reading(process.getErrorStream(), line -> listener.errorLine(spec.name(), line)));
        listener.started(spec.name(), process.pid());
        int exitCode = process.waitFor();
        for (Thread reader : readers) {
            // A grandchild may hold the pipe open for longer.
            reader.join(LAST_WORDS_DUE.toMillis());
        }
        Files.deleteIfExists(spec.pidFile());
        return exitCode;
    }

    /** Starts the process unless it is to stop: between the two there must be no gap. */
    private @Nullable Process launch() throws IOException {
        lock.lock();
        try {
            if (stopping) {
                return null;
            }
            Process process = new ProcessBuilder(spec.command())
                    .redirectInput(ProcessBuilder.Redirect.PIPE)
                    .start();
            running = process;
            writePid(process.pid());
            return process;
        } finally {
            lock.unlock();
        }
    }

    private void writePid(long pid) throws IOException {
        var draft = spec.pidFile().resolveSibling(spec.pidFile().getFileName() + ".new");
        Files.writeString(draft, pid + "\n");
        Files.move(draft, spec.pidFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Thread reading(InputStream stream, Consumer<String> taker) {
        Thread reader = new Thread(
                () -> {
                    try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            taker.accept(line);
                        }
                    } catch (IOException e) {
                        // The pipe is gone, and with it all that the process had to say.
                    }
                },
                "reader-" + spec.name());
        reader.setDaemon(true);
        reader.start();
        return reader;
    }

    /** Waits for so long; returns early, and with {@code true}, when the process is to stop. */
    private boolean awaitStop(Duration wait) throws InterruptedException {
        lock.lock();
        try {
            long left = wait.toNanos();
            while (!stopping && left > 0) {
                left = stop.awaitNanos(left);
            }
            return stopping;
        } finally {
            lock.unlock();
        }
    }

    private boolean isStopping() {
        lock.lock();
        try {
            return stopping;
        } finally {
            lock.unlock();
        }
    }

    /** Asks the process to end, and starts no other. Returns at once. */
    void stop() {
        lock.lock();
        try {
            stopping = true;
            stop.signalAll();
            if (running != null) {
                running.destroy();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end of a process that was asked to end, and ends it by force when that takes too long. */
    void awaitEnd(Duration patience) throws InterruptedException {
        Process process = process();
        if (process != null && !process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            listener.forced(spec.name());
            process.destroyForcibly();
        }
        keeper.join();
    }

    private @Nullable Process process() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }

    /** Tells whether a process runs or will be started again. */
    boolean isKept() {
        return keeper.isAlive();
    }
}
