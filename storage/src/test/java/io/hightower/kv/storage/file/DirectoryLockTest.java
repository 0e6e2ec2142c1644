package io.hightower.kv.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.DirectoryInUseException;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
    @TempDir
    Path directory;

    @Test
    void refusesSecondOpenerInThisProcessNamingIt() {
        FileDisk disk = FileDisk.open(directory);
        try (Disk.DirectoryLock lock = disk.lock()) {
            assertThat(lock).isNotNull();
            FileDisk again = FileDisk.open(directory.resolve("x/.."));
            assertThatThrownBy(again::lock)
                    .isInstanceOf(DirectoryInUseException.class)
                    .hasMessageContaining("pid=" + ProcessHandle.current().pid())
                    .hasMessageContaining("this process");
        }
    }

    @Test
    void canBeTakenAgainAfterClosing() {
        FileDisk disk = FileDisk.open(directory);
        Disk.DirectoryLock first = disk.lock();
        first.close();
        Disk.DirectoryLock second = disk.lock();
        first.close();

        assertThatThrownBy(disk::lock)
                .as("closing twice frees nobody else")
                .isInstanceOf(DirectoryInUseException.class);
        second.close();
    }

    @Test
    void refusesOpenerWhileAnotherProcessHoldsItNamingThatProcess() throws Exception {
        Process holder = LockHolder.start(directory);
        try {
            assertThatThrownBy(FileDisk.open(directory)::lock)
                    .isInstanceOf(DirectoryInUseException.class)
                    .hasMessageContaining("pid=" + holder.pid())
                    .hasMessageContaining("started=20")
                    .hasMessageContaining("program=" + LockHolder.class.getName());
        } finally {
            holder.getOutputStream().close();
        }
        assertThat(holder.waitFor(1, TimeUnit.MINUTES)).isTrue();
        FileDisk.open(directory).lock().close();
    }

    /** The attempts of this process must not end its own lock: closing any handle of a file ends all its locks. */
    @Test
    void keepsLockAfterFailedAttemptsOfItsOwnProcess() throws Exception {
        FileDisk disk = FileDisk.open(directory);
        try (Disk.DirectoryLock lock = disk.lock()) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(disk::lock).isInstanceOf(DirectoryInUseException.class);

            assertThatThrownBy(() -> LockHolder.start(directory))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("refused: The data directory is in use")
                    .hasMessageContaining("pid=" + ProcessHandle.current().pid());
        }
    }

    /** A second copy of the program in one process, as application servers have it, knows nothing of the first one. */
    @Test
    void keepsLockAfterAttemptOfAnotherClassLoader() throws Exception {
        try (Disk.DirectoryLock lock = FileDisk.open(directory).lock();
                URLClassLoader other = new URLClassLoader(LockHolder.codeSources(), null)) {
            assertThat(lock).isNotNull();
            Class<?> type = other.loadClass(FileDisk.class.getName());
            Object disk = type.getMethod("open", Path.class).invoke(null, directory);
            assertThatThrownBy(() -> type.getMethod("lock").invoke(disk))
                    .rootCause()
                    .hasMessageContaining("The data directory is in use")
                    .hasMessageContaining("pid=" + ProcessHandle.current().pid());

            assertThatThrownBy(() -> LockHolder.start(directory))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("refused");
        }
    }

    @Test
    void textLeftByKilledProcessIsNoObstacle() throws Exception {
        Process holder = LockHolder.start(directory);
        holder.destroyForcibly();
        assertThat(holder.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readString(directory.resolve("LOCK"))).contains("pid=" + holder.pid());

        try (Disk.DirectoryLock lock = FileDisk.open(directory).lock()) {
            assertThat(lock).isNotNull();
            assertThat(Files.readString(directory.resolve("LOCK")))
                    .contains("pid=" + ProcessHandle.current().pid())
                    .doesNotContain("pid=" + holder.pid() + "\n");
        }
    }
}
