package io.hightower.kv.cli.process;

import java.nio.file.Path;
import java.util.List;

/**
 * A process to run. <b>Immutable.</b>
 *
 * @param name what people call it
 * @param command the program and its arguments
 * @param pidFile where its process id is kept while it runs; the directory exists
 */
public record ChildSpec(String name, List<String> command, Path pidFile) {
    /** Copies the command. */
    public ChildSpec {
        command = List.copyOf(command);
    }
}
