package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.storage.manifest.StoreManifest;
import io.hightower.kv.storage.merge.LeveledTables;
import io.hightower.kv.storage.merge.MergePicker;
import io.hightower.kv.storage.merge.MergePlan;
import io.hightower.kv.storage.merge.MergeResult;
import io.hightower.kv.storage.table.Table;
import io.hightower.kv.storage.table.TableId;
import io.hightower.kv.storage.table.TableMeta;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Merges tables in the background, one merge at a time, and puts the results into force. A merge that is interrupted leaves
 * everything as it was. <b>Thread-safe.</b>
 */
final class Merging {
    private static final System.Logger LOGGER = System.getLogger(Merging.class.getName());

    private static final long PAUSE_NANOS_LEAST = 500_000_000;
    private static final int PAUSE_DOUBLINGS_MAX = 9;

    private final StoreParts parts;
    private final MergePicker picker;
    private final TableRuns runs;
    private final HistoryMerging historyMerging;
    private final Metrics.Timer time;
    private final Metrics.Counter bytesRead;
    private final Metrics.Counter bytesWritten;
    private final Metrics.Counter versionsDropped;
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile boolean stopped;
    private volatile int pauses;
    private volatile long debtBytes;
    private volatile Optional<String> problem = Optional.empty();

    /** When to try again after merges that failed, by the monotonic clock; how many failed in a row. */
    private volatile long notBeforeNanos = System.nanoTime();

    private int failures;

    Merging(StoreParts parts) {
        this.parts = parts;
        this.picker = new MergePicker(parts.mergeOptions());
        this.runs = new TableRuns(parts, () -> stopped || pauses > 0);
        this.historyMerging = new HistoryMerging(parts, () -> stopped || pauses > 0);
        Metrics metrics = parts.options().metrics();
        this.time = metrics.timer("store.merge", "Time of a merge of tables");
        this.bytesRead = metrics.counter("store.merge.read.bytes", "Bytes of tables that merges read");
        this.bytesWritten = metrics.counter("store.merge.written.bytes", "Bytes of tables that merges wrote");
        this.versionsDropped = metrics.counter("store.merge.dropped", "Versions that merges dropped");
        metrics.gauge("store.merge.debt.bytes", "Bytes that are still to be merged, estimated", this::debtBytes);
        noteDebt();
    }

    /** Merges in the background until the tables are in order. */
    void start() {
        noteDebt();
        boolean isDue = System.nanoTime() - notBeforeNanos >= 0;
        if (!stopped && isDue && started.compareAndSet(false, true)) {
            parts.background().merges().execute(() -> {
                started.set(false);
                runWhile(tables -> picker.pick(tables, horizon()));
            });
        }
    }

    /** Merges on the calling thread until no table has garbage or overlaps another. */
    void runAll() {
        long lastNumber = parts.committer().takeFileNumber();
        synchronized (this) {
            while (mergeNext(tables -> picker.pickAll(tables, horizon(), lastNumber))) {
                requireRunning();
            }
            requireRunning();
            parts.poison().requireNone();
        }
        noteDebt();
    }

    private void requireRunning() {
        if (stopped) {
            throw new IllegalStateException("The store is closed");
        }
    }

