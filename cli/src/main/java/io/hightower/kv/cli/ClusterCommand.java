package io.hightower.kv.cli;

import io.hightower.kv.cli.process.ChildSpec;
import io.hightower.kv.cli.process.RestartPolicy;
import io.hightower.kv.cli.process.StopSignals;
import io.hightower.kv.cli.process.Supervisor;
import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.server.ServerOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code cluster} command: three member processes on this machine under one parent, until a signal comes. */
@Command(
        name = "cluster",
        description = {
            "Run a cluster of three members on this machine, each a process of its own.",
            "",
            "Member n1, n2 and n3 answer REST at the base port and the two behind it, and speak to each other at these ports "
                    + "plus 100. Each keeps its data in DIR/NAME/data and its process id in DIR/NAME/pid. When all are healthy "
                    + "and have a leader, one line on the standard output says where: ready rest=URL,URL,URL. The logs of the "
                    + "members go to the standard error, each line with the member's name.",
            "",
            "A member that dies is reported and started again, after 1 s, 2 s, 4 s and so on up to 30 s, ten times in a row "
                    + "at most; see --no-restart. SIGTERM and SIGINT stop all of them, with exit code 0. If the parent is "
                    + "killed, the members end by themselves."
        },
        footer = {
            "",
            "Examples:",
            "  hightower cluster",
            "  hightower cluster --data-dir /tmp/three --base-port 9000",
            "  hightower certs init --dir certs; hightower cluster --certs certs",
            "  hightower put --endpoints http://127.0.0.1:8080,http://127.0.0.1:8081,http://127.0.0.1:8082 k v",
            "",
            "Environment: KV_DATA_DIR stands for --data-dir; HIGHTOWER_JAVA_OPTS is added to the arguments of Java."
        })
final class ClusterCommand implements Callable<Integer> {
    private static final int MEMBERS = 3;
    private static final int PEER_PORT_DISTANCE = 100;
    private static final int PORT_MAX = 65_535 - PEER_PORT_DISTANCE - MEMBERS + 1;

    /** Held while the cluster runs, so that two of them do not write over each other's process ids. */
    private static final String LOCK_FILE = "cluster.lock";

    /** Flags of the parent; all others are flags of the members. */
    private static final Set<String> OWN_FLAGS = Set.of("--data-dir", "--base-port", "--no-restart", "--certs");

    private static final long HEALTH_INTERVAL_MILLIS = 50;
    private static final long WORD_INTERVAL_NANOS = 10_000_000_000L;

    /** For the process of a member to end when the member has closed, or has given up closing. */
    private static final Duration END_DUE = Duration.ofSeconds(10);

    private final Surroundings surroundings;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where the members keep their data; created when missing. Default: ./hightower-data.")
    private Path dataDirectory = Path.of("hightower-data");

    @Option(names = "--base-port", paramLabel = "PORT", description = "REST port of the first member. Default: 8080.")
    private int basePort = 8080;

    @Option(
            names = "--certs",
            paramLabel = "DIR",
            description =
                    "Members speak TLS to each other with the certificates there: n1.crt and n1.key of the first, and so "
                            + "on, and ca.crt, as 'hightower certs init' makes them. Default: no TLS.")
    private @Nullable Path certificates;

    @Option(names = "--no-restart", description = "Leave a member that died where it is.")
    private boolean noRestart;

    /** Go to the members as they were given. */
    @Mixin
    private final EngineFlags tuning = new EngineFlags();

    @Spec
    private @Nullable CommandSpec spec;

    ClusterCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (basePort < 1 || basePort > PORT_MAX) {
            throw new CommandFailure(
                    ExitCode.USAGE, "an option is out of bounds: base-port=" + basePort + " bounds=1 to " + PORT_MAX);
        }
        List<ClusterMember> members = members();
        Duration stopPatience = stopPatience();
        members.forEach(this::requireCertificates);
        for (ClusterMember member : members) {
            Files.createDirectories(member.directory());
        }
        Path lockFile = dataDirectory.resolve(LOCK_FILE);
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (channel.tryLock() == null) {
                throw new CommandFailure(
                        ExitCode.DIRECTORY_IN_USE,
                        "another cluster runs in this directory; stop it or choose another with --data-dir: directory="
                                + dataDirectory);
            }
            return run(members, stopPatience);
        }
    }

    private int run(List<ClusterMember> members, Duration stopPatience) throws InterruptedException {
        ClusterWatch watch = new ClusterWatch(surroundings, members);
        RestartPolicy restarts = noRestart ? RestartPolicy.never() : RestartPolicy.usual();
        List<ChildSpec> children = new ArrayList<>();
        for (ClusterMember member : members) {
            surroundings.tell("member " + member.name() + ": rest=" + member.restUrl() + " peer=" + member.peerAddress()
                    + " directory=" + member.directory());
            children.add(new ChildSpec(member.name(), command(member, members), member.pidFile()));
        }
        StopSignals signals = StopSignals.calling(() -> watch.ending().complete(ExitCode.OK));
        try (Supervisor supervisor = new Supervisor(children, restarts, stopPatience, watch)) {
            supervisor.start();
            awaitReady(watch, members);
            return watch.ending().join();
        } finally {
            signals.close();
        }
    }

    /** Returns when the cluster serves, which it has then said, or is to end. */
    private void awaitReady(ClusterWatch watch, List<ClusterMember> members) throws InterruptedException {
        long begun = System.nanoTime();
        long nextWord = begun + WORD_INTERVAL_NANOS;
        while (!watch.ending().isDone()) {
            List<String> unhealthy = watch.unhealthy();
            if (unhealthy.isEmpty()) {
                watch.becameReady();
                sayReady(members);
                return;
            }
            if (System.nanoTime() - nextWord > 0) {
                surroundings.tell("not ready yet: waitingFor=" + String.join(",", unhealthy));
                nextWord += WORD_INTERVAL_NANOS;
            }
            Thread.sleep(HEALTH_INTERVAL_MILLIS);
        }
    }

    private void sayReady(List<ClusterMember> members) {
        String urls = members.stream().map(ClusterMember::restUrl).collect(Collectors.joining(","));
        try {
            surroundings.output().write(("ready rest=" + urls + "\n").getBytes(StandardCharsets.UTF_8));
            surroundings.output().flush();
        } catch (IOException | OutputException e) {
            // Nobody listens to the answer, which is no reason not to serve.
            surroundings.tell("cannot say that the cluster is ready: " + e);
        }
    }

    /**
     * Returns how long a member may take to stop: longer than it gives itself, so that it always has the last word.
     *
     * @throws IllegalArgumentException naming a flag, its value and its bounds
     */
    Duration stopPatience() {
        List<ClusterMember> members = members();
        ServerOptions member = FlagNames.naming(() -> {
            ClusterOptions cluster = ClusterOptions.of(members.get(0).name(), peerAddresses(members));
            return ServerOptions.at(dataDirectory)
                    .withEngine(tuning.options(dataDirectory).withCluster(tuning.applyTo(cluster)));
        });
        return Closing.due(member).plus(END_DUE);
    }

    private static Map<String, String> peerAddresses(List<ClusterMember> members) {
        return members.stream().collect(Collectors.toMap(ClusterMember::name, ClusterMember::peerAddress));
    }

    List<ClusterMember> members() {
        List<ClusterMember> members = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            String name = "n" + (i + 1);
            int restPort = basePort + i;
            members.add(new ClusterMember(name, restPort, restPort + PEER_PORT_DISTANCE, dataDirectory.resolve(name)));
        }
        return members;
    }

    /** Returns the flags that make a member speak TLS, if it is to. */
    List<String> tlsArguments(ClusterMember member) {
        return certificates == null
                ? List.of()
                : List.of(
                        "--peer-cert-file=" + certificates.resolve(member.name() + ".crt"),
                        "--peer-key-file=" + certificates.resolve(member.name() + ".key"),
                        "--peer-trusted-ca-file=" + certificates.resolve("ca.crt"));
    }

    private void requireCertificates(ClusterMember member) {
        for (String flag : tlsArguments(member)) {
            Path file = Path.of(flag.substring(flag.indexOf('=') + 1));
            if (!Files.isReadable(file)) {
                throw new CommandFailure(
                        ExitCode.DISK,
                        "a file of --certs cannot be read; 'hightower certs init --dir " + certificates
                                + "' makes all of them: file=" + file);
            }
        }
    }

    /** Returns the command of a member: this Java, its arguments and its class path. */
    private List<String> command(ClusterMember member, List<ClusterMember> members) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Main.class.getName());
        command.add("server");
        command.add("--stop-with-input");
        command.add("--http-addr=" + member.restAddress());
        command.add("--data-dir=" + member.dataDirectory());
        command.add("--name=" + member.name());
        command.add("--initial-cluster="
                + members.stream()
                        .map(m -> m.name() + "=" + (certificates == null ? "http://" : "https://") + m.peerAddress())
                        .collect(Collectors.joining(",")));
        command.addAll(tlsArguments(member));
        command.addAll(tuningArguments());
        return command;
    }

    /** Returns the flags of the engine as they were given. */
    List<String> tuningArguments() {
        List<String> arguments = new ArrayList<>();
        for (OptionSpec option :
                Objects.requireNonNull(spec).commandLine().getParseResult().matchedOptions()) {
            if (!OWN_FLAGS.contains(option.longestName())) {
                arguments.add(option.longestName() + "="
                        + option.originalStringValues().get(0));
            }
        }
        return arguments;
    }
}
