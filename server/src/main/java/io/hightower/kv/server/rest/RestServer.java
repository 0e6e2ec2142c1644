package io.hightower.kv.server.rest;

import io.hightower.kv.server.listen.ListenAddress;
import io.hightower.kv.server.listen.ListenException;
import io.hightower.kv.server.metrics.ServerMetrics;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The REST surface while it listens. Speaks HTTP/1.1 with keep-alive and pipelining.
 *
 * <p><b>Threads.</b> Thread-safe. <b>Lifetime.</b> {@link #close} lets requests in flight finish; the engine must stay open
 * until it returns.
 */
public final class RestServer implements AutoCloseable {
    /** The longest request line: two keys of the greatest size in base64, every character percent-encoded. */
    private static final int REQUEST_LINE_BYTES_MAX = 2 * 3 * 4 * ((Limits.KEY_BYTES_MAX + 3) / 3) + 1024;

    private static final int HEADER_BYTES_MAX = 16 * 1024;

    /** Idle connections are closed after so long; more than the 20 min after which Java's own client forgets them. */
    private static final int IDLE_MINUTES_MAX = 30;

    private final Vertx vertx;
    private final RestOptions options;
    private final RestThreads threads = new RestThreads();
    private final Connections connections;
    private final List<HttpServer> listeners = new CopyOnWriteArrayList<>();

    private RestServer(Vertx vertx, RestOptions options, ServerMetrics metrics) {
        this.vertx = vertx;
        this.options = options;
        this.connections = new Connections(options.limits().connectionsMax(), metrics.requests());
    }

    /**
     * Begins to serve {@code engine}, which stays the caller's to close.
     *
     * @throws ListenException if the address cannot be listened on
     */
    public static RestServer start(Vertx vertx, LocalEngine engine, RestOptions options, ServerMetrics metrics) {
        RestServer server = new RestServer(vertx, options, metrics);
        RestLimits limits = options.limits();
        ByteBudget bodies = new ByteBudget(limits.bodiesBytesMax());
        ByteBudget answers = new ByteBudget(limits.answersBytesMax());
        WriteHandOver writes = new WriteHandOver(server.threads.writes(), limits.handOverMax());
        RestRouter router = RestRouter.of(
                new KeyOperations(engine, writes, options.bodyBytesMax(), bodies, answers),
                new ScanOperation(engine, server.threads.streams(), answers),
                new StatusOperations(vertx, engine, metrics),
                new MemberOperations(vertx, engine, options.bodyBytesMax(), bodies));
        server.listen(new RestHandler(vertx, router, metrics.requests(), options));
        return server;
    }

    private void listen(RestHandler handler) {
        // One listener per event loop shares the load; a negative port makes them share one that is chosen for them.
        int port = options.address().port() == 0 ? -1 : options.address().port();
        int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
        Future<String> deployed = vertx.deployVerticle(
                () -> new VerticleBase() {
                    @Override
                    public Future<?> start() {
                        HttpServer listener = vertx.createHttpServer(httpOptions())
                                .connectionHandler(connections::admit)
                                .requestHandler(request -> handler.handle(request, context))
                                .invalidRequestHandler(request -> handler.refuse(request, context));
                        listeners.add(listener);
                        return listener.listen(port, options.address().host());
                    }
                },
                new DeploymentOptions().setInstances(loops));
        try {
            await(deployed);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            threads.close();
            throw new ListenException(options.address(), cause == null ? e : cause);
        }
    }

    private static HttpServerOptions httpOptions() {
        return new HttpServerOptions()
                .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
                .setMaxHeaderSize(HEADER_BYTES_MAX)
                .setHttp2ClearTextEnabled(false)
                .setTcpKeepAlive(true)
                .setIdleTimeout(IDLE_MINUTES_MAX)
                .setIdleTimeoutUnit(TimeUnit.MINUTES);
    }

    /** Returns where the surface really listens: the configured address, with the chosen port if that was 0. */
    public ListenAddress address() {
        return options.address().withPort(listeners.get(0).actualPort());
    }

    /**
     * Stops to accept connections, closes idle ones, waits for the requests in flight, but not longer than the grace, and
     * closes what is left. Idempotent.
     */
    @Override
    public void close() {
        long graceMillis = options.shutdownGrace().toMillis();
        List<Future<Void>> stopping = listeners.stream()
                .map(listener -> listener.shutdown(graceMillis, TimeUnit.MILLISECONDS))
                .toList();
        try {
            await(Future.join(stopping));
        } catch (ExecutionException e) {
            throw new IllegalStateException("The REST surface did not stop", e);
        }
        // Who does not read what waits for it would keep its connection beyond the grace.
        connections.cutAll();
        // Every connection is closed now, so streams end at their next chunk.
        threads.close();
    }

    private static <T> T await(Future<T> future) throws ExecutionException {
        try {
            return future.toCompletionStage().toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExecutionException(e);
        }
    }
}
