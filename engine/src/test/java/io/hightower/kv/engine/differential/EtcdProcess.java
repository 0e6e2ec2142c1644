package io.hightower.kv.engine.differential;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A running etcd without anything in it: one member, on loopback, on ports that were free, in a directory of its own that goes
 * with it. <b>Used by one thread at a time.</b>
 */
final class EtcdProcess implements AutoCloseable {
    /** Names the program; without it, {@code etcd} is looked for where commands are. */
    static final String PROGRAM_PROPERTY = "hightower.etcd";

    /** The generation whose answers are known, see {@link ListedDifference}. */
    static final String KNOWN_GENERATION = "3.4.";

    private static final String VERSION_LINE = "etcd Version: ";
    private static final int HALT_SECONDS = 20;
    private static final int LOG_CHARACTERS_SHOWN = 4000;

    /** Where it puts its files: memory where that can be had, because it forces each write to disk before it answers. */
    private static final Path MEMORY = Path.of("/dev/shm");

    private final Process process;
    private final Path directory;
    private final URI clients;
    private final URI peers;
    private final Thread killer;

    private EtcdProcess(Process process, Path directory, URI clients, URI peers) {
        this.process = process;
        this.directory = directory;
        this.clients = clients;
        this.peers = peers;
        this.killer = new Thread(this::remove, "etcd-killer-" + process.pid());
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /** Returns the program, if there is one. */
    static Optional<Path> find() {
        String named = System.getProperty(PROGRAM_PROPERTY);
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "etcd"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Returns the version of the program, as {@code 3.4.23}. */
    static String version(Path program) throws IOException, InterruptedException {
        Process asked = new ProcessBuilder(program.toString(), "--version")
                .redirectErrorStream(true)
                .start();
        String text = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!asked.waitFor(HALT_SECONDS, TimeUnit.SECONDS)) {
            asked.destroyForcibly();
        }
        return text.lines()
                .filter(line -> line.startsWith(VERSION_LINE))
                .findFirst()
                .map(line -> line.substring(VERSION_LINE.length()).strip())
                .orElseThrow(() -> new IOException("Not an etcd: program=" + program + " says=" + text));
    }

    /** Starts the program; it takes calls once {@link EtcdGateway#awaitReady} has returned. */
    static EtcdProcess start(Path program) throws IOException {
        Path directory = Files.isWritable(MEMORY)
                ? Files.createTempDirectory(MEMORY, "etcd-")
                : Files.createTempDirectory("etcd-");
        URI clients = freeAddress();
        URI peers = freeAddress();
        List<String> command = List.of(
                program.toString(),
                "--data-dir=" + directory.resolve("data"),
                "--listen-client-urls=" + clients,
                "--advertise-client-urls=" + clients,
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=default=" + peers,
                // It is alone, so it may elect itself at once. It grants no lease for less than 1.5 of such times,
                // rounded up.
                "--heartbeat-interval=20",
                "--election-timeout=100",
                "--snapshot-count=1000000",
                "--logger=zap",
                "--log-level=error");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        return new EtcdProcess(process, directory, clients, peers);
    }

    private static URI freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
    }

    /** Returns where clients call. */
    URI clients() {
        return clients;
    }

    /** Returns where other members call. */
    URI peers() {
        return peers;
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** Returns the last of what it said about itself. */
    String log() {
        try {
            String log = Files.readString(directory.resolve("log"));
            return log.substring(Math.max(0, log.length() - LOG_CHARACTERS_SHOWN));
        } catch (IOException e) {
            return "cannot be read: " + e;
        }
    }

    /** Kills it, waits until it is gone, and removes its files. */
    @Override
    public void close() {
        remove();
        Runtime.getRuntime().removeShutdownHook(killer);
    }

    private void remove() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(HALT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("Does not end: pid=" + process.pid());
            }
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).forEach(EtcdProcess::delete);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
