package io.hightower.kv.cli.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes that run together: started together, restarted one by one, stopped together.
 *
 * <p><b>Threads.</b> Thread-safe. <b>Lifetime.</b> {@link #close} ends every process that it started and no other.
 * Idempotent.
 */
public final class Supervisor implements AutoCloseable {
    private final List<SupervisedProcess> processes = new ArrayList<>();
    private final Duration stopPatience;

    /**
     * Prepares the processes.
     *
     * @param stopPatience how long a process may take to end when asked, before it is ended by force
     */
    public Supervisor(List<ChildSpec> children, RestartPolicy restarts, Duration stopPatience, ChildListener listener) {
        this.stopPatience = stopPatience;
        for (ChildSpec child : children) {
            processes.add(new SupervisedProcess(child, restarts, listener));
        }
    }

    /** Starts every process. Called once. */
    public void start() {
        processes.forEach(SupervisedProcess::start);
    }

    /** Tells whether any process runs or will be started again. */
    public boolean isAnyKept() {
        return processes.stream().anyMatch(SupervisedProcess::isKept);
    }

    /** Asks every process to end, waits, and ends by force what does not end in time. */
    @Override
    public void close() {
        processes.forEach(SupervisedProcess::stop);
        long deadline = System.nanoTime() + stopPatience.toNanos();
        boolean interrupted = false;
        for (SupervisedProcess process : processes) {
            boolean ended = false;
            while (!ended) {
                try {
                    process.awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
                    ended = true;
                } catch (InterruptedException e) {
                    // No process may be left behind, so the interrupt only shortens the patience.
                    interrupted = true;
                    deadline = System.nanoTime();
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
