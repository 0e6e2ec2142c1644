package io.hightower.kv.benchmarks.fork;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A control group of Linux below the one of this process, which limits the memory of those in it: heap, native memory and
 * the page cache of the files that they read and write. Version 1 and version 2.
 *
 * <p><b>Lifetime.</b> {@link #close} removes the group, once nobody is in it any more.
 */
public final class MemoryCgroup implements AutoCloseable {
    private static final Path OWN_GROUPS = Path.of("/proc/self/cgroup");
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private final Path folder;
    private final boolean isVersion1;

    private MemoryCgroup(Path folder, boolean isVersion1) {
        this.folder = folder;
        this.isVersion1 = isVersion1;
    }

    /**
     * Makes a group.
     *
     * @param bytesMax the most memory that its members may use
     * @throws UnsupportedOperationException with the reason, if this machine does not allow it
     */
    public static MemoryCgroup create(long bytesMax) {
        try {
            List<String> own = Files.readAllLines(OWN_GROUPS);
            Optional<String> version1 = own.stream()
                    .filter(line -> List.of(line.split(":", 3)[1].split(",")).contains("memory"))
                    .findFirst();
            String line = version1.orElseGet(() -> own.get(own.size() - 1));
            Path parent = version1.isPresent() ? ROOT.resolve("memory") : ROOT;
            Path folder = parent.resolve(line.split(":", 3)[2].substring(1))
                    .resolve("hightower-bench-" + ProcessHandle.current().pid());
            Files.createDirectory(folder);
            MemoryCgroup group = new MemoryCgroup(folder, version1.isPresent());
            group.limit(bytesMax);
            return group;
        } catch (IOException | RuntimeException e) {
            throw new UnsupportedOperationException(
                    "a control group with a limit of memory cannot be made here: " + e + "; run as root on Linux", e);
        }
    }

    private void limit(long bytesMax) throws IOException {
        try {
            Files.writeString(folder.resolve(isVersion1 ? "memory.limit_in_bytes" : "memory.max"), "" + bytesMax);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Returns the file that a process writes its number into to join. */
    Path members() {
        return folder.resolve("cgroup.procs");
    }

    /** Returns the most memory that its members used at once, in bytes; NaN if that is not told. */
    public double peakBytes() {
        try {
            return Double.parseDouble(
                    Files.readString(folder.resolve(isVersion1 ? "memory.max_usage_in_bytes" : "memory.peak"))
                            .strip());
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            System.err.println("hightower: a control group stays behind, remove it with rmdir: " + folder);
        }
    }
}