    private void runWhile(Function<LeveledTables, Optional<MergePlan>> choice) {
        try {
            synchronized (this) {
                while (mergeNext(choice)) {
                    noteDebt();
                }
                failures = 0;
            }
        } catch (DiskFullException e) {
            LOGGER.log(System.Logger.Level.WARNING, "A merge found no room: " + e.getMessage());
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "A merge failed", e);
            tryAgainLater();
        }
        noteDebt();
    }

    /** A merge of a damaged table fails each time, after much work: ever longer pauses, from a second to some minutes. */
    private synchronized void tryAgainLater() {
        failures = Math.min(failures + 1, PAUSE_DOUBLINGS_MAX);
        notBeforeNanos = System.nanoTime() + (PAUSE_NANOS_LEAST << failures);
    }

    /** Does one merge, if one is worth it. Under the monitor. */
    private boolean mergeNext(Function<LeveledTables, Optional<MergePlan>> choice) {
        if (stopped || pauses > 0 || parts.poison().cause().isPresent()) {
            return false;
        }
        Committer.Pinned pinned = parts.committer().pin();
        try {
            LeveledTables tables = LeveledTables.of(pinned.manifest().levels());
            Optional<MergePlan> plan = choice.apply(tables);
            boolean merged = plan.isPresent() ? merge(plan.get(), pinned.files()) : historyMerging.joinIfMany(pinned);
            problem = Optional.empty();
            return merged;
        } catch (RuntimeException e) {
            problem = Optional.of("Tables cannot be merged: " + e.getMessage());
            throw e;
        } finally {
            pinned.files().release();
        }
    }

    private boolean merge(MergePlan plan, FileSet files) {
        if (plan.isTrivialMove()) {
            commit(plan, plan.tables());
            return true;
        }
        requireRoom(plan);
        long begun = time.start();
        Optional<MergeResult> merged = runs.merge(plan, openTables(files), horizon());
        if (merged.isEmpty()) {
            return false;
        }
        List<TableMeta> outputs = merged.get().tables();
        try {
            commit(plan, outputs);
        } catch (RuntimeException | Error e) {
            parts.abandon(outputs.stream().map(TableMeta::fileName).toList(), e);
            throw e;
        }
        time.stop(begun);
        bytesRead.add(plan.inputBytes());
        outputs.forEach(table -> bytesWritten.add(table.length()));
        versionsDropped.add(merged.get().versionsDropped());
        return true;
    }

    private void commit(MergePlan plan, List<TableMeta> outputs) {
        parts.committer()
                .commit(
                        manifest -> new StoreManifest(
                                manifest.edits(),
                                manifest.applied(),
                                manifest.nextFileNumber(),
                                historyFloorAfter(manifest),
                                LeveledTables.of(manifest.levels())
                                        .after(plan, outputs)
                                        .levels(),
                                manifest.history(),
                                manifest.system()),
                        (root, files) -> root.with(files, root.sealed()));
    }

    /** Without history a merge drops what is older than the newest: the next opening may not take it for history. */
    private long historyFloorAfter(StoreManifest manifest) {
        return parts.options().keepHistory()
                ? manifest.historyFloor()
                : Math.max(manifest.historyFloor(), manifest.applied().revision() + 1);
    }

    /** A merge needs room for its outputs while its inputs are still there; without it, flushes would fail, too. */
    private void requireRoom(MergePlan plan) {
        long free = parts.disk().freeBytes();
        long needed = plan.inputBytes() + parts.options().sealBytes();
        if (free < needed) {
            throw new DiskFullException("There is no room for a merge: directory="
                    + parts.disk().description() + " freeBytes=" + free + " neededBytes=" + needed);
        }
    }

    private static Map<TableId, Table> openTables(FileSet files) {
        Map<TableId, Table> tables = new HashMap<>();
        files.levels()
                .forEach(level ->
                        level.forEach(file -> tables.put(file.content().meta().id(), file.content())));
        return tables;
    }

    /** Of the manifest in force: what merges drop is gone for good. */
    private long horizon() {
        return parts.horizon(parts.committer().manifest().applied());
    }

    private void noteDebt() {
        debtBytes = picker.debt(LeveledTables.of(parts.committer().manifest().levels()));
    }

    long debtBytes() {
        return debtBytes;
    }

    /** Ends a running merge without effect, does something, and merges again. */
    void whileIdle(Runnable action) {
        pause(1);
        try {
            synchronized (this) {
                action.run();
            }
        } finally {
            pause(-1);
        }
    }

    private void pause(int by) {
        synchronized (started) {
            pauses += by;
        }
    }

    /** Ends a running merge, and begins none any more. */
    void stop() {
        stopped = true;
    }

    /** Returns what keeps tables from being merged. */
    Optional<String> problem() {
        return problem;
    }
}
