package io.hightower.kv.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest {
    @TempDir
    Path directory;

    private FileDisk disk;

    @BeforeEach
    void openDisk() {
        disk = FileDisk.open(directory.resolve("missing/too"));
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String read(DiskFile file, long offset, int count) {
        ByteBuffer target = ByteBuffer.allocate(count);
        int read = file.read(offset, target);
        assertThat(target.position()).isEqualTo(read);
        return new String(target.array(), 0, read, StandardCharsets.UTF_8);
    }

    @Test
    void createsMissingDirectories() {
        assertThat(directory.resolve("missing/too")).isDirectory();
        assertThat(disk.list()).isEmpty();
        assertThat(disk.freeBytes()).isPositive();
    }

    @Test
    void readsWhatWasWritten() {
        try (DiskFile file = disk.create("a")) {
            file.write(0, text("hello world"));
            file.write(6, text("there"));
            file.sync();
            assertThat(read(file, 0, 100)).isEqualTo("hello there");
            assertThat(read(file, 6, 2)).isEqualTo("th");
            assertThat(read(file, 11, 5)).isEmpty();
            assertThat(read(file, 99, 5)).isEmpty();
        }
        try (DiskFile file = disk.open("a")) {
            assertThat(file.name()).isEqualTo("a");
            assertThat(file.length()).isEqualTo(11);
            file.truncate(5);
            assertThat(read(file, 0, 100)).isEqualTo("hello");
        }
    }

    @Test
    void movesLargeBuffersOfEveryKind() {
        byte[] content = new byte[3 * (1 << 20) + 17];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 7 + i / 256);
        }
        try (DiskFile file = disk.create("large")) {
            ByteBuffer direct =
                    ByteBuffer.allocateDirect(content.length).put(content).flip();
            file.write(0, direct);
            file.write(content.length, ByteBuffer.wrap(content).asReadOnlyBuffer());
            assertThat(direct.hasRemaining()).isFalse();

            ByteBuffer target = ByteBuffer.allocateDirect(content.length);
            assertThat(file.read(content.length, target)).isEqualTo(content.length);
            assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(content));
            ByteBuffer slice =
                    ByteBuffer.allocate(content.length + 10).position(10).slice();
            assertThat(file.read(0, slice)).isEqualTo(content.length);
            assertThat(slice.flip()).isEqualTo(ByteBuffer.wrap(content));
        }
    }

    @Test
    void cannotMakeFileLongerByCutting() {
        try (DiskFile file = disk.create("a")) {
            assertThatThrownBy(() -> file.truncate(1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void listsRenamesAndDeletes() throws IOException {
        Files.createDirectory(directory.resolve("missing/too/lost+found"));
        disk.create("b").close();
        disk.create("a").close();
        disk.create("c").close();
        try (Disk.DirectoryLock lock = disk.lock()) {
            assertThat(lock).isNotNull();
            assertThat(disk.list()).containsExactly("a", "b", "c");
        }

        disk.rename("c", "a");
        disk.delete("b");
        disk.syncDirectory();

        assertThat(disk.list()).containsExactly("a");
        assertThat(disk.exists("a")).isTrue();
        assertThat(disk.exists("b")).isFalse();
    }

    @Test
    void failsNamingTheFile() {
        disk.create("a").close();

        assertThatThrownBy(() -> disk.create("a"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("missing/too/a");
        assertThatThrownBy(() -> disk.open("b"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("b");
        assertThatThrownBy(() -> disk.delete("b")).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> disk.rename("b", "c")).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> FileDisk.open(directory.resolve("missing/too/a")))
                .isInstanceOf(StorageException.class);
    }

    @Test
    void refusesNamesThatArePathsOrItsOwn() {
        for (String name : new String[] {"", ".", "..", "a/b", "LOCK", ".hidden"}) {
            assertThatThrownBy(() -> disk.create(name)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void smallWritesThatWereExpectedAreSeenByEverybody() throws IOException {
        try (DiskFile file = disk.create("a");
                DiskFile other = disk.open("a")) {
            file.write(0, text("0123456789"));
            file.expectSmallWrites();
            file.write(2, text("ab"));
            file.write(4, ByteBuffer.allocateDirect(1).put((byte) 'c').flip());
            assertThat(read(other, 0, 100)).isEqualTo("01abc56789");
            assertThat(Files.readString(directory.resolve("missing/too/a"))).isEqualTo("01abc56789");

            file.writeDurably(5, text("d"));
            file.write(6, text("e"));
            file.sync();
            assertThat(read(file, 0, 100)).isEqualTo("01abcde789");
        }
    }

    @Test
    void smallWritesThatWereExpectedMayGoBehindTheEndAndTheFileMayBeCut() {
        try (DiskFile file = disk.create("a")) {
            file.write(0, text("0123456789"));
            file.expectSmallWrites();
            file.write(8, text("longer"));
            assertThat(read(file, 0, 100)).isEqualTo("01234567longer");
            file.truncate(4);
            file.write(2, text("xyz"));
            assertThat(read(file, 0, 100)).isEqualTo("01xyz");
        }
    }

    @Test
    void aFileThatIsUsedAgainUnderAnotherNameIsItself() {
        try (DiskFile file = disk.create("a")) {
            file.write(0, text("0123456789"));
            file.expectSmallWrites();
        }
        disk.rename("a", "b");
        try (DiskFile newcomer = disk.create("a");
                DiskFile file = disk.open("b")) {
            newcomer.write(0, text("another"));
            newcomer.expectSmallWrites();
            file.expectSmallWrites();
            newcomer.write(0, text("A"));
            file.write(0, text("B"));
            assertThat(read(newcomer, 0, 100)).isEqualTo("Another");
            assertThat(read(file, 0, 100)).isEqualTo("B123456789");
        }
    }

    @Test
    void smallWritesToAFileWhoseNameHasGoneToAnotherStayInTheFile() {
        try (DiskFile file = disk.create("a")) {
            file.write(0, text("0123456789"));
            disk.rename("a", "b");
            try (DiskFile newcomer = disk.create("a")) {
                newcomer.write(0, text("another"));
                file.expectSmallWrites();
                file.write(0, text("B"));
                assertThat(read(newcomer, 0, 100)).isEqualTo("another");
                assertThat(read(file, 0, 100)).isEqualTo("B123456789");
            }
        }
    }

    @Test
    void writesDurably() {
        try (DiskFile file = disk.create("a")) {
            file.write(0, text("hello world"));
            file.writeDurably(6, text("there and longer"));
            file.write(0, text("J"));
            assertThat(read(file, 0, 100)).isEqualTo("Jello there and longer");
            assertThat(file.length()).isEqualTo(22);
        }
    }

    @Test
    void writesDurablyToFileThatHasGotAnotherName() {
        try (DiskFile file = disk.create("a")) {
            disk.rename("a", "b");
            disk.create("a").close();
            file.writeDurably(0, text("hello"));
        }
        try (DiskFile renamed = disk.open("b");
                DiskFile other = disk.open("a")) {
            assertThat(read(renamed, 0, 100)).isEqualTo("hello");
            assertThat(other.length()).isZero();
        }
    }

    @Test
    void readsOfManyThreadsSeeTheirOwnPlaces() throws Exception {
        int places = 64;
        int placeBytes = 4096;
        try (DiskFile file = disk.create("a")) {
            for (int place = 0; place < places; place++) {
                byte[] content = new byte[placeBytes];
                Arrays.fill(content, (byte) place);
                file.write((long) place * placeBytes, ByteBuffer.wrap(content));
            }
            ExecutorService readers = Executors.newFixedThreadPool(6);
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                int first = i;
                tasks.add(() -> readsRight(file, first, places, placeBytes));
            }
            for (Future<Boolean> right : readers.invokeAll(tasks)) {
                assertThat(right.get()).isTrue();
            }
            readers.shutdown();
            disk.delete("a");
            assertThat(readsRight(file, 0, places, placeBytes)).as("deleted").isTrue();
        }
    }

    private static boolean readsRight(DiskFile file, int first, int places, int placeBytes) {
        ByteBuffer target = ByteBuffer.allocate(placeBytes);
        for (int i = 0; i < 2_000; i++) {
            int place = (first * 7 + i * 13) % places;
            file.read((long) place * placeBytes, target.clear());
            byte[] read = target.array();
            if (read[0] != place || read[placeBytes - 1] != place || target.hasRemaining()) {
                return false;
            }
        }
        return true;
    }

    @Test
    void linksShareTheContent() {
        FileDisk other = FileDisk.open(directory.resolve("other"));
        try (DiskFile file = disk.create("a")) {
            file.write(0, text("content"));
            file.sync();
        }
        disk.linkTo("a", other);
        other.syncDirectory();
        disk.delete("a");

        try (DiskFile linked = other.open("a")) {
            assertThat(read(linked, 0, 100)).isEqualTo("content");
        }
        assertThatThrownBy(() -> disk.linkTo("a", other)).isInstanceOf(StorageException.class);
        disk.create("a").close();
        assertThatThrownBy(() -> disk.linkTo("a", other)).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> disk.linkTo("a", SimulatedDisk.empty())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void closedFileFailsAndClosingAgainDoesNothing() {
        DiskFile file = disk.create("a");
        file.close();
        file.close();

        assertThatThrownBy(() -> file.write(0, text("x"))).isInstanceOf(StorageException.class);
        assertThatThrownBy(file::sync).isInstanceOf(StorageException.class);
    }

    @Test
    void smallWritesCanBeExpectedByAnInterruptedThread() {
        try (DiskFile file = disk.create("a")) {
            file.write(0, text("0123456789"));
            Thread.currentThread().interrupt();
            file.expectSmallWrites();
            file.write(0, text("A"));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(read(file, 0, 100)).isEqualTo("A123456789");
        }
    }

    @Test
    void worksForInterruptedThread() {
        Thread.currentThread().interrupt();

        try (DiskFile file = disk.create("a")) {
            file.write(0, text("abc"));
            file.sync();
            disk.rename("a", "b");
            disk.syncDirectory();
            assertThat(read(file, 0, 3)).isEqualTo("abc");
            file.truncate(1);
            file.writeDurably(1, text("b"));
            disk.lock().close();
        }

        assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
    }

    @Test
    void interruptsDuringWritesCloseTheFileForNobody() throws InterruptedException {
        int writes = 300;
        try (DiskFile file = disk.create("a")) {
            AtomicBoolean done = new AtomicBoolean();
            Thread writer = new Thread(() -> {
                for (int i = 0; i < writes; i++) {
                    file.write(i, text("x"));
                    file.sync();
                    disk.syncDirectory();
                }
                done.set(true);
            });
            writer.start();
            while (writer.isAlive()) {
                writer.interrupt();
                Thread.onSpinWait();
            }
            writer.join();

            assertThat(done).isTrue();
            assertThat(read(file, 0, writes)).hasSize(writes);
        }
    }
}
