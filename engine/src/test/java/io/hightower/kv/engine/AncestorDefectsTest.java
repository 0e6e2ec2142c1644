package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.StateSnapshot;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the stores did wrong that this one descends from; each of them once, as a test. */
class AncestorDefectsTest {
    @TempDir
    private Path directory;

    @Test
    void aTornLastRecordDoesNotKeepTheStoreFromOpening() throws IOException {
        try (LocalEngine store = open()) {
            store.put(utf8("a"), utf8("1"));
        }
        try (RandomAccessFile log = new RandomAccessFile(newestLog().toFile(), "rw")) {
            // The beginning of a record that was never finished and never acknowledged.
            log.seek(log.length());
            log.write(new byte[] {0x48, 0x54, 0x4c});
        }
        try (LocalEngine store = open()) {
            assertThat(store.get(utf8("a"))).hasValue(utf8("1"));
            store.put(utf8("b"), utf8("2"));
        }
        try (LocalEngine store = open()) {
            assertThat(store.get(utf8("b")))
                    .as("a write behind a torn tail is found again")
                    .hasValue(utf8("2"));
        }
    }

    @Test
    void aDeletedKeyDoesNotComeBackWithAnOlderVersion() {
        try (LocalEngine store = open()) {
            store.submit(new Command.Put(utf8("k"), utf8("v5"), 5));
            store.submit(new Command.Delete(utf8("k"), 6));
        }
        try (LocalEngine store = open()) {
            Result.PutResult late = (Result.PutResult) store.submit(new Command.Put(utf8("k"), utf8("v3"), 3));
            assertThat(late.outcome()).isEqualTo(ApplyOutcome.IGNORED_STALE);
            assertThat(store.get(utf8("k"))).isEmpty();
        }
    }

    @Test
    void aKeyDeletedAfterACompactionStaysDeletedOverARestart() {
        try (LocalEngine store = open()) {
            store.put(utf8("k"), utf8("old"));
            store.put(utf8("other"), utf8("old"));
            store.runCompactionNow();
            store.put(utf8("other"), utf8("new"));
            store.delete(utf8("k"));
        }
        try (LocalEngine store = open()) {
            assertThat(store.get(utf8("k"))).isEmpty();
            assertThat(store.get(utf8("other"))).hasValue(utf8("new"));
            try (StateSnapshot snapshot = store.snapshotState()) {
                assertThat(snapshot.view().get(utf8("other")).map(KeyValue::value))
                        .hasValue(utf8("new"));
            }
        }
    }

    @Test
    void hugeExplicitVersionsDoNotHideLaterPlainWritesFromRecovery() {
        long microseconds = 1_790_000_000_000_000L;
        try (LocalEngine store = open()) {
            store.submit(new Command.Put(utf8("auth"), utf8("record"), microseconds));
            store.put(utf8("plain"), utf8("old"));
            store.put(utf8("plain"), utf8("new"));
            store.put(utf8("gone"), utf8("x"));
            store.delete(utf8("gone"));
        }
        try (LocalEngine store = open()) {
            assertThat(store.get(utf8("plain"))).hasValue(utf8("new"));
            assertThat(store.get(utf8("gone"))).isEmpty();
        }
    }

    @Test
    void compactingAStoreWithoutGarbageRewritesNothing() throws IOException {
        try (LocalEngine store = open()) {
            for (int i = 0; i < 100; i++) {
                store.put(utf8("k" + i), utf8("v"));
            }
            store.runCompactionNow();
            Set<String> before = files();
            store.runCompactionNow();
            store.runCompactionNow();
            assertThat(files()).isEqualTo(before);
        }
    }

    @Test
    void aSnapshotShortensTheLogThatARestartReads() throws IOException {
        Options options = options().withSegmentBytes(64 * 1024);
        try (LocalEngine store = Hightower.open(options)) {
            for (int i = 0; i < 20; i++) {
                store.put(utf8("k" + i % 2), Bytes.wrap(new byte[30_000]));
            }
            assertThat(logs()).hasSizeGreaterThan(5);
            store.runCompactionNow();
            assertThat(logs()).hasSizeLessThanOrEqualTo(1);
        }
        try (LocalEngine store = Hightower.open(options)) {
            assertThat(store.len()).isEqualTo(2);
        }
    }

