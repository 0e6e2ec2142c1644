package io.hightower.kv.server.rest;

import io.hightower.kv.server.metrics.RequestMetrics;
import io.netty.channel.ChannelFuture;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The connections of the surface: counted, and closed at once when they are too many. Thread-safe. */
final class Connections {
    private final int connectionsMax;
    private final RequestMetrics metrics;
    private final AtomicInteger count = new AtomicInteger();
    private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();

    Connections(int connectionsMax, RequestMetrics metrics) {
        this.connectionsMax = connectionsMax;
        this.metrics = metrics;
        metrics.watchConnections(count::get);
    }

    /** Takes a new connection, or closes it. */
    void admit(HttpConnection connection) {
        if (count.incrementAndGet() > connectionsMax) {
            count.decrementAndGet();
            metrics.connectionRefused();
            connection.close();
            return;
        }
        open.add(connection);
        connection.closeHandler(closed -> {
            open.remove(connection);
            count.decrementAndGet();
        });
    }

    /** Cuts all that are left. */
    void cutAll() {
        open.forEach(Connections::cut);
    }

    /**
     * Ends a connection now. Its own way to close writes first what waits to be written, and a client that does not read
     * would never let that happen.
     */
    static void cut(HttpConnection connection) {
        ChannelFuture unused =
                ((HttpServerConnection) connection).channelHandlerContext().close();
    }
}
