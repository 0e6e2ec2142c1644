package io.hightower.kv.cli;

import io.hightower.kv.cli.process.InputWatch;
import io.hightower.kv.cli.process.StopSignals;
import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.engine.Options;
import io.hightower.kv.server.KvServer;
import io.hightower.kv.server.ServerOptions;
import io.hightower.kv.server.listen.ListenAddress;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.api.MemberDeath;
import io.hightower.kv.storage.log.SyncPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code server} command: serves one store until a signal comes or the replication dies. */
@Command(
        name = "server",
        description = {
            "Serve a store, alone or as a member of a cluster.",
            "",
            "When it serves, one line on the standard output says where: ready rest=URL. The log goes to the standard "
                    + "error. SIGTERM and SIGINT stop it cleanly, with exit code 0. docs/cli.md lists the other exit codes."
        },
        footer = {
            "",
            "Examples:",
            "  hightower server",
            "  hightower server --http-addr 0.0.0.0:8080 --data-dir /var/lib/hightower",
            "  hightower server --sync interval=25ms --memory-bytes-max 2GiB",
            "  hightower server --name a --initial-cluster a=http://h1:2380,b=http://h2:2380,c=http://h3:2380",
            "",
            "Environment: KV_HTTP_ADDR and KV_DATA_DIR stand for --http-addr and --data-dir, flags win;",
            "HIGHTOWER_JAVA_OPTS is added to the arguments of Java."
        })
final class ServerCommand implements Callable<Integer> {
    private final Surroundings surroundings;
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();

    @Option(
            names = "--http-addr",
            paramLabel = "HOST:PORT",
            description = "Where the REST API listens. Default: 127.0.0.1:8080.")
    private String httpAddress = "127.0.0.1:8080";

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where the store lives; created when missing. Default: ./hightower-data.")
    private Path dataDirectory = Path.of("hightower-data");

    @Option(
            names = "--sync",
            paramLabel = "POLICY",
            converter = SyncPolicyConverter.class,
            description = {
                "When the log is forced to disk, and so what a power failure can take of what was acknowledged. "
                        + "every (default): nothing. interval=25ms: what came in that time. bytes=1MiB: that much. "
                        + "never: what the system had not written. The end of the process alone takes nothing. "
                        + "A member of a cluster always forces, and refuses another policy."
            })
    private @Nullable SyncPolicy sync;

    @Option(
            names = "--shutdown-grace",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long requests in flight may take to finish at the end, 0 to 10m. Default: 10s.")
    private @Nullable Duration shutdownGrace;

    @Option(names = "--stop-with-input", hidden = true, description = "Stop when the standard input ends.")
    private boolean stopWithInput;

    @Mixin
    private final MemberFlags membership = new MemberFlags();

    @Mixin
    private final PeerTlsFlags peerTls = new PeerTlsFlags();

    @Mixin
    private final EngineFlags tuning = new EngineFlags();

    /** Why a server ends. */
    private record Ending(int exitCode, Optional<String> reason) {
        static final Ending ASKED = new Ending(ExitCode.OK, Optional.empty());
    }

    ServerCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Thread.setDefaultUncaughtExceptionHandler(this::uncaught);
        // Libraries inside Ratis write their log this way, past the configuration of the server's.
        Logger.getLogger("").setLevel(Level.WARNING);
        StopSignals signals = StopSignals.calling(() -> ending.complete(Ending.ASKED));
        try {
            return serve();
        } finally {
            signals.close();
        }
    }

    private int serve() {
        if (stopWithInput) {
            InputWatch.whenEnded(surroundings.input(), () -> ending.complete(Ending.ASKED));
        }
        ServerOptions options;
        KvServer server;
        try {
            options = options();
            server = KvServer.start(options);
        } catch (RuntimeException | InvariantViolation e) {
            throw new CommandFailure(Failure.ofServer(e), e);
        }
        if (!ending.isDone()) {
            sayReady(server);
        }
        Ending end = ending.join();
        end.reason().ifPresent(surroundings::tell);
        Optional<Failure> problem = Closing.within(Closing.due(options), server::close);
        problem.ifPresent(failure -> surroundings.tell(failure.line()));
        return end.exitCode() != ExitCode.OK
                ? end.exitCode()
                : problem.map(Failure::exitCode).orElse(ExitCode.OK);
    }

    /**
     * Returns what the flags say.
     *
     * @throws IllegalArgumentException naming a flag, its value and its bounds
     */
    ServerOptions options() {
        return FlagNames.naming(this::checkedOptions);
    }

    private ServerOptions checkedOptions() {
        Optional<ClusterOptions> member = membership.membership(tuning);
        if (member.isPresent() && sync != null && !sync.equals(SyncPolicy.everyWrite())) {
            throw new IllegalArgumentException(
                    "a member of a cluster always forces its log to disk: leave --sync out, or say --sync every");
        }
        Options engine = tuning.options(dataDirectory);
        engine = sync == null ? engine : engine.withSync(sync);
        if (member.isPresent()) {
            engine = engine.withCluster(peerTls.applyTo(member.get()).withOnDeath(this::memberDied));
        } else {
            peerTls.requireNone();
        }
        ServerOptions server = ServerOptions.at(dataDirectory)
                .withRest(ListenAddress.parse(httpAddress))
                .withEngine(engine);
        return shutdownGrace == null ? server : server.withShutdownGrace(shutdownGrace);
    }

    private void sayReady(KvServer server) {
        String line = "ready rest=" + server.restAddress().url() + "\n";
        try {
            surroundings.output().write(line.getBytes(StandardCharsets.UTF_8));
            surroundings.output().flush();
        } catch (IOException | OutputException e) {
            // Nobody listens to the answer, which is no reason not to serve.
            surroundings.tell("cannot say that the server is ready: " + e);
        }
    }

    private void memberDied(MemberDeath death) {
        boolean removed = death.kind() == MemberDeath.Kind.REMOVED;
        ending.complete(new Ending(
                removed ? ExitCode.REMOVED : ExitCode.REPLICATION,
                Optional.of("this member can no longer take part in its cluster: " + death.reason()
                        + (removed ? "" : "; start it again"))));
    }

    /** A broken invariant means that going on could write damage; the log on disk is the truth to start from. */
    private void uncaught(Thread thread, Throwable thrown) {
        surroundings.tell("a thread failed: thread=" + thread.getName() + " cause=" + thrown);
        thrown.printStackTrace(surroundings.errors());
        if (thrown instanceof Error) {
            Runtime.getRuntime().halt(ExitCode.INTERNAL);
        }
    }
}
