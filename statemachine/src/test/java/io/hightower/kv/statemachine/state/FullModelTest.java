package io.hightower.kv.statemachine.state;

import static io.hightower.kv.statemachine.contract.StateReading.records;
import static io.hightower.kv.statemachine.contract.StateReading.recordsHash;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SessionRecord;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.TxnOp;
import io.hightower.kv.statemachine.codec.SessionCodec;
import io.hightower.kv.statemachine.random.RandomPrograms;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.HistoryStateStore;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class FullModelTest {
    private static final int RUNS = 1_500;
    private static final int ENTRIES_PER_RUN = 185;
    private static final long OPERATIONS_LEAST = 1_000_000;

    private long operations;

    @Test
    void agreesWithTheReferenceModelAfterEachEntry(TestInfo test) {
        SeededRuns.of(test).count(RUNS).check(this::program, FullModelTest::compare);
        if (Long.getLong(SeededRuns.SEED_PROPERTY) == null) {
            assertThat(operations).as("operations compared").isGreaterThan(OPERATIONS_LEAST);
        }
    }

    /** An entry, and what is read from a view after it. */
    private record Step(Entry entry, RangeRequest reading) {}

    private List<Step> program(RandomGenerator random) {
        RandomPrograms programs = new RandomPrograms(random);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < ENTRIES_PER_RUN; i++) {
            Step step = new Step(programs.entry(), programs.range());
            steps.add(step);
            operations++;
            step.entry().commands().forEach(command -> operations += operations(command));
        }
        return steps;
    }

    /** Counts conditions and operations on one path through a transaction as one each. */
    private static long operations(Object command) {
        if (command instanceof Command.Batch batch) {
            return batch.commands().size();
        } else if (command instanceof Command.InSession inSession) {
            return operations(inSession.command());
        } else if (command instanceof Command.Txn txn) {
            long sum = txn.compares().size();
            List<TxnOp> shorter = txn.success().size() < txn.failure().size() ? txn.success() : txn.failure();
            for (TxnOp op : shorter) {
                sum += operations(op);
            }
            return sum;
        }
        return 1;
    }

    private static void compare(List<Step> steps) {
        try (StateStore store = new HistoryStateStore()) {
            KvState state = new KvState(store);
            FullModel model = new FullModel();
            long index = 0;
            for (Step step : steps) {
                Entry entry = step.entry();
                List<Result> expected = new ArrayList<>();
                for (Command command : entry.commands()) {
                    expected.add(model.apply(command, entry.logicalTimeMillis()));
                }
                List<Result> results = state.apply(new LogPosition(1, ++index), entry);
                if (!results.equals(expected)) {
                    assertThat(results).as("results of %s", entry).isEqualTo(expected);
                }
                try (StoreView view = store.view()) {
                    compareStates(view, model, entry);
                    compareReading(view, model, step.reading());
                }
            }
        }
    }

    /** Compares without the assertion library first: it is slow, and this runs hundreds of thousands of times. */
    private static void compareStates(StoreView view, FullModel model, Entry last) {
        List<KeyRecord> expected = model.records();
        long living = expected.stream().filter(KeyRecord::live).count();
        AppliedState scalars = new AppliedState(
                view.applied().position(),
                model.revision(),
                model.latestVersion,
                model.releasedRevision,
                model.compactRevision,
                model.nowMillis,
                living,
                expected.size() - living,
                recordsHash(expected),
                view.system().hash());
        List<KeyRecord> found = records(view);
        if (!found.equals(expected) || !view.applied().equals(scalars)) {
            assertThat(found).as("records after %s", last).isEqualTo(expected);
            assertThat(view.applied()).as("scalars after %s", last).isEqualTo(scalars);
        }
        compareSystem(view, model, last);
    }

    private static void compareSystem(StoreView view, FullModel model, Entry last) {
        Leases leases = Leases.of(view.system());
        int attached = 0;
        for (long id : RandomPrograms.LEASES) {
            long[] expected = model.leases.get(id);
            boolean same = leases.find(id)
                    .map(lease -> expected != null && lease.equals(new Lease(id, expected[0], expected[1])))
                    .orElse(expected == null);
            if (!same || !leases.keys(id).equals(model.keysOn(id))) {
                assertThat(leases.byExpiry())
                        .as("leases after %s: id=%s", last, id)
                        .isNull();
            }
            attached += leases.keys(id).size();
        }
        for (Map.Entry<Bytes, FullModel.SystemValue> expected : model.system.entrySet()) {
            FullModel.SystemValue value = expected.getValue();
            SystemRecord stored = new SystemRecord(expected.getKey(), value.value(), value.modRevision());
            if (!view.system().get(expected.getKey()).equals(Optional.of(stored))) {
                assertThat(view.system().get(expected.getKey()))
                        .as("system record after %s", last)
                        .contains(stored);
            }
        }
        compareSessions(view, model, last);
        int records = model.leases.size() + attached + model.system.size() + model.sessions.size();
        if (view.system().size() != records || view.system().revision() != model.systemRevision) {
            assertThat(view.system().size()).as("system records after %s", last).isEqualTo(records);
            assertThat(view.system().revision())
                    .as("system changes after %s", last)
                    .isEqualTo(model.systemRevision);
        }
    }

    private static void compareSessions(StoreView view, FullModel model, Entry last) {
        Sessions sessions = Sessions.of(view.system());
        for (long id : RandomPrograms.SESSIONS) {
            Optional<SessionRecord> expected = Optional.ofNullable(model.sessions.get(id))
                    .map(session -> new SessionRecord(
                            id,
                            session.ttlMillis(),
                            session.usedMillis(),
                            session.answers().size(),
                            kept(session.answers())));
            if (!sessions.find(id).equals(expected)) {
                assertThat(sessions.find(id)).as("session after %s", last).isEqualTo(expected);
            }
        }
    }

    private static Bytes kept(List<Result> answers) {
        return answers.isEmpty() ? Bytes.EMPTY : SessionCodec.encodeAnswer(answers.get(answers.size() - 1));
    }

    private static void compareReading(StoreView view, FullModel model, RangeRequest wanted) {
        boolean readable = wanted.revision() <= model.revision() && wanted.revision() >= view.oldestRevision();
        RangeRequest request = readable ? wanted : wanted.atRevision(RangeRequest.NEWEST);
        Result expected = model.range(request);
        Result found = RangeReading.read(view, request);
        if (!found.equals(expected)) {
            assertThat(found).as("%s", request).isEqualTo(expected);
        }
    }
}
