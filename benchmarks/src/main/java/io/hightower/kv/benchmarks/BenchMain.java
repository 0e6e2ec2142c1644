package io.hightower.kv.benchmarks;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The entry of the process that a workload runs in, so that each begins with a fresh JVM. */
public final class BenchMain {
    private BenchMain() {}

    /** Runs the command that the arguments name. */
    public static void main(String[] arguments) {
        PrintWriter output = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter errors = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(new BenchTool().run(output, errors, arguments));
    }
}
