package io.hightower.kv.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * What a run of the command did. <b>Immutable.</b>
 *
 * @param exitCode its exit code
 * @param output its standard output, byte for byte
 * @param errors its standard error
 */
record CommandRun(int exitCode, String output, String errors) {
    /** Runs a command with these variables and this input, one character a byte. */
    static CommandRun of(Map<String, String> variables, String input, String... arguments) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int exitCode = HightowerCommand.run(arguments, surroundings(variables, input, output, errors));
        return new CommandRun(
                exitCode, output.toString(StandardCharsets.ISO_8859_1), errors.toString(StandardCharsets.UTF_8));
    }

    /** Runs a command without variables and input. */
    static CommandRun of(String... arguments) {
        return of(Map.of(), "", arguments);
    }

    /** Runs a command whose output nobody reads. */
    static CommandRun intoBrokenPipe(Map<String, String> variables, String... arguments) {
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int content) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        int exitCode = HightowerCommand.run(arguments, surroundings(variables, "", new AnswerOutput(broken), errors));
        return new CommandRun(exitCode, "", errors.toString(StandardCharsets.UTF_8));
    }

    private static Surroundings surroundings(
            Map<String, String> variables, String input, OutputStream output, OutputStream errors) {
        return new Surroundings(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)),
                output,
                new PrintStream(errors, true, StandardCharsets.UTF_8),
                name -> Optional.ofNullable(variables.get(name)),
                false);
    }
}
