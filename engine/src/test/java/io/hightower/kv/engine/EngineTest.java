package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SystemWrite;
import io.hightower.kv.statemachine.TooLargeException;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.StateSnapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store as a Java program uses it. */
class EngineTest {
    @TempDir
    private Path directory;

    @Test
    void threeLinesOpenAStoreWriteAndRead() {
        try (LocalEngine store = Hightower.open(directory)) {
            store.put(utf8("greeting"), utf8("hello"));
            assertThat(store.get(utf8("greeting"))).hasValue(utf8("hello"));
        }
    }

    @Test
    void findsEverythingAgainAfterReopening() {
        try (LocalEngine store = Hightower.open(directory)) {
            store.put(utf8("a"), utf8("1"));
            store.put(utf8("b"), utf8("2"));
            store.delete(utf8("a"));
        }
        try (LocalEngine store = Hightower.open(directory)) {
            assertThat(store.get(utf8("a"))).isEmpty();
            assertThat(store.get(utf8("b"))).hasValue(utf8("2"));
            assertThat(store.len()).isEqualTo(1);
            assertThat(store.put(utf8("c"), utf8("3")).revision()).isEqualTo(5);
        }
    }

    @Test
    void takesArraysAsWellAsBytes() {
        try (LocalEngine store = Hightower.inMemory()) {
            byte[] key = {0, (byte) 0xff, ':'};
            store.put(key, new byte[] {1, 2});
            assertThat(store.get(key))
                    .hasValueSatisfying(value -> assertThat(value).containsExactly(1, 2));
            assertThat(store.delete(key).existed()).isTrue();
            assertThat(store.scan(new byte[] {0}, new byte[] {1})).isEmpty();
        }
    }

    @Test
    void scansAreSortedAndHalfOpen() {
        try (LocalEngine store = Hightower.inMemory()) {
            for (String key : List.of("d", "b", "a", "c", "bb")) {
                store.put(utf8(key), utf8(key));
            }
            assertThat(keys(store.scan(KeyRange.of(utf8("a"), utf8("c"))))).containsExactly("a", "b", "bb");
            assertThat(keys(store.getPrefix(utf8("b")))).containsExactly("b", "bb");
            assertThat(keys(store.scan(KeyRange.all(), 2))).containsExactly("a", "b");
            assertThat(store.scan(KeyRange.of(utf8("c"), utf8("a")))).isEmpty();
        }
    }

    @Test
    void aBatchIsOneRevisionAndSeenAsAWhole() {
        try (LocalEngine store = Hightower.inMemory()) {
            store.put(utf8("a"), utf8("old"));
            Result.BatchResult result = store.submitBatch(List.of(
                    Command.put(utf8("a"), utf8("new")), Command.put(utf8("b"), utf8("1")), Command.delete(utf8("a"))));
            assertThat(result.revision()).isEqualTo(3);
            assertThat(result.results()).hasSize(3);
            assertThat(keys(store.scan(KeyRange.all()))).containsExactly("b");
        }
    }

    @Test
    void olderExplicitVersionsAreIgnoredAlsoAfterADelete() {
        try (LocalEngine store = Hightower.inMemory()) {
            store.submit(new Command.Put(utf8("k"), utf8("five"), 5));
            store.submit(new Command.Delete(utf8("k"), 6));
            Result.PutResult late = (Result.PutResult) store.submit(new Command.Put(utf8("k"), utf8("three"), 3));
            assertThat(late.outcome()).isEqualTo(ApplyOutcome.IGNORED_STALE);
            assertThat(store.get(utf8("k"))).isEmpty();
            assertThat(store.latestVersion()).isEqualTo(6);
        }
    }

    @Test
    void aReadViewShowsOneMomentWhateverIsWrittenMeanwhile() {
        try (LocalEngine store = Hightower.inMemory()) {
            store.put(utf8("a"), utf8("1"));
            List<KeyValue> seen = store.readWith(view -> {
                store.put(utf8("b"), utf8("2"));
                store.delete(utf8("a"));
                return view.scan(KeyRange.all(), 0);
            });
            assertThat(keys(seen)).containsExactly("a");
            assertThat(keys(store.scan(KeyRange.all()))).containsExactly("b");
        }
    }

