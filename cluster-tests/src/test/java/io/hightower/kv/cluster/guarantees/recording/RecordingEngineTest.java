package io.hightower.kv.cluster.guarantees.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.history.Outcome;
import io.hightower.kv.cluster.guarantees.history.Request;
import io.hightower.kv.engine.Hightower;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.TooLargeException;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is noted of calls, answers, failures and messages. */
class RecordingEngineTest {
    private static final Bytes KEY = Bytes.utf8("key");
    private static final Request WRITE = new Request.Submitted(Command.put(KEY, KEY));
    private static final Request READ = new Request.Read(RangeRequest.of(KeyRange.all()));

    private final Recorder recorder = new Recorder();

    private RecordingEngine client(LocalEngine engine) {
        return recorder.recording("client", "member", engine);
    }

    @Test
    void everyWayToWriteAndReadIsNotedOnce() {
        try (LocalEngine engine = Hightower.inMemory()) {
            RecordingEngine client = client(engine);
            client.put(KEY, KEY);
            client.submitBatch(List.of(Command.delete(KEY)));
            client.submitAsync(Command.put(KEY, KEY)).join();
            client.txn(new Command.Txn(List.of(), List.of(), List.of()));
            client.txnAsync(new Command.Txn(List.of(), List.of(Command.put(KEY, KEY)), List.of()))
                    .join();
            client.grantLease(5);
            client.grantLease(3, 5);
            client.get(KEY);
            client.getAsync(KEY).join();
            client.scan(KeyRange.all());
            client.range(RangeRequest.of(KeyRange.all()));
            client.rangeAsync(RangeRequest.of(KeyRange.all())).join();
        }
        assertThat(recorder.history().operations()).hasSize(12).allSatisfy(operation -> {
            assertThat(operation.outcome()).isEqualTo(Outcome.OK);
            assertThat(operation.callNanos()).isLessThanOrEqualTo(operation.returnNanos());
        });
    }

    @Test
    void theAnswerIsWhatTheClientWasTold() {
        try (LocalEngine engine = Hightower.inMemory()) {
            Result.PutResult told = client(engine).put(KEY, KEY);
            assertThat(recorder.history().operations())
                    .singleElement()
                    .satisfies(operation -> assertThat(operation.answer()).contains(told))
                    .satisfies(operation -> assertThat(operation.hasEffect()).isTrue());
        }
    }

    @Test
    void aRevisionThatIsNotThereIsAnAnswer() {
        try (LocalEngine engine = Hightower.inMemory()) {
            RangeRequest future = RangeRequest.of(KeyRange.all()).atRevision(50);
            RecordingEngine client = client(engine);
            assertThatThrownBy(() -> client.range(future)).isInstanceOf(RevisionUnavailableException.class);
            assertThatThrownBy(() -> client.rangeAsync(future).join())
                    .hasCauseInstanceOf(RevisionUnavailableException.class);
        }
        assertThat(recorder.history().operations()).hasSize(2).allSatisfy(operation -> assertThat(operation.answer())
                .contains(new Result.Refused(1, Refusal.FUTURE_REVISION, 1)));
    }

    @Test
    void whatAClosedStoreIsAskedForHasCertainlyNoEffect() {
        LocalEngine engine = Hightower.inMemory();
        engine.close();
        RecordingEngine client = client(engine);
        assertThatThrownBy(() -> client.put(KEY, KEY)).isInstanceOf(NotReplicatedException.class);
        assertThatThrownBy(() -> client.get(KEY)).isInstanceOf(ReadUnavailableException.class);
        assertThatThrownBy(() -> client.submitAsync(Command.delete(KEY)).join())
                .hasCauseInstanceOf(NotReplicatedException.class);
        assertThat(recorder.history().operations()).hasSize(3).allSatisfy(operation -> assertThat(operation.outcome())
                .isEqualTo(Outcome.FAIL));
    }

    @Test
    void whatEndsWithoutAnAnswerIsUnknownUnlessItCertainlyFailed() {
        assertThat(Ends.outcome(WRITE, new OutcomeUnknownException("lost"))).isEqualTo(Outcome.UNKNOWN);
        assertThat(Ends.outcome(WRITE, new IllegalStateException("new"))).isEqualTo(Outcome.UNKNOWN);
        assertThat(Ends.outcome(WRITE, new TooLargeException("large"))).isEqualTo(Outcome.FAIL);
        assertThat(Ends.outcome(WRITE, new RefusedException(Refusal.LEASE_EXISTS)))
                .isEqualTo(Outcome.FAIL);
        assertThat(Ends.outcome(WRITE, new IllegalArgumentException("mistake"))).isEqualTo(Outcome.FAIL);
        assertThat(Ends.outcome(READ, new IllegalStateException("new"))).isEqualTo(Outcome.FAIL);
    }

    @Test
    void anOperationThatIsUnderWayIsOfUnknownOutcome() {
        Recorder.Call unused = recorder.call("client", "member", WRITE);
        assertThat(recorder.history().operations()).singleElement().satisfies(operation -> {
            assertThat(operation.outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(operation.returnNanos()).isEqualTo(Operation.NEVER);
        });
    }

    @Test
    void messagesOfAWatchAreNotedWhenTheyAreTaken() throws InterruptedException {
        try (LocalEngine engine = Hightower.inMemory()) {
            RecordingEngine client = client(engine);
            try (RecordingWatch watch = client.watch(WatchRequest.of(KeyRange.all()))) {
                client.put(KEY, KEY);
                assertThat(watch.soFar().received()).isEmpty();
                assertThat(watch.await(Duration.ofSeconds(30))).containsInstanceOf(WatchMessage.Created.class);
                assertThat(watch.await(Duration.ofSeconds(30))).containsInstanceOf(WatchMessage.Events.class);
                assertThat(watch.soFar().completeThrough()).hasValue(2);
            }
        }
        History history = recorder.history();
        assertThat(history.watches()).singleElement().satisfies(session -> {
            assertThat(session.watcher()).isEqualTo("client");
            assertThat(session.events()).hasSize(1);
        });
    }
}
