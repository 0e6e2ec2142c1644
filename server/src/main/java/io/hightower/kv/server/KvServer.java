package io.hightower.kv.server;

import io.hightower.kv.engine.Hightower;
import io.hightower.kv.server.listen.ListenAddress;
import io.hightower.kv.server.metrics.ServerMetrics;
import io.hightower.kv.server.rest.RestLimits;
import io.hightower.kv.server.rest.RestOptions;
import io.hightower.kv.server.rest.RestServer;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A running server: one engine and the surfaces that serve it.
 *
 * <p><b>Threads.</b> Thread-safe. <b>Lifetime.</b> Open from {@link #start} to {@link #close}.
 */
public final class KvServer implements AutoCloseable {
    private static final Duration HAND_OVER_LEAST = Duration.ofSeconds(1);

    private final ServerMetrics metrics;
    private final LocalEngine engine;
    private final Vertx vertx;
    private final RestServer rest;
    private final AtomicBoolean closed = new AtomicBoolean();

    private KvServer(ServerMetrics metrics, LocalEngine engine, Vertx vertx, RestServer rest) {
        this.metrics = metrics;
        this.engine = engine;
        this.vertx = vertx;
        this.rest = rest;
    }

    /**
     * Opens the store and serves it. On return the server accepts requests; if it throws, everything is closed again.
     *
     * @throws io.hightower.kv.server.listen.ListenException if an address cannot be listened on
     * @throws io.hightower.kv.statemachine.StorageException if the store cannot be opened
     */
    public static KvServer start(ServerOptions options) {
        ServerMetrics metrics = new ServerMetrics();
        try {
            LocalEngine engine = Hightower.open(options.engine().withMetrics(metrics.engine()));
            metrics.watch(engine);
            return serve(options, metrics, engine);
        } catch (Throwable failure) {
            metrics.close();
            throw failure;
        }
    }

    private static KvServer serve(ServerOptions options, ServerMetrics metrics, LocalEngine engine) {
        Vertx vertx = newVertx();
        try {
            RestOptions restOptions = new RestOptions(
                    options.rest(), options.engine().requestBytesMax(), options.shutdownGrace(), limits(options));
            return new KvServer(metrics, engine, vertx, RestServer.start(vertx, engine, restOptions, metrics));
        } catch (Throwable failure) {
            vertx.close().toCompletionStage().toCompletableFuture().join();
            engine.close();
            throw failure;
        }
    }

    /** A write waits for a thread about as long as the engine lets it wait for room; without any wait it would starve. */
    private static RestLimits limits(ServerOptions options) {
        Duration enqueueTimeout = options.engine().enqueueTimeout();
        return RestLimits.defaults()
                .withHandOverMax(enqueueTimeout.compareTo(HAND_OVER_LEAST) > 0 ? enqueueTimeout : HAND_OVER_LEAST);
    }

    /** Nothing is served from files, so Vert.x needs no directory to unpack some into. */
    private static Vertx newVertx() {
        return Vertx.vertx(new VertxOptions()
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    }

    /** Returns where the REST surface listens, with the port that was chosen if 0 was configured. */
    public ListenAddress restAddress() {
        return rest.address();
    }

    /** Returns the store, for surfaces in the same process. It is closed with the server. */
    public LocalEngine engine() {
        return engine;
    }

    /**
     * Stops to accept requests, finishes those in flight within the grace, makes everything durable and closes the store.
     * Idempotent.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            rest.close();
        } finally {
            closeStoreAndMetrics();
        }
    }

    private void closeStoreAndMetrics() {
        try {
            engine.close();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
            metrics.close();
        }
    }
}
