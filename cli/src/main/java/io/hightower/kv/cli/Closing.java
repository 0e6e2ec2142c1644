package io.hightower.kv.cli;

import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.server.ServerOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The closing of a server, which must come to an end whatever hangs in it. */
final class Closing {
    /** For writing what is in memory, and for the disk to answer. */
    private static final Duration STORE_DUE = Duration.ofMinutes(2);

    private Closing() {}

    /**
     * Returns how long a server may take to close: what its options give to requests in flight, to commands under way and to
     * handing over, and the time of the store.
     */
    static Duration due(ServerOptions options) {
        Duration due = STORE_DUE.plus(options.shutdownGrace());
        Optional<ClusterOptions> cluster = options.engine().cluster();
        if (cluster.isEmpty()) {
            return due;
        }
        // First for commands, then for what hangs on their futures; another member is elected in at most two timeouts.
        return due.plus(cluster.get().requestTimeout().multipliedBy(2))
                .plus(cluster.get().electionTimeout().multipliedBy(2));
    }

    /** Closes on another thread, because a member that died may hang. Returns what went wrong. */
    static Optional<Failure> within(Duration due, Runnable close) {
        CompletableFuture<Optional<Failure>> closed = new CompletableFuture<>();
        Thread closing = new Thread(
                () -> {
                    try {
                        close.run();
                        closed.complete(Optional.empty());
                    } catch (RuntimeException e) {
                        closed.complete(Optional.of(Failure.ofServer(e)));
                    }
                },
                "close");
        closing.setDaemon(true);
        closing.start();
        Failure late = new Failure(
                ExitCode.DISK,
                "the store did not close in time, its disk is slow or hangs: waited=" + due.toSeconds()
                        + "s; nothing acknowledged is lost, the next start replays the log");
        return closed.completeOnTimeout(Optional.of(late), due.toNanos(), TimeUnit.NANOSECONDS)
                .join();
    }
}
