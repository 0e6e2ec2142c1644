package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SessionExpiredException;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.Session;
import io.hightower.kv.statemachine.api.StateSnapshot;
import io.hightower.kv.statemachine.api.Waiting;
import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions as users of the library see them, through restarts, crashes and copies of the store. */
class SessionsOfAnEngineTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Bytes KEY = Bytes.utf8("k");
    private static final Command FIRST = new Command.InSession(7, 1, put("first"));

    @TempDir
    private Path directory;

    private static Command put(String value) {
        return Command.put(KEY, Bytes.utf8(value));
    }

    @Test
    void aSessionTakesWhatTheEngineTakes() {
        try (LocalEngine store = Hightower.inMemory();
                Session session = store.openSession()) {
            session.put(KEY, Bytes.utf8("v"));
            assertThat(store.get(KEY)).contains(Bytes.utf8("v"));
            assertThat(session.submitBatch(List.of(put("a"), put("b"))).results())
                    .hasSize(2);
            assertThat(session.delete(KEY).existed()).isTrue();
            assertThat(session.txn(new Command.Txn(List.of(), List.of(), List.of()))
                            .succeeded())
                    .isTrue();
            assertThat(session.deleteRange(KeyRange.all()).deleted()).isZero();
            assertThat(session.submit(new Command.GrantLease(5, 60))).isInstanceOf(Result.LeaseResult.class);
        }
    }

    @Test
    void aRepetitionAfterARestartIsAnsweredAndNotApplied() {
        Result first;
        try (LocalEngine store = Hightower.open(directory)) {
            store.submit(new Command.OpenSession(7, 60_000));
            first = store.submit(FIRST);
            store.put(KEY, Bytes.utf8("second"));
        }
        try (LocalEngine store = Hightower.open(directory)) {
            assertThat(store.submit(FIRST)).isEqualTo(first);
            assertThat(store.get(KEY)).contains(Bytes.utf8("second"));
        }
    }

    @Test
    void aRepetitionAfterPowerLossIsAnsweredAndNotApplied() {
        SimulatedDisk disk = SimulatedDisk.empty();
        try (SimulatedStore store = SimulatedStore.open(disk, SimulatedStore.Knobs.tiny())) {
            store.replication().submitAndWait(new Command.OpenSession(7, 60_000));
            store.replication().submitAndWait(FIRST);
            // A part of the state is in tables then, and a part in the log alone.
            for (int i = 0; i < 40; i++) {
                Bytes value = Bytes.utf8("v".repeat(200) + i);
                store.replication().submitAndWait(new Command.InSession(7, 2 + i, Command.put(KEY, value)));
            }
            disk.cutPower();
        } catch (RuntimeException e) {
            // The power is lost when the store closes.
        }
        SimulatedDisk after = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 0);
        try (SimulatedStore store = SimulatedStore.open(after, SimulatedStore.Knobs.tiny())) {
            long revision = store.store().applied().revision();
            Result again = store.replication()
                    .submitAndWait(new Command.InSession(7, 41, Command.put(KEY, Bytes.utf8("again"))));
            assertThat(again.revision()).isEqualTo(revision).isEqualTo(42);
            assertThat(((Result.Refused) store.replication().submitAndWait(FIRST)).refusal())
                    .isEqualTo(Refusal.SESSION_SEQUENCE_PASSED);
            assertThat(store.store().applied().revision()).isEqualTo(revision);
        }
    }

    @Test
    void aRepetitionInAStoreThatTookOverTheStateIsAnsweredAndNotApplied() throws IOException {
        try (LocalEngine origin = Hightower.inMemory();
                LocalEngine copy = Hightower.inMemory()) {
            origin.submit(new Command.OpenSession(7, 60_000));
            Result first = origin.submit(FIRST);
            install(origin, copy);
            assertThat(copy.submit(FIRST)).isEqualTo(first);
            assertThat(copy.submit(new Command.InSession(7, 2, put("second")))).isInstanceOf(Result.PutResult.class);
        }
    }

    private static void install(LocalEngine origin, LocalEngine copy) throws IOException {
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        try (StateSnapshot snapshot = origin.snapshotState()) {
            snapshot.writeTo(exported);
        }
        copy.installSnapshot(new ByteArrayInputStream(exported.toByteArray()));
    }

    @Test
    void aRepetitionInACheckpointIsAnsweredAndNotApplied() {
        Path target = directory.resolve("copy");
        Result first;
        try (LocalEngine store = Hightower.open(directory.resolve("origin"))) {
            store.submit(new Command.OpenSession(7, 60_000));
            first = store.submit(FIRST);
            store.checkpoint(target);
        }
        try (LocalEngine store = Hightower.open(target)) {
            assertThat(store.submit(FIRST)).isEqualTo(first);
        }
    }

    @Test
    void whatASessionChangesIsWatchedOnceUnderOneRevision() throws InterruptedException {
        try (LocalEngine store = Hightower.inMemory();
                Watch watch = store.watch(WatchRequest.of(KeyRange.all()))) {
            store.submit(new Command.OpenSession(7, 60_000));
            Command batch = new Command.InSession(
                    7, 1, new Command.Batch(List.of(put("a"), Command.put(Bytes.utf8("other"), KEY))));
            Result first = store.submit(batch);
            store.submit(batch);
            store.put(Bytes.utf8("last"), KEY);
            assertThat(events(watch, first.revision() + 1))
                    .extracting(WatchEvent::revision)
                    .containsExactly(2L, 2L, 3L);
        }
    }

    /** Takes events until those of a revision have come. */
    private static List<WatchEvent> events(Watch watch, long revision) throws InterruptedException {
        List<WatchEvent> seen = new ArrayList<>();
        while (seen.isEmpty() || seen.get(seen.size() - 1).revision() < revision) {
            if (watch.await(PATIENCE).orElseThrow() instanceof WatchMessage.Events events) {
                seen.addAll(events.events());
            }
        }
        return seen;
    }

    @Test
    void aSessionThatNobodyUsesIsForgotten() {
        try (LocalEngine store =
                        Hightower.open(Options.small(directory).withMaintenanceInterval(Duration.ofMillis(50)));
                Session used = store.openSession(Duration.ofHours(1));
                Session left = store.openSession(Duration.ofSeconds(1))) {
            await().atMost(PATIENCE).until(() -> store.system().local().size() == 1);
            assertThatThrownBy(() -> left.put(KEY, KEY)).isInstanceOf(SessionExpiredException.class);
            assertThat(used.put(KEY, KEY).revision()).isEqualTo(2);
        }
    }

    @Test
    void aClosedSessionLeavesNothingBehind() {
        try (LocalEngine store = Hightower.inMemory()) {
            store.openSession().close();
            assertThat(store.system().local().size()).isZero();
        }
    }

    @Test
    void callsThatAreOpenWhenTheEngineClosesEndWithWhatIsTrue() {
        List<CompletableFuture<Result.PutResult>> calls = new ArrayList<>();
        try (LocalEngine store = Hightower.open(directory)) {
            Session session = store.openSession();
            for (int i = 0; i < 500; i++) {
                calls.add(session.putAsync(Bytes.utf8("k" + i), KEY));
            }
        }
        await().atMost(PATIENCE).until(() -> calls.stream().allMatch(CompletableFuture::isDone));
        try (LocalEngine store = Hightower.open(directory)) {
            for (int i = 0; i < calls.size(); i++) {
                CompletableFuture<?> call = calls.get(i);
                boolean isThere = store.get(Bytes.utf8("k" + i)).isPresent();
                if (!call.isCompletedExceptionally()) {
                    assertThat(isThere).isTrue();
                } else if (failure(call) instanceof NotReplicatedException) {
                    assertThat(isThere).isFalse();
                } else {
                    assertThat(failure(call)).isInstanceOf(OutcomeUnknownException.class);
                }
            }
        }
    }

    private static Throwable failure(CompletableFuture<?> call) {
        return Waiting.unwrapped(call.handle((result, thrown) -> thrown).join());
    }

    @Test
    void threadsShareASession() {
        try (LocalEngine store = Hightower.inMemory();
                Session session = store.openSession()) {
            List<CompletableFuture<Void>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                Bytes key = Bytes.utf8("writer" + writer);
                writers.add(CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < 50; i++) {
                                session.put(key, KEY);
                            }
                        },
                        task -> new Thread(task).start()));
            }
            writers.forEach(CompletableFuture::join);
            assertThat(store.scan(KeyRange.all())).hasSize(4).allSatisfy(each -> assertThat(each.version())
                    .isEqualTo(50));
        }
    }
}
