package io.hightower.kv.benchmarks.fork;

import io.hightower.kv.benchmarks.candidate.CandidateException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A child process with the Java, the class path and the flags of this one. <b>Immutable.</b> */
public final class ChildJvm {
    /** Those that run, so that none outlives this process. */
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    private static final List<String> FLAGS_TAKEN_OVER = List.of("-XX:", "-Xlog", "--enable", "--sun-misc", "-Xshare");
    private static final String ARCHIVE_FLAG = "-XX:SharedArchiveFile";

    /** Where Logback is on the class path, only warnings are logged. */
    private static final String LOGGING_FLAG = "-Dlogback.configurationFile=io/hightower/kv/benchmarks/logback.xml";

    private final List<String> prefix;
    private final List<String> flags;

    private ChildJvm(List<String> prefix, List<String> flags) {
        this.prefix = prefix;
        this.flags = flags;
    }

    /** Returns a child with the flags of this process. */
    public static ChildJvm like() {
        List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> FLAGS_TAKEN_OVER.stream().anyMatch(flag::startsWith))
                .filter(flag -> !flag.startsWith(ARCHIVE_FLAG))
                .toList();
        return new ChildJvm(List.of(), flags);
    }

    /** Returns the same with a largest heap, for instance {@code 1g}. */
    public ChildJvm withHeap(String most) {
        List<String> limited = new ArrayList<>(flags);
        limited.removeIf(flag -> flag.contains("RAMPercentage"));
        limited.add("-Xmx" + most);
        return new ChildJvm(prefix, limited);
    }

    /** Returns the same inside the group. */
    public ChildJvm within(MemoryCgroup group) {
        List<String> joining = List.of(
                "/bin/sh",
                "-c",
                "echo $$ >\"$0\" && exec \"$@\"",
                group.members().toString());
        return new ChildJvm(joining, flags);
    }

    /**
     * Runs a task and returns what it printed.
     *
     * @throws CandidateException if it fails
     */
    public Map<String, Double> run(ChildTask task, ChildTask.Order order) {
        Map<String, Double> numbers = new TreeMap<>();
        List<String> arguments = List.of(
                task.name(),
                order.engine().name(),
                order.directory().toString(),
                Long.toString(order.keys()),
                Long.toString(order.nanos()));
        int exitCode = run(ChildMain.class, arguments, line -> {
            int split = line.indexOf('=');
            if (split > 0) {
                numbers.put(line.substring(0, split), Double.valueOf(line.substring(split + 1)));
            }
        });
        if (exitCode != 0) {
            String what = "A process of " + order.engine().label() + " failed: task=" + task + " exitCode=" + exitCode;
            throw new CandidateException(what, new IllegalStateException("exitCode=" + exitCode));
        }
        return numbers;
    }

    /**
     * Runs a program with its standard error joined to that of this process, and returns its exit code.
     *
     * @param lines is given each line of its standard output
     */
    public int run(Class<?> main, List<String> arguments, Consumer<String> lines) {
        List<String> command = command(main, arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            RUNNING.add(process);
            try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    lines.accept(line);
                }
                return process.waitFor();
            } finally {
                process.destroyForcibly();
                RUNNING.remove(process);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The measurement was interrupted", e);
        }
    }

    private List<String> command(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add(LOGGING_FLAG);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(arguments);
        return command;
    }

    /** Starts a program with which one can talk; its standard error is joined to that of this process. */
    public Conversation converse(Class<?> main, List<String> arguments) {
        try {
            Process process = new ProcessBuilder(command(main, arguments))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            RUNNING.add(process);
            return new Conversation(process, () -> RUNNING.remove(process));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the processes that run. */
    public static void endAll() {
        RUNNING.forEach(Process::destroy);
    }
}
