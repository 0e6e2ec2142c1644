package io.hightower.kv.cluster.process;

import io.hightower.kv.replication.ratis.security.SerializedExceptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that runs the command line of this very class path in a new Java process. */
final class JavaCommand {
    /** Small enough for three members and their clients on a small machine. */
    private static final String HEAP = "-Xmx512m";

    private JavaCommand() {}

    static List<String> of(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djdk.serialFilter=" + SerializedExceptions.FILTER,
                "-cp",
                classPath(),
                "io.hightower.kv.cli.Main"));
        command.addAll(arguments);
        return command;
    }

    private static String classPath() {
        // Surefire hides the real class path behind a jar of its own and tells it here.
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
