package io.hightower.kv.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a command sees of the process that it runs in.
 *
 * @param input the standard input
 * @param output where answers go; of this process an {@link AnswerOutput}, because a {@link PrintStream} hides that nobody
 *     reads any more
 * @param errors where everything else goes that people should read
 * @param variables the environment variables by name; an empty one counts as absent
 * @param terminal whether {@code errors} is a terminal
 */
record Surroundings(
        InputStream input,
        OutputStream output,
        PrintStream errors,
        Function<String, Optional<String>> variables,
        boolean terminal) {
    /** Set by the launcher, which can ask the system; Java cannot ask for a single stream. */
    private static final String TERMINAL_PROPERTY = "hightower.terminal";

    /** Returns those of this process. */
    static Surroundings ofProcess() {
        return new Surroundings(
                new FileInputStream(FileDescriptor.in),
                new AnswerOutput(new FileOutputStream(FileDescriptor.out)),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                name -> Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty()),
                Boolean.getBoolean(TERMINAL_PROPERTY));
    }

    /** Tells people something, in one line. */
    void tell(String message) {
        errors.println("hightower: " + message.replace("\n", " "));
    }
}
