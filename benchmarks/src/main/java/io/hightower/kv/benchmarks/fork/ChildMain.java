package io.hightower.kv.benchmarks.fork;

import io.hightower.kv.benchmarks.candidate.Engine;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The entry of a child process: does one {@link ChildTask} and prints what it found, a number a line. */
public final class ChildMain {
    private ChildMain() {}

    /** Runs the task with the arguments task, engine, folder, number of keys, nanoseconds. */
    public static void main(String[] arguments) {
        ChildTask task = ChildTask.valueOf(arguments[0]);
        Engine engine = Engine.valueOf(arguments[1]);
        ChildTask.Order order = new ChildTask.Order(
                engine, Path.of(arguments[2]), Long.parseLong(arguments[3]), Long.parseLong(arguments[4]));
        Map<String, Double> facts = new TreeMap<>(task.run(order));
        facts.forEach((name, number) -> System.out.println(name + "=" + number));
        System.out.flush();
        // As if killed: nothing is closed. Threads of the stores would keep the process, too.
        Runtime.getRuntime().halt(0);
    }
}
