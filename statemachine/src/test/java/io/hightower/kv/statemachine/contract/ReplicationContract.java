package io.hightower.kv.statemachine.contract;

import static io.hightower.kv.statemachine.contract.StateReading.assertConsistent;
import static io.hightower.kv.statemachine.contract.StateReading.records;
import static io.hightower.kv.statemachine.contract.StateReading.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.TooLargeException;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.api.ReplicationStatus;
import io.hightower.kv.statemachine.random.RandomCommands;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.StateHash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ReplicationHandle} must keep about commands, reads and its life. {@link ReplicationSnapshotContract} adds
 * what it exports and installs.
 *
 * <p>Waiting has a limit only to end a run that hangs; no promise about time is tested.
 */
public abstract class ReplicationContract {
    private static final long PATIENCE_SECONDS = 60;
    private static final int THREADS = 8;
    private static final int COMMANDS_PER_THREAD = 200;

    /** How many commands of one thread wait at a time: far below any queue's limit. */
    private static final int IN_FLIGHT_MAX = 16;

    /** The replication under test, opened before each test. */
    protected ReplicationHandle handle;

    /**
     * Opens the replication, ready to take commands. The first call of a test finds nothing; a later one opens the same
     * place again after the former handle was closed.
     */
    protected abstract ReplicationHandle open() throws Exception;

    /** Returns the request limit that the opened replication has. */
    protected int requestBytesMax() {
        return Limits.REQUEST_BYTES_DEFAULT;
    }

    @BeforeEach
    public void openEmpty() throws Exception {
        handle = open();
    }

    @AfterEach
    public void closeHandle() {
        handle.close();
    }

    @Test
    public void readSeesWhatWasPut() {
        Result.PutResult written = (Result.PutResult) submit(put("k", "v"));

        assertThat(written.outcome()).isEqualTo(ApplyOutcome.APPLIED);
        barrier();
        try (StoreView view = handle.view()) {
            KeyValue read = view.get(Bytes.utf8("k")).orElseThrow();
            assertThat(read.value()).isEqualTo(Bytes.utf8("v"));
            assertThat(read.modRevision()).isEqualTo(written.revision());
            assertThat(read.writeVersion()).isEqualTo(written.writeVersion());
        }
    }

    @Test
    public void firstWriteOfAnEmptyStoreGetsRevisionTwo() {
        assertThat(revision()).isEqualTo(Revision.EMPTY_STORE);
        assertThat(submit(put("k", "v")).revision()).isEqualTo(2);
        assertThat(submit(Command.delete(Bytes.utf8("absent"))).revision()).isEqualTo(2);
        assertThat(submit(put("k", "w")).revision()).isEqualTo(3);
    }

