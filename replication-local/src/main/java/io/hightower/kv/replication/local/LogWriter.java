package io.hightower.kv.replication.local;

import io.hightower.kv.replication.local.CommandQueue.Taken;
import io.hightower.kv.replication.local.CommandQueue.Waiting;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.spi.CommitLog;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.state.KvState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The writer thread's work: takes groups of commands from the queue, logs each group as one entry, makes it durable, applies
 * it, completes the futures.
 *
 * <p>The first failure of log or store is kept: from then on nothing is logged or applied, every command is refused with that
 * cause, and only reopening helps. A full disk is no such failure, because the log has taken the group back.
 * <b>Confined to the writer thread</b>, except {@link #failure} and {@link #busySinceNanos}.
 */
final class LogWriter implements Runnable {
    private static final System.Logger LOGGER = System.getLogger(LogWriter.class.getName());

    /** Bounds one entry, and with it the time that applying it takes and the memory that replaying it needs. */
    private static final long ENTRY_BYTES_MAX = 1024 * 1024;

    /** Returned by {@link #busySinceNanos} while the writer waits for work. */
    static final long IDLE = Long.MIN_VALUE;

    private final CommandQueue queue;
    private final CommitLog log;
    private final StateStore store;
    private final KvState state;
    private final LongSupplier wallClockMillis;
    private final Metrics.Counter commandsApplied;
    private final Metrics.Timer groupTime;

    private volatile @Nullable Throwable failure;
    private volatile long busySinceNanos = IDLE;

    LogWriter(CommandQueue queue, CommitLog log, StateStore store, LocalOptions options) {
        this.queue = queue;
        this.log = log;
        this.store = store;
        this.state = new KvState(store);
        this.wallClockMillis = options.wallClockMillis();
        this.commandsApplied = options.metrics().counter("commands.applied", "Commands applied to the state");
        this.groupTime = options.metrics().timer("group.commit", "Time to log, sync and apply one group of commands");
    }

    /** Brings the store up to the end of the log, and the log to where the store stands if that is further. */
    void recover() {
        long durable = store.durable().index();
        log.replay(durable + 1, (index, payload) -> state.apply(positionOf(index), EntryCodec.decode(payload)));
        if (log.lastIndex() < durable) {
            log.reset(durable + 1);
        }
    }

    @Override
    public void run() {
        boolean closed = false;
        while (!closed) {
            Taken taken = queue.take(ENTRY_BYTES_MAX, failure == null ? log.syncDueNanos() : Long.MAX_VALUE);
            busySinceNanos = System.nanoTime();
            try {
                work(taken);
            } catch (Throwable e) {
                // Nothing here is expected to fail, counting included; whoever waits must hear of it all the same.
                stopFor(e);
                fail(taken.commands(), new OutcomeUnknownException("The store failed while it answered", e));
            }
            busySinceNanos = IDLE;
            closed = taken.closed() && taken.commands().isEmpty();
        }
    }

    private void work(Taken taken) {
        taken.tasks().forEach(Runnable::run);
        if (!taken.commands().isEmpty()) {
            long started = groupTime.start();
            write(taken.commands());
            groupTime.stop(started);
        } else if (failure == null) {
            syncWhatIsDue();
        }
    }

    private void write(List<Waiting> group) {
        Throwable failed = failure;
        if (failed != null) {
            fail(group, storeFailed(failed));
            return;
        }
        List<Command> commands = new ArrayList<>(group.size());
        for (Waiting waiting : group) {
            commands.add(waiting.command());
        }
        long index = log.lastIndex() + 1;
        List<Result> results;
        try {
            Entry entry = new Entry(logicalTimeMillis(), commands);
            Bytes payload = EntryCodec.encode(entry);
            log.append(index, payload);
            log.commit();
            results = state.apply(positionOf(index), entry);
        } catch (DiskFullException e) {
            fail(group, new NotReplicatedException(Reason.DISK_FULL, "The disk is full: nothing was written", e));
            return;
        } catch (Throwable e) {
            stopFor(e);
            fail(group, new OutcomeUnknownException("The store failed while it made the command durable", e));
            return;
        }
        for (int i = 0; i < results.size(); i++) {
            group.get(i).result().complete(results.get(i));
        }
        commandsApplied.add(results.size());
    }

    private void syncWhatIsDue() {
        try {
            log.commit();
        } catch (Throwable e) {
            stopFor(e);
        }
    }

    /** Keeps the first failure; nothing is logged or applied from here on. */
    void stopFor(Throwable cause) {
        if (failure == null) {
            failure = cause;
            LOGGER.log(System.Logger.Level.ERROR, "The store refuses writes until it is reopened", cause);
        }
    }

    private static void fail(List<Waiting> group, HightowerException why) {
        for (Waiting waiting : group) {
            waiting.result().completeExceptionally(why);
        }
    }

    static NotReplicatedException storeFailed(Throwable cause) {
        return new NotReplicatedException(
                Reason.STORE_FAILED, "The store failed earlier and refuses writes until it is reopened", cause);
    }

    private long logicalTimeMillis() {
        return Math.max(store.applied().logicalTimeMillis(), wallClockMillis.getAsLong());
    }

    private static LogPosition positionOf(long index) {
        return new LogPosition(0, index);
    }

    /** Returns the first failure. Any thread may ask. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** Returns since when the writer has been at its present group, or {@link #IDLE}. Any thread may ask. */
    long busySinceNanos() {
        return busySinceNanos;
    }
}
