package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.SystemWrite;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.SystemSpace;
import io.hightower.kv.statemachine.state.HashKv;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The forms of the engine's calls that do not wait, the system key space, and the hash of history. */
class EngineFormsTest {
    private static final Bytes KEY = Bytes.utf8("k");
    private static final Bytes VALUE = Bytes.utf8("v");

    @TempDir
    private Path directory;

    private LocalEngine store;

    @BeforeEach
    void open() {
        store = Hightower.open(Options.at(directory).withHistory(HistoryRetention.forever()));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void eachCallWithoutWaitingDoesWhatTheBlockingOneDoes() {
        assertThat(store.putAsync(KEY, VALUE).join().revision()).isEqualTo(2);
        assertThat(store.getAsync(KEY).join()).hasValue(VALUE);
        assertThat(store.putAsync(Command.put(KEY, Bytes.EMPTY)).join().revision())
                .isEqualTo(3);
        assertThat(store.rangeAsync(RangeRequest.of(KeyRange.all()).atRevision(2))
                        .join()
                        .keyValues())
                .extracting(KeyValue::value)
                .containsExactly(VALUE);
        assertThat(store.txnAsync(new Command.Txn(List.of(), List.of(Command.put(KEY, VALUE)), List.of()))
                        .join()
                        .succeeded())
                .isTrue();
        assertThat(store.compactAsync(3).join().compactRevision()).isEqualTo(3);
        assertThat(store.deleteRangeAsync(new Command.DeleteRange(KeyRange.all(), true))
                        .join()
                        .previous())
                .hasSize(1);
        assertThat(store.deleteAsync(KEY).join().existed()).isFalse();
    }

    @Test
    void whatIsRefusedFailsTheFutureAsItThrowsFromTheBlockingCall() {
        PutOptions unknownLease = PutOptions.lease(99);
        assertRefused(
                store.putAsync(new Command.Put(KEY, VALUE, Command.NO_VERSION, unknownLease)), Refusal.LEASE_NOT_FOUND);
        assertRefused(
                store.txnAsync(new Command.Txn(
                        List.of(), List.of(Command.put(KEY, VALUE), Command.put(KEY, VALUE)), List.of())),
                Refusal.DUPLICATE_KEY);
        assertRefused(store.compactAsync(1000), Refusal.FUTURE_REVISION);
        assertThatThrownBy(
                        () -> store.rangeAsync(RangeRequest.of(KeyRange.all()).atRevision(1000))
                                .join())
                .hasCauseInstanceOf(RevisionUnavailableException.class);
        assertThatThrownBy(() -> store.putAsync(Bytes.EMPTY, VALUE).join())
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> store.putAsync(KEY, Bytes.wrap(new byte[2 << 20])).join())
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    private static void assertRefused(CompletableFuture<?> answer, Refusal expected) {
        assertThatThrownBy(answer::join).cause().isInstanceOfSatisfying(RefusedException.class, e -> assertThat(
                        e.refusal())
                .isEqualTo(expected));
    }

    @Test
    void theSystemKeySpaceIsWrittenAsExpectedOrNotAtAll() {
        SystemSpace system = store.system();
        Bytes user = Bytes.utf8("user/root");
        Bytes role = Bytes.utf8("role/root");
        assertThat(system.write(List.of(
                                SystemWrite.value(user, VALUE).expecting(SystemWrite.ABSENT),
                                SystemWrite.value(role, VALUE)))
                        .written())
                .isTrue();
        SystemRecord read = system.get(user).orElseThrow();
        assertThat(system.writeAsync(List.of(SystemWrite.value(user, KEY).expecting(read.modRevision() + 1)))
                        .join()
                        .written())
                .isFalse();
        assertThat(system.write(List.of(SystemWrite.value(user, KEY).expecting(read.modRevision())))
                        .written())
                .isTrue();
        assertThat(system.scan(Bytes.utf8("user/")))
                .extracting(SystemRecord::value)
                .containsExactly(KEY);
        assertThat(system.write(List.of(SystemWrite.removal(user))).written()).isTrue();
        assertThat(system.get(user)).isEmpty();
        assertThat(store.len()).isZero();
        assertThat(store.applied().revision()).isEqualTo(1);
    }

    @Test
    void aMomentOfTheSystemKeySpaceStaysAsItWas() {
        SystemSpace system = store.system();
        system.write(List.of(SystemWrite.value(KEY, VALUE)));
        SystemRecords before = system.local();
        system.write(List.of(SystemWrite.removal(KEY)));
        assertThat(before.get(KEY)).isPresent();
        assertThat(system.local().get(KEY)).isEmpty();
        assertThat(system.readAsync().join().revision()).isEqualTo(before.revision() + 1);
    }

    @Test
    void leasesAreNotWrittenThroughTheSystemKeySpace() {
        assertThatThrownBy(() -> store.system().write(List.of(SystemWrite.value(Bytes.utf8("lease/x"), VALUE))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void twoStoresWithTheSameHistoryHaveTheSameHashOfIt(@TempDir Path elsewhere) {
        try (LocalEngine other = Hightower.open(Options.at(elsewhere).withHistory(HistoryRetention.forever()))) {
            for (LocalEngine each : List.of(store, other)) {
                each.put(KEY, VALUE);
                each.put(KEY, Bytes.EMPTY);
            }
            other.put(KEY, KEY);
            assertThat(other.hashKv(3)).isEqualTo(store.hashKv(HashKv.NEWEST));
            assertThat(other.hashKv(HashKv.NEWEST).hash())
                    .isNotEqualTo(store.hashKv(3).hash());
            assertThatThrownBy(() -> store.hashKv(4)).isInstanceOf(RevisionUnavailableException.class);
        }
    }
}