    @Test
    public void keepsTheOrderInWhichOneThreadSubmits() {
        long before = revision();
        List<CompletableFuture<Result>> waiting = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waiting.add(handle.submit(put("k", "" + i)));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(join(waiting.get(i)).revision()).isEqualTo(before + 1 + i);
        }
        assertThat(read("k")).isEqualTo("99");
    }

    @Test
    public void outcomesAreResultsAndNoExceptions() {
        submit(new Command.Put(Bytes.utf8("k"), Bytes.utf8("new"), 10));

        Result.PutResult stale = (Result.PutResult) submit(new Command.Put(Bytes.utf8("k"), Bytes.utf8("old"), 10));
        Result.DeleteResult late = (Result.DeleteResult) submit(new Command.Delete(Bytes.utf8("k"), 9));

        assertThat(stale.outcome()).isEqualTo(ApplyOutcome.IGNORED_STALE);
        assertThat(stale.writeVersion()).isEqualTo(10);
        assertThat(late.outcome()).isEqualTo(ApplyOutcome.IGNORED_STALE);
        assertThat(read("k")).isEqualTo("new");
        assertThat(handle.latestVersion()).isEqualTo(10);
    }

    @Test
    public void batchTakesOneRevisionAndAppliesInOrder() {
        submit(put("old", "1"));
        Result.BatchResult result = join(handle.submitBatch(
                List.of(put("k", "1"), put("k", "2"), Command.delete(Bytes.utf8("old")), put("other", "3"))));

        assertThat(result.revision()).isEqualTo(3);
        assertThat(result.results()).hasSize(4).allSatisfy(inner -> assertThat(inner.revision())
                .isEqualTo(3));
        barrier();
        try (StoreView view = handle.view()) {
            assertThat(view.get(Bytes.utf8("k")).orElseThrow().version()).isEqualTo(2);
            assertThat(records(view))
                    .extracting(KeyRecord::modified)
                    .containsExactly(new Revision(3, 1), new Revision(3, 2), new Revision(3, 3));
        }
    }

    @Test
    public void noReaderSeesHalfABatch() throws InterruptedException {
        join(handle.submitBatch(List.of(put("left", "0"), put("right", "0"))));
        AtomicBoolean finished = new AtomicBoolean();
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            Future<?> reading = reader.submit(() -> {
                while (!finished.get()) {
                    try (StoreView view = handle.view()) {
                        assertThat(text(view, "left")).isEqualTo(text(view, "right"));
                    }
                }
            });
            for (int i = 1; i <= 100; i++) {
                join(handle.submitBatch(List.of(put("left", "" + i), put("right", "" + i))));
            }
            finished.set(true);
            reading.get();
        } catch (ExecutionException e) {
            throw new AssertionError("A reader saw half a batch", e);
        } finally {
            finished.set(true);
            reader.shutdown();
        }
    }

    @Test
    public void eachOfManyThreadsGetsItsOwnResults() throws InterruptedException {
        ExecutorService writers = Executors.newFixedThreadPool(THREADS);
        List<Future<Map<Bytes, Long>>> running = new ArrayList<>();
        Map<Bytes, Long> revisions = new TreeMap<>();
        try {
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                running.add(writers.submit(() -> writeMany(number)));
            }
            for (Future<Map<Bytes, Long>> thread : running) {
                revisions.putAll(thread.get());
            }
        } catch (ExecutionException e) {
            throw new AssertionError("A writer failed", e);
        } finally {
            writers.shutdown();
        }

        barrier();
        try (StoreView view = handle.view()) {
            assertThat(view.len()).isEqualTo((long) THREADS * COMMANDS_PER_THREAD);
            assertThat(view.revision()).isEqualTo(Revision.EMPTY_STORE + THREADS * COMMANDS_PER_THREAD);
            revisions.forEach(
                    (key, revision) -> assertThat(view.get(key).orElseThrow().modRevision())
                            .as("the result belongs to the command: key=%s", key)
                            .isEqualTo(revision));
            assertConsistent(view);
        }
    }

    /** Writes this thread's keys, half of the threads one by one and half many at a time; returns the revisions told. */
    private Map<Bytes, Long> writeMany(int thread) {
        int inFlightMax = thread % 2 == 0 ? IN_FLIGHT_MAX : 1;
        Map<Bytes, Long> revisions = new LinkedHashMap<>();
        Deque<CompletableFuture<Result>> waiting = new ArrayDeque<>();
        List<Bytes> keys = new ArrayList<>();
        long last = Revision.EMPTY_STORE;
        for (int i = 0; i < COMMANDS_PER_THREAD || !waiting.isEmpty(); i++) {
            if (i < COMMANDS_PER_THREAD) {
                keys.add(Bytes.utf8(thread + "/" + i));
                waiting.add(handle.submit(Command.put(keys.get(i), Bytes.utf8("v"))));
            }
            if (waiting.size() >= inFlightMax || i >= COMMANDS_PER_THREAD) {
                long revision = join(waiting.remove()).revision();
                assertThat(revision)
                        .as("one thread's commands keep their order")
                        .isGreaterThan(last);
                revisions.put(keys.get(revisions.size()), revision);
                last = revision;
            }
        }
        return revisions;
    }

    @Test
    public void refusesOversizedCommandBeforeAnythingHappens() {
        submit(put("k", "v"));
        int limit = requestBytesMax();
        Bytes half = Bytes.wrap(new byte[limit / 2 + 1]);
        List<Command> large = List.of(
                Command.put(Bytes.utf8("k"), Bytes.wrap(new byte[limit])),
                new Command.Batch(List.of(Command.put(Bytes.utf8("k"), half), Command.put(Bytes.utf8("l"), half))));

        for (Command command : large) {
            assertThatThrownBy(() -> handle.submit(command).cancel(false)).isInstanceOf(TooLargeException.class);
        }

        assertThat(revision()).isEqualTo(2);
        assertThat(read("k")).isEqualTo("v");
        assertThat(submit(put("k", "w")).revision()).isEqualTo(3);
    }

    @Test
    public void takesCommandsAtTheLimit() {
        byte[] content = new byte[requestBytesMax() - 1];
        Arrays.fill(content, (byte) 7);
        Bytes value = Bytes.wrap(content);

        assertThat(submit(Command.put(Bytes.utf8("k"), value)).revision()).isEqualTo(2);

        barrier();
        try (StoreView view = handle.view()) {
            assertThat(view.get(Bytes.utf8("k")).orElseThrow().value()).isEqualTo(value);
        }
    }

    @Test
    public void keepsBinaryKeysAndValues() {
        List<Bytes> keys = new ArrayList<>(RandomCommands.KEYS);
        for (Bytes key : keys) {
            submit(Command.put(key, key));
        }
        barrier();
        try (StoreView view = handle.view()) {
            assertThat(view.scan(KeyRange.all(), 0))
                    .extracting(KeyValue::key)
                    .isEqualTo(keys.stream().sorted().toList());
            assertThat(view.scan(KeyRange.all(), 0))
                    .allSatisfy(pair -> assertThat(pair.value()).isEqualTo(pair.key()));
        }
    }

    @Test
    public void statusHasALeader() {
        submit(put("k", "v"));
        barrier();

        ReplicationStatus status = handle.status();

        assertThat(status.leaderId()).isPresent();
        assertThat(status.role()).isIn(ReplicationStatus.Role.LEADER, ReplicationStatus.Role.FOLLOWER);
        assertThat(status.problem()).isEmpty();
        assertThat(status.memberId()).isNotEmpty();
        assertThat(status.applied().index()).isPositive();
    }

    @Test
    public void closesTwiceAndStaysStopped() {
        handle.close();
        handle.close();
        assertThat(handle.status().role()).isEqualTo(ReplicationStatus.Role.STOPPED);
    }

    @Test
    public void refusesCommandsAfterClosing() {
        handle.close();
        CompletableFuture<Result> refused = handle.submit(put("k", "v"));
        assertThatThrownBy(() -> join(refused))
                .isInstanceOfSatisfying(NotReplicatedException.class, e -> assertThat(e.reason())
                        .isEqualTo(NotReplicatedException.Reason.STOPPED));
    }

    @Test
    public void closingAnswersEveryCommandAndKeepsWhatItAcknowledged() throws Exception {
        List<CompletableFuture<Result>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(handle.submit(put("k" + i, "v")));
        }
        handle.close();
        List<Fate> fates = new ArrayList<>();
        for (CompletableFuture<Result> future : waiting) {
            fates.add(fate(future));
        }

        handle = open();

        for (int i = 0; i < 50; i++) {
            if (fates.get(i) != Fate.UNKNOWN) {
                assertThat(read("k" + i)).as("k%s %s", i, fates.get(i)).isEqualTo(fates.get(i) == Fate.DONE ? "v" : "");
            }
        }
    }

    @Test
    public void reopeningFindsEverythingAcknowledged() throws Exception {
        runRandom(300);
        StateOf before = stateNow();

        handle.close();
        handle = open();

        assertThat(stateNow()).isEqualTo(before);
        assertThat(submit(put("next", "v")).revision()).isEqualTo(before.revision() + 1);
    }

    @Test
    public void reopeningAfterCheckpointAndMoreCommandsFindsEverything() throws Exception {
        runRandom(100);
        handle.checkpoint();
        handle.checkpoint();
        runRandom(50);
        handle.flush();
        StateOf before = stateNow();

        for (int i = 0; i < 3; i++) {
            handle.close();
            handle = open();
            assertThat(stateNow()).as("opening " + i).isEqualTo(before);
            handle.checkpoint();
        }
    }

    /** What must be the same after reopening. */
    protected record StateOf(long revision, long stateHash, List<KeyRecord> records) {}

    /** Reads the state behind a barrier and checks that it is consistent. */
    protected final StateOf stateNow() {
        barrier();
        try (StoreView view = handle.view()) {
            assertConsistent(view);
            return new StateOf(view.revision(), StateHash.of(view.applied()), records(view));
        }
    }

    /** Submits random commands and waits for each. */
    protected final void runRandom(int count) {
        RandomCommands commands = new RandomCommands(new SplittableRandom(count));
        for (int i = 0; i < count; i++) {
            submit(commands.next());
        }
    }

    /** Submits a command and waits for its result. */
    protected final Result submit(Command command) {
        return join(handle.submit(command));
    }

    /** Waits until this handle's state has everything acknowledged. */
    protected final void barrier() {
        join(handle.readBarrier());
    }

    /** Reads a key behind a barrier; empty when it holds no value. */
    protected final String read(String key) {
        barrier();
        try (StoreView view = handle.view()) {
            return text(view, key).orElse("");
        }
    }

    /** Waits for a future and throws what it failed with. */
    protected static <T> T join(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError("A future failed with what no caller expects", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("A future did not complete in time: seconds=" + PATIENCE_SECONDS, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for a future", e);
        }
    }

    static Command put(String key, String value) {
        return Command.put(Bytes.utf8(key), Bytes.utf8(value));
    }

    private long revision() {
        barrier();
        try (StoreView view = handle.view()) {
            return view.revision();
        }
    }

    private static Fate fate(CompletableFuture<Result> future) {
        try {
            join(future);
            return Fate.DONE;
        } catch (NotReplicatedException e) {
            return Fate.REFUSED;
        } catch (OutcomeUnknownException e) {
            return Fate.UNKNOWN;
        }
    }

    private enum Fate {
        DONE,
        REFUSED,
        UNKNOWN
    }
}
