package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.api.LocalEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a store that were made while it was in use. */
class CheckpointTest {
    @TempDir
    private Path directory;

    @Test
    void isAStoreOfItsOwnWhileTheOriginGoesOn() {
        Path copied = directory.resolve("missing/copy");
        try (LocalEngine origin = open("origin")) {
            put(origin, 0, 300);
            origin.delete(key(7));
            origin.checkpoint(copied);
            put(origin, 300, 400);
            origin.runCompactionNow();
            try (LocalEngine copy = Hightower.open(copied)) {
                assertThat(copy.len()).isEqualTo(299);
                assertThat(copy.get(key(7))).isEmpty();
                assertThat(copy.get(key(299))).hasValue(value(299));
                assertThat(copy.get(key(300))).isEmpty();
                copy.put(key(1), Bytes.utf8("changed"));
                assertThat(origin.get(key(1))).hasValue(value(1));
            }
            assertThat(origin.len()).isEqualTo(399);
        }
        try (LocalEngine copy = Hightower.open(copied)) {
            assertThat(copy.get(key(1))).hasValue(Bytes.utf8("changed"));
            assertThat(copy.len()).isEqualTo(299);
        }
    }

    @Test
    void sharesItsFilesWithTheOrigin() throws IOException {
        Path copied = directory.resolve("copy");
        try (LocalEngine origin = open("origin")) {
            put(origin, 0, 100);
            origin.checkpoint(copied);
            List<String> tables = tables(copied);
            assertThat(tables).isNotEmpty();
            for (String table : tables) {
                assertThat(Files.isSameFile(
                                copied.resolve(table),
                                directory.resolve("origin").resolve(table)))
                        .isTrue();
            }
        }
    }

    @Test
    void survivesTheOrigin() throws IOException {
        Path copied = directory.resolve("copy");
        try (LocalEngine origin = open("origin")) {
            put(origin, 0, 100);
            origin.checkpoint(copied);
        }
        for (String name : names(directory.resolve("origin"))) {
            Files.delete(directory.resolve("origin").resolve(name));
        }
        try (LocalEngine copy = Hightower.open(copied)) {
            assertThat(copy.len()).isEqualTo(100);
        }
    }

    @Test
    void canBeMadeOfAnEmptyStoreAndOfACopy() {
        try (LocalEngine origin = open("origin")) {
            origin.checkpoint(directory.resolve("first"));
        }
        try (LocalEngine first = open("first")) {
            put(first, 0, 1);
            first.checkpoint(directory.resolve("second"));
        }
        try (LocalEngine second = open("second")) {
            assertThat(second.len()).isEqualTo(1);
        }
    }

    @Test
    void refusesADirectoryThatIsNotEmptyOrInUse() throws IOException {
        Path taken = Files.createDirectory(directory.resolve("taken"));
        Files.writeString(taken.resolve("letter"), "text");
        try (LocalEngine origin = open("origin")) {
            put(origin, 0, 1);
            assertThatThrownBy(() -> origin.checkpoint(taken))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("without files")
                    .hasMessageContaining("taken");
            assertThatThrownBy(() -> origin.checkpoint(directory.resolve("origin")))
                    .isInstanceOf(StorageException.class);
            assertThat(origin.len()).isEqualTo(1);
        }
        assertThat(names(taken)).containsExactly("letter");
        assertThat(Files.readString(taken.resolve("letter"))).isEqualTo("text");
    }

    @Test
    void isForStoresInADirectoryThatAreOpen() {
        try (LocalEngine inMemory = Hightower.inMemory()) {
            assertThatThrownBy(() -> inMemory.checkpoint(directory.resolve("copy")))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
        LocalEngine closed = open("closed");
        closed.close();
        assertThatThrownBy(() -> closed.checkpoint(directory.resolve("copy")))
                .isInstanceOf(ReadUnavailableException.class);
        assertThat(directory.resolve("copy")).doesNotExist();
    }

    private LocalEngine open(String name) {
        return Hightower.open(directory.resolve(name));
    }

    private static void put(LocalEngine store, int from, int until) {
        for (int number = from; number < until; number++) {
            store.put(key(number), value(number));
        }
    }

    private static Bytes key(int number) {
        return Bytes.utf8("key" + number);
    }

    private static Bytes value(int number) {
        return Bytes.utf8("value" + number);
    }

    private static List<String> tables(Path directory) throws IOException {
        return names(directory).stream().filter(name -> name.endsWith(".table")).toList();
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
