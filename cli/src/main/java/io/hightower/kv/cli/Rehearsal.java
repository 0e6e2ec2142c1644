package io.hightower.kv.cli;

import io.hightower.kv.engine.Options;
import io.hightower.kv.server.KvServer;
import io.hightower.kv.server.ServerOptions;
import io.hightower.kv.server.listen.ListenAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A run through the commands against a server of its own, after which Java writes down the classes that were loaded. The
 * launcher makes the archive of classes with it, see {@code bin/hightower}.
 */
public final class Rehearsal {
    private Rehearsal() {}

    /** Runs the commands. What fails is left out of the archive, which is only a matter of speed. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createTempDirectory("hightower-rehearsal");
        try {
            ServerOptions options = ServerOptions.at(directory)
                    .withRest(new ListenAddress("127.0.0.1", 0))
                    .withEngine(Options.at(directory.resolve("data")).withFreeDiskBytesMin(0));
            try (KvServer server = KvServer.start(options)) {
                rehearse(server.restAddress().url(), directory);
            }
        } finally {
            delete(directory);
        }
        // Threads of libraries may live on for a while.
        System.exit(0);
    }

    private static void rehearse(String endpoint, Path directory) throws IOException {
        Path lines = directory.resolve("lines");
        Files.writeString(lines, "a\tb\nc\td\n");
        List<List<String>> commands = List.of(
                List.of("--help"),
                List.of("server", "--help"),
                List.of("put", "key", "value"),
                List.of("get", "key"),
                List.of("get", "absent"),
                List.of("scan", "--json"),
                List.of("status"),
                List.of("status", "--json"),
                List.of("import", lines.toString()),
                List.of("export"),
                List.of("del", "key"));
        for (List<String> command : commands) {
            HightowerCommand.run(command.toArray(String[]::new), silent(endpoint));
        }
    }

    private static Surroundings silent(String endpoint) {
        return new Surroundings(
                new ByteArrayInputStream(new byte[0]),
                OutputStream.nullOutputStream(),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                name -> name.equals("HIGHTOWER_ENDPOINTS") ? Optional.of(endpoint) : Optional.empty(),
                false);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> found = Files.walk(directory)) {
            found.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
