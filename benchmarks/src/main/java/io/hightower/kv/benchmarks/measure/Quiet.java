package io.hightower.kv.benchmarks.measure;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until this process rests: no engine that it holds open flushes or merges any more. Seen from outside, by processor
 * time and bytes written, because the engines have no common way to ask.
 */
public final class Quiet {
    private static final Duration WINDOW = Duration.ofMillis(100);
    private static final double BUSY_SHARE_MAX = 0.08;
    private static final long WRITTEN_BYTES_MAX = 256 * 1024;
    private static final Path COUNTERS = Path.of("/proc/self/io");
    private static final String WRITTEN = "write_bytes: ";

    private Quiet() {}

    /** Returns when two windows in a row were quiet, or after {@code most}. */
    public static void await(Duration most, Stop stop) {
        long begin = System.nanoTime();
        int quiet = 0;
        while (quiet < 2 && System.nanoTime() - begin < most.toNanos()) {
            stop.check();
            long before = System.nanoTime();
            long processorNanos = processorNanos();
            long written = writtenBytes();
            LockSupport.parkNanos(WINDOW.toNanos());
            double share = (double) (processorNanos() - processorNanos) / (System.nanoTime() - before);
            boolean isQuiet = share < BUSY_SHARE_MAX && writtenBytes() - written < WRITTEN_BYTES_MAX;
            quiet = isQuiet ? quiet + 1 : 0;
        }
    }

    private static long processorNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : 0;
    }

    /** Returns what this process had written to disks; 0 where that is not told. */
    private static long writtenBytes() {
        try {
            Optional<String> line = Files.readAllLines(COUNTERS).stream()
                    .filter(each -> each.startsWith(WRITTEN))
                    .findFirst();
            return line.map(found -> Long.parseLong(found.substring(WRITTEN.length())))
                    .orElse(0L);
        } catch (IOException e) {
            return 0;
        }
    }
}
