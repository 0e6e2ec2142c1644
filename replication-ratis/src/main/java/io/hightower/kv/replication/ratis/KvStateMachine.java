package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.state.KvState;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * What Ratis drives: applies the entries of its log to the {@link KvState} of this member. The store's durable position is
 * the snapshot, so a restart replays exactly what is not durable.
 *
 * <p><b>Ordering.</b> Entries are applied one by one on the updater thread of Ratis. Those that are the log's own (elections,
 * configurations) only move the position. <b>Durability.</b> Ratis drops log only up to {@link #getLatestSnapshot}, which
 * never promises more than the store has made durable. <b>Failure.</b> A failure to apply ends the member: going on could
 * answer wrongly. Nothing is thrown for a bad request, because Ratis answers some exceptions by deposing the leader and keeps
 * what it reserved for the request.
 */
final class KvStateMachine extends BaseStateMachine {
    /** What this member does with what Ratis tells it. Called under locks of Ratis: must not block. */
    interface Listener {
        /** Another leader, or none, or this one is ready: whoever waits for that should look again. */
        void leadershipChanged();

        /** The log of Ratis can never again be written. */
        void logFailed(Throwable cause);

        /** An entry could not be applied, or a state not installed. */
        void applyFailed(LogPosition position, Throwable cause);

        /** Begins to fetch a newer state from the leader and has it installed; nothing if none is needed. */
        CompletableFuture<Optional<LogPosition>> catchUp(
                String leaderId, long firstIndexKept, Consumer<StateStore.Staged> installer);

        /** The directory is formatted, and nobody has heard of this member since: the last chance to refuse. */
        void initialized();
    }

    private final StateStore store;
    private final KvState state;
    private final InFlightBatches inFlight;
    private final AppliedIndex applied;
    private final Listener listener;
    private final AtomicLong appliedBytes = new AtomicLong();
    private final Metrics.Timer applyTime;
    private final Metrics.Counter commandsApplied;
    private final Metrics.Counter leaderChanges;

    /** Held while an entry is applied or a state is installed: both change the store. */
    private final ReentrantLock applyLock = new ReentrantLock();

    /** Entries through this index came with an installed state. Guarded by the apply lock. */
    private long installedThrough = RaftLog.INVALID_LOG_INDEX;

    private volatile long installedUnannouncedSinceNanos = NOTHING_INSTALLED;
    private volatile boolean installing;
    private volatile @Nullable Thread applier;
    private volatile @Nullable SnapshotInfo latestSnapshot;

    /** In {@link #installedUnannouncedSinceNanos}: Ratis knows of every installed state. */
    static final long NOTHING_INSTALLED = Long.MIN_VALUE;

    KvStateMachine(KvState state, InFlightBatches inFlight, AppliedIndex applied, Listener listener, Metrics metrics) {
        this.state = state;
        this.store = state.store();
        this.inFlight = inFlight;
        this.applied = applied;
        this.listener = listener;
        this.applyTime = metrics.timer("ratis.apply", "Time to apply one entry of the cluster's log");
        this.commandsApplied = metrics.counter("commands.applied", "Commands applied to the state");
        this.leaderChanges = metrics.counter("ratis.leader.changes", "Times that this member heard of another leader");
        setLastAppliedTermIndex(termIndexOf(store.applied().position()));
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage) throws IOException {
        super.initialize(server, groupId, storage);
        getLifeCycle().startAndTransition(listener::initialized);
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) {
        TransactionContext context = TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .build();
        if (!(request.getMessage() instanceof Batch)) {
            context.setException(new IOException("Only this member's own proposer writes to the log"));
        }
        return context;
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext context) {
        RaftClientRequest request = context.getClientRequest();
        if (request != null && request.getMessage() instanceof Batch batch) {
            batch.markAppended(context);
        }
        return context;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext context) {
        LogEntryProto proto = context.getLogEntry();
        LogPosition position = new LogPosition(proto.getTerm(), proto.getIndex());
        noteApplier();
        applyLock.lock();
        try {
            if (position.index() > installedThrough) {
                apply(position, proto.getStateMachineLogEntry());
            }
            passed(position);
        } catch (RuntimeException | Error e) {
            listener.applyFailed(position, e);
            throw e;
        } finally {
            applyLock.unlock();
        }
        // Results travel out of band: Ratis would keep them in its retry cache, on every member.
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    private void noteApplier() {
        if (applier != Thread.currentThread()) {
            applier = Thread.currentThread();
        }
    }

    private void apply(LogPosition position, StateMachineLogEntryProto body) {
        long started = applyTime.start();
        Optional<Batch> own = inFlight.find(body.getClientId(), body.getCallId());
        Entry entry = own.isPresent()
                ? own.get().entry()
                : EntryCodec.decode(Bytes.copyOf(body.getLogData().asReadOnlyByteBuffer()));
        List<Result> results = state.apply(position, entry);
        own.ifPresent(batch -> inFlight.onApplied(batch, position.index(), results));
        appliedBytes.addAndGet(body.getLogData().size());
        commandsApplied.add(results.size());
        applyTime.stop(started);
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        LogPosition position = new LogPosition(term, index);
        applyLock.lock();
        try {
            // Ratis counts from 0, and its first entry is always its own; positions count from 1.
            if (index > 0 && index > installedThrough) {
                state.skip(position);
            }
            passed(position);
        } catch (RuntimeException | Error e) {
            listener.applyFailed(position, e);
            throw e;
        } finally {
            applyLock.unlock();
        }
    }

    private void passed(LogPosition position) {
        updateLastAppliedTermIndex(position.term(), position.index());
        applied.advance(position.index());
        inFlight.onIndexPassed(position.index());
    }

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        LogPosition durable = store.durable();
        if (durable.equals(LogPosition.START)) {
            return null;
        }
        SnapshotInfo latest = latestSnapshot;
        if (latest == null || latest.getIndex() != durable.index()) {
            latest = new FileListSnapshotInfo(List.of(), durable.term(), durable.index());
            latestSnapshot = latest;
        }
        return latest;
    }

    @Override
    public long takeSnapshot() {
        LogPosition durable = store.durable();
        return durable.equals(LogPosition.START) ? RaftLog.INVALID_LOG_INDEX : durable.index();
    }

    /** Returns about how many bytes of entries were applied, ever since the start. */
    long appliedBytes() {
        return appliedBytes.get();
    }

    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(RoleInfoProto role, TermIndex firstKept) {
        String leaderId = role.getFollowerInfo().getLeaderInfo().getId().getId().toStringUtf8();
        return listener.catchUp(leaderId, firstKept.getIndex(), this::install)
                .thenApply(
                        installed -> installed.map(KvStateMachine::termIndexOf).orElse(null));
    }

    /**
     * Makes a staged state the live one. It is durable on return, before Ratis hears of it and drops the log that the state
     * replaces, so that a crash at any moment leaves a state and a log that meet.
     */
    private void install(StateStore.Staged staged) {
        LogPosition position = staged.applied().position();
        applyLock.lock();
        installing = true;
        try {
            state.install(staged, position, true);
            installedThrough = position.index();
            installedUnannouncedSinceNanos = System.nanoTime();
            inFlight.onInstalled(position.index());
            applied.advance(position.index());
        } catch (RuntimeException | Error e) {
            listener.applyFailed(position, e);
            throw e;
        } finally {
            installing = false;
            applyLock.unlock();
        }
    }

    /** Tells whether another state takes the place of this one, and Ratis may not have taken it over yet. */
    boolean isInstalling() {
        return installing || installedUnannouncedSinceNanos != NOTHING_INSTALLED;
    }

    /** Returns the time of the processor that the thread which applies has taken, in nanoseconds; -1 if it is not known. */
    long applyingNanos() {
        Thread thread = applier;
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return thread == null || !threads.isThreadCpuTimeSupported() ? -1 : threads.getThreadCpuTime(thread.getId());
    }

    /** Returns since when, on the monotonic clock, an installed state waits for Ratis; or {@link #NOTHING_INSTALLED}. */
    long installedUnannouncedSinceNanos() {
        return installedUnannouncedSinceNanos;
    }

    @Override
    public void pause() {
        // The updater may still be applying: everything stays usable until it comes to reinitialize.
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() throws IOException {
        getLifeCycle().startAndTransition(() -> {
            setLastAppliedTermIndex(termIndexOf(store.applied().position()));
            installedUnannouncedSinceNanos = NOTHING_INSTALLED;
        });
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        leaderChanges.add(1);
        listener.leadershipChanged();
    }

    @Override
    public void notifyLeaderReady() {
        listener.leadershipChanged();
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failed) {
        listener.logFailed(cause);
    }

    @Override
    public void close() {
        getLifeCycle().checkStateAndClose(() -> {});
    }

    private static TermIndex termIndexOf(LogPosition position) {
        return position.equals(LogPosition.START)
                ? TermIndex.INITIAL_VALUE
                : TermIndex.valueOf(position.term(), position.index());
    }
}
