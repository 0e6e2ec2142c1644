package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * The batches of this member that were dispatched and are not settled: proposed to its own log, or forwarded to the leader.
 *
 * <p>A batch is found again by the client id and call id that its log entry carries, so its results reach their callers also
 * when this member has lost the leadership meanwhile. Then the batch is an orphan: it settles as soon as this member applies
 * the entry, or another entry at its index, which proves that it was dropped.
 *
 * <p><b>Threads.</b> Thread-safe; {@link #onApplied} and {@link #onInstalled} are called by one thread at a time. Receivers
 * run on the callback executor.
 */
final class InFlightBatches implements ForwardLink.Listener {
    /** Made up per start, because Ratis answers a client id and call id that it knows from its memory. */
    private final ClientId clientId = ClientId.randomId();

    private final ByteString clientIdBytes = clientId.toByteString();
    private final Executor callbacks;
    private final AppliedIndex applied;
    private final Runnable onRefused;
    private final ConcurrentMap<Long, Batch> byCallId = new ConcurrentHashMap<>();
    private final ConcurrentMap<Long, Batch> orphansByIndex = new ConcurrentHashMap<>();

    /** Entries through this index came here as part of a state: which ones they were is not known. */
    private volatile long installedThrough = -1;

    /** Has {@code onRefused} run when a former leader has refused batches. */
    InFlightBatches(Executor callbacks, AppliedIndex applied, Runnable onRefused) {
        this.callbacks = callbacks;
        this.applied = applied;
        this.onRefused = onRefused;
    }

    ClientId clientId() {
        return clientId;
    }

    void add(Batch batch) {
        byCallId.put(batch.callId(), batch);
    }

    void remove(Batch batch) {
        byCallId.remove(batch.callId());
    }

    boolean isEmpty() {
        return byCallId.isEmpty();
    }

    /** Returns for how long the oldest batch has been on its way, in nanoseconds; 0 if there is none. */
    long oldestAgeNanos() {
        return byCallId.values().stream().mapToLong(Batch::ageNanos).max().orElse(0);
    }

    int size() {
        return byCallId.size();
    }

    /** Returns the batch that became the log entry with these ids; nothing if it is not of this member and this start. */
    Optional<Batch> find(ByteString entryClientId, long callId) {
        return entryClientId.equals(clientIdBytes) ? Optional.ofNullable(byCallId.get(callId)) : Optional.empty();
    }

    /** Delivers what applying a batch of this member gave. */
    void onApplied(Batch batch, long index, List<Result> results) {
        batch.markApplied();
        byCallId.remove(batch.callId());
        callbacks.execute(() -> batch.succeed(index, results));
    }

    /** Takes notice that the entry at {@code index} is applied, whosever it was. Called after the index was published. */
    void onIndexPassed(long index) {
        if (!orphansByIndex.isEmpty()) {
            Batch orphan = orphansByIndex.remove(index);
            if (orphan != null) {
                settleOrphan(orphan);
            }
        }
    }

    /** Takes notice that a state was installed that contains the entries through {@code index}. */
    void onInstalled(long index) {
        installedThrough = index;
        for (Batch batch : List.copyOf(orphansByIndex.values())) {
            if (batch.position().filter(position -> position.index() <= index).isPresent()) {
                fail(
                        batch,
                        () -> new OutcomeUnknownException(
                                "The leader changed before it answered, and this member has fallen too far behind to tell"));
            }
        }
    }

    /** Takes notice that Ratis will not answer for a batch that reached the log, because the leadership was lost. */
    void orphan(Batch batch) {
        Optional<LogPosition> position = batch.position();
        if (position.isEmpty()) {
            fail(batch, () -> new OutcomeUnknownException("The leader changed while the commands were being logged"));
            return;
        }
        long index = position.get().index();
        orphansByIndex.put(index, batch);
        // The index may have been passed before the batch was found among the orphans.
        if (applied.index() >= index && orphansByIndex.remove(index, batch)) {
            settleOrphan(batch);
        }
    }

    private void settleOrphan(Batch batch) {
        if (batch.isApplied()) {
            return;
        }
        if (batch.position().orElseThrow().index() <= installedThrough) {
            fail(batch, () -> new OutcomeUnknownException("The leader changed before it answered"));
        } else {
            fail(
                    batch,
                    () -> new NotReplicatedException(
                            Reason.NO_LEADER, "The leader changed, and the new one dropped the commands"));
        }
    }

    /** Settles a batch as failed. */
    void fail(Batch batch, Supplier<RuntimeException> why) {
        byCallId.remove(batch.callId());
        batch.position().ifPresent(position -> orphansByIndex.remove(position.index(), batch));
        callbacks.execute(() -> batch.fail(why));
    }

    @Override
    public void answered(Batch batch, long index, List<Result> results) {
        byCallId.remove(batch.callId());
        callbacks.execute(() -> batch.succeed(index, results));
    }

    @Override
    public void failed(Batch batch, RuntimeException why) {
        fail(batch, () -> why);
    }

    @Override
    public void refused() {
        onRefused.run();
    }

    /** Fails the submissions whose time is up. */
    void expire(long nowNanos) {
        for (Batch batch : byCallId.values()) {
            List<Submission> expired = new ArrayList<>();
            boolean all = true;
            for (Submission submission : batch.submissions()) {
                if (submission.isExpired(nowNanos)) {
                    expired.add(submission);
                } else {
                    all = false;
                }
            }
            if (all) {
                fail(batch, InFlightBatches::tooLate);
            } else if (!expired.isEmpty()) {
                callbacks.execute(() -> failEach(expired));
            }
        }
    }

    private static void failEach(List<Submission> expired) {
        for (Submission submission : expired) {
            if (submission.settleDispatched()) {
                submission.receiver().failed(tooLate());
            }
        }
    }

    private static OutcomeUnknownException tooLate() {
        return new OutcomeUnknownException("The command was proposed, but not confirmed in time");
    }

    /** Fails everything. */
    void failAll(Supplier<RuntimeException> why) {
        for (Batch batch : byCallId.values()) {
            fail(batch, why);
        }
    }
}