    @Test
    void prefixReadsAreSorted() {
        try (LocalEngine store = open()) {
            for (String key : List.of("p/c", "p/a", "q", "p/d", "p/b")) {
                store.put(utf8(key), utf8("v"));
            }
            assertThat(store.getPrefix(utf8("p/")).stream()
                            .map(entry -> entry.key().toUtf8()))
                    .containsExactly("p/a", "p/b", "p/c", "p/d");
        }
    }

    @Test
    void everyConcurrentWriteGetsARevisionOfItsOwn() throws ExecutionException, InterruptedException {
        try (LocalEngine store = open()) {
            List<CompletableFuture<Result>> writes = new ArrayList<>();
            for (int i = 0; i < 1600; i++) {
                writes.add(store.submitAsync(Command.put(utf8("k" + i % 7), utf8("" + i))));
            }
            Set<Long> revisions = new HashSet<>();
            for (CompletableFuture<Result> write : writes) {
                revisions.add(write.get().revision());
            }
            assertThat(revisions).hasSize(1600);
        }
    }

    @Test
    void allKeysAreVisibleAfterARestartAndRevisionsGoOn() {
        long revision = 0;
        try (LocalEngine store = open()) {
            for (int i = 0; i < 50; i++) {
                revision = store.put(utf8("k" + i), utf8("v")).revision();
            }
        }
        try (LocalEngine store = open()) {
            assertThat(store.scan(KeyRange.all())).hasSize(50);
            assertThat(store.put(utf8("next"), utf8("v")).revision()).isEqualTo(revision + 1);
        }
    }

    @Test
    void keysAndValuesAreBytesNotText() {
        Bytes key = Bytes.wrap(new byte[] {'P', 'U', 'T', ':', 0, (byte) 0xc3, (byte) 0x28, (byte) 0xff});
        Bytes value = Bytes.wrap(new byte[] {(byte) 0x80, ':', '\n', 0});
        try (LocalEngine store = open()) {
            store.put(key, value);
        }
        try (LocalEngine store = open()) {
            assertThat(store.get(key)).hasValue(value);
        }
    }

    private static long endOfRecords(Path log) throws IOException {
        byte[] content = Files.readAllBytes(log);
        int end = content.length;
        while (end > 0 && content[end - 1] == 0) {
            end--;
        }
        return end;
    }

    @Test
    void aBatchThatIsCutOffIsNotHalfThere() throws IOException {
        Path life = directory.resolve("life");
        try (LocalEngine store = Hightower.open(Options.at(life))) {
            store.put(utf8("before"), utf8("1"));
        }
        try (LocalEngine store = Hightower.open(Options.at(life))) {
            store.submitBatch(List.of(
                    Command.put(utf8("x"), utf8("v".repeat(5000))), Command.put(utf8("y"), utf8("v".repeat(5000)))));
            UncleanEnd.copy(life, directory);
        }
        UncleanEnd.delete(life);
        try (RandomAccessFile log = new RandomAccessFile(newestLog().toFile(), "rw")) {
            // The segment keeps its length: it was written with zeros beforehand.
            byte[] zeros = new byte[(int) (endOfRecords(newestLog()) - 6000)];
            log.seek(6000);
            log.write(zeros);
        }
        try (LocalEngine store = open()) {
            assertThat(store.scan(KeyRange.all()).stream()
                            .map(entry -> entry.key().toUtf8()))
                    .containsExactly("before");
        }
    }

    private LocalEngine open() {
        return Hightower.open(options());
    }

    private Options options() {
        return Options.at(directory).withMaintenanceInterval(Duration.ofDays(1)).withFreeDiskBytesMin(0);
    }

    private Set<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return new HashSet<>(
                    files.map(file -> file.getFileName() + " " + file.toFile().length())
                            .toList());
        }
    }

    private List<Path> logs() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("log-"))
                    .sorted()
                    .toList();
        }
    }

    private Path newestLog() throws IOException {
        List<Path> logs = logs();
        return logs.get(logs.size() - 1);
    }

    private static Bytes utf8(String text) {
        return Bytes.utf8(text);
    }
}