    @Test
    void readsItsOwnWritesWithoutWaitingForThemOneByOne() throws ExecutionException, InterruptedException {
        try (LocalEngine store = Hightower.inMemory()) {
            List<CompletableFuture<Result>> writes = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                writes.add(store.submitAsync(Command.put(utf8("k" + i), utf8("v"))));
            }
            CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).get();
            assertThat(store.readWithAsync(view -> view.len()).get()).isEqualTo(1000);
        }
    }

    @Test
    void whatHangsOnAFutureMayUseTheStore() throws ExecutionException, InterruptedException {
        try (LocalEngine store = Hightower.inMemory()) {
            CompletableFuture<Long> chained = store.submitAsync(Command.put(utf8("a"), utf8("1")))
                    .thenApply(result -> store.put(utf8("b"), utf8("2")).revision());
            assertThat(chained.get()).isEqualTo(3);
        }
    }

    @Test
    void anExportedStateIsInstalledElsewhereWithTheSameHash() throws IOException {
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        long hash;
        try (LocalEngine store = Hightower.inMemory()) {
            store.put(utf8("a"), utf8("1"));
            store.put(utf8("b"), utf8("2"));
            store.delete(utf8("a"));
            try (StateSnapshot snapshot = store.snapshotState()) {
                hash = snapshot.stateHash();
                snapshot.writeTo(exported);
            }
        }
        try (LocalEngine store = Hightower.open(directory)) {
            store.put(utf8("other"), utf8("gone after installing"));
            store.installSnapshot(new ByteArrayInputStream(exported.toByteArray()));
            store.put(utf8("c"), utf8("3"));
        }
        try (LocalEngine store = Hightower.open(directory)) {
            assertThat(keys(store.scan(KeyRange.all()))).containsExactly("b", "c");
            store.delete(utf8("c"));
            try (StateSnapshot snapshot = store.snapshotState()) {
                assertThat(snapshot.applied().revision()).isEqualTo(6);
                assertThat(snapshot.stateHash()).isNotEqualTo(hash);
            }
        }
    }

    @Test
    void refusesEmptyAndOversizedKeysAndValuesBeforeAnythingHappens() {
        try (LocalEngine store = Hightower.inMemory()) {
            assertThatThrownBy(() -> store.put(Bytes.EMPTY, utf8("v"))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.put(Bytes.wrap(new byte[32 * 1024 + 1]), utf8("v")))
                    .isInstanceOf(TooLargeException.class)
                    .hasMessageContaining("bytesMax=32768");
            assertThatThrownBy(() -> store.put(utf8("k"), Bytes.wrap(new byte[1536 * 1024])))
                    .isInstanceOf(TooLargeException.class)
                    .hasMessageContaining("bytesMax=1572864");
            store.put(utf8("empty value"), Bytes.EMPTY);
            assertThat(store.len()).isEqualTo(1);
        }
    }

    @Test
    void theRecordsOfMembersAreNotWrittenByUsers() {
        try (LocalEngine store = Hightower.inMemory()) {
            Command forged = new Command.WriteSystem(List.of(SystemWrite.value(utf8("member-format"), utf8("x"))));
            assertThatThrownBy(() -> store.submit(forged))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("The records of members are not written by users");
            assertThatThrownBy(() -> store.submitAsync(forged)).isInstanceOf(IllegalArgumentException.class);
            Command ordinary = new Command.WriteSystem(List.of(SystemWrite.value(utf8("user/a"), utf8("x"))));
            assertThat(((Result.SystemResult) store.submit(ordinary)).written()).isTrue();
        }
    }

    @Test
    void closingTwiceIsOnceAndAClosedStoreSaysSo() {
        LocalEngine store = Hightower.inMemory();
        store.close();
        store.close();
        assertThatThrownBy(() -> store.put(utf8("a"), utf8("1"))).isInstanceOf(NotReplicatedException.class);
        assertThatThrownBy(() -> store.get(utf8("a"))).isInstanceOf(ReadUnavailableException.class);
    }

    @Test
    void anInterruptedWriterNeitherHarmsTheStoreNorOthers() {
        try (LocalEngine store = Hightower.open(directory)) {
            Thread.currentThread().interrupt();
            try {
                store.put(utf8("a"), utf8("1"));
            } catch (OutcomeUnknownException expected) {
                assertThat(expected).hasMessageContaining("may still take effect");
            }
            assertThat(Thread.interrupted()).isTrue();
            store.put(utf8("b"), utf8("2"));
            assertThat(store.get(utf8("b"))).hasValue(utf8("2"));
        }
    }

    private static Bytes utf8(String text) {
        return Bytes.utf8(text);
    }

    private static List<String> keys(List<KeyValue> entries) {
        return entries.stream().map(entry -> entry.key().toUtf8()).toList();
    }
}
