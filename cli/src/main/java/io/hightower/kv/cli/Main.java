package io.hightower.kv.cli;

/** The entry of the {@code hightower} command. */
public final class Main {
    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(HightowerCommand.run(arguments, Surroundings.ofProcess()));
    }
}
