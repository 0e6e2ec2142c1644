package io.hightower.kv.benchmarks;

import io.hightower.kv.benchmarks.data.DeletedTree;
import io.hightower.kv.benchmarks.fork.ChildJvm;
import io.hightower.kv.benchmarks.measure.Stop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The folder in which everything of a run is, and which goes with it: at its end, or when the process is asked to end.
 *
 * <p>On SIGINT and SIGTERM the run is asked to stop, its processes are ended, and the exit waits until the folder is gone.
 */
final class WorkFolder implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

    private final Path path;
    private final String fileSystem;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread onExit;

    private WorkFolder(Path path, String fileSystem, Stop stop) {
        this.path = path;
        this.fileSystem = fileSystem;
        onExit = new Thread(() -> end(stop), "hightower-bench-end");
    }

    /** Makes a new folder in {@code parent}, which is made if it is missing. */
    static WorkFolder below(Path parent, Stop stop) throws IOException {
        Files.createDirectories(parent);
        Path path = Files.createTempDirectory(parent, "hightower-bench-");
        WorkFolder folder = new WorkFolder(path, Files.getFileStore(path).type(), stop);
        Runtime.getRuntime().addShutdownHook(folder.onExit);
        return folder;
    }

    Path path() {
        return path;
    }

    /** Returns the type of the file system that the folder is on. */
    String fileSystem() {
        return fileSystem;
    }

    boolean isInMemory() {
        return IN_MEMORY.contains(fileSystem);
    }

    private void end(Stop stop) {
        stop.request();
        ChildJvm.endAll();
        try {
            if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                DeletedTree.delete(path);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            DeletedTree.delete(path);
        } finally {
            closed.countDown();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException e) {
            // The exit has begun, and the hook with it.
            Thread.onSpinWait();
        }
    }
}
