package io.hightower.kv.server;

import io.hightower.kv.engine.Options;
import io.hightower.kv.server.listen.ListenAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Every knob of a server. Begin with {@link #at} and change single knobs with the {@code with…} methods.
 *
 * <p><b>Immutable.</b>
 *
 * @param rest where the REST surface listens. Default 127.0.0.1:8080: reachable from this machine only, because the surface
 *     asks nobody for a password
 * @param engine the knobs of the store; its {@code metrics} are replaced by those of the server
 * @param shutdownGrace how long requests in flight may take to finish when the server stops, 0 to 10 min. Default 10 s: more
 *     than a request may take in a cluster
 */
public record ServerOptions(ListenAddress rest, Options engine, Duration shutdownGrace) {
    private static final Duration SHUTDOWN_GRACE_MAX = Duration.ofMinutes(10);

    /** Checks the grace. */
    public ServerOptions {
        if (shutdownGrace.isNegative() || shutdownGrace.compareTo(SHUTDOWN_GRACE_MAX) > 0) {
            throw new IllegalArgumentException(
                    "An option is out of bounds: shutdownGrace=" + shutdownGrace + " bounds=0 to 10 min");
        }
    }

    /** Returns the defaults for a store in {@code directory}. */
    public static ServerOptions at(Path directory) {
        return new ServerOptions(new ListenAddress("127.0.0.1", 8080), Options.at(directory), Duration.ofSeconds(10));
    }

    /** Returns the same options with another address of the REST surface. */
    public ServerOptions withRest(ListenAddress newRest) {
        return new ServerOptions(newRest, engine, shutdownGrace);
    }

    /** Returns the same options with other knobs of the store. */
    public ServerOptions withEngine(Options newEngine) {
        return new ServerOptions(rest, newEngine, shutdownGrace);
    }

    /** Returns the same options with another grace for requests in flight. */
    public ServerOptions withShutdownGrace(Duration newShutdownGrace) {
        return new ServerOptions(rest, engine, newShutdownGrace);
    }
}
