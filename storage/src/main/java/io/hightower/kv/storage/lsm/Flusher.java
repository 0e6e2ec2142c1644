package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.storage.cache.MemoryUse;
import io.hightower.kv.storage.history.ChangeCursor;
import io.hightower.kv.storage.history.ChangeSelection;
import io.hightower.kv.storage.history.HistoryId;
import io.hightower.kv.storage.history.HistoryMeta;
import io.hightower.kv.storage.history.HistoryWriter;
import io.hightower.kv.storage.manifest.StoreManifest;
import io.hightower.kv.storage.table.TableMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Writes sealed memtables to level 0, oldest first, each with its history file and the system records of its moment, and
 * puts them into force. <b>Thread-safe</b>:
 * one flush at a time.
 */
final class Flusher {
    private static final System.Logger LOGGER = System.getLogger(Flusher.class.getName());

    private final StoreParts parts;
    private final Roots roots;
    private final Runnable afterwards;
    private final TableRuns tableRuns;
    private final Metrics.Timer time;
    private final Metrics.Counter bytes;
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile boolean stopped;
    private volatile Optional<String> problem = Optional.empty();

    /** Has {@code afterwards} run after each flush. */
    Flusher(StoreParts parts, Roots roots, Runnable afterwards) {
        this.parts = parts;
        this.roots = roots;
        this.afterwards = afterwards;
        this.tableRuns = new TableRuns(parts, () -> false);
        this.time = parts.options().metrics().timer("store.flush", "Time to write a memtable to a table");
        this.bytes = parts.options().metrics().counter("store.flush.bytes", "Bytes of tables written by flushes");
    }

    /** Flushes in the background. A failure is kept as the problem, and the flush is tried again by the next start. */
    void start() {
        if (started.compareAndSet(false, true)) {
            parts.background().flushes().execute(() -> {
                started.set(false);
                try {
                    run();
                } catch (RuntimeException e) {
                    LOGGER.log(System.Logger.Level.WARNING, "A flush failed", e);
                }
            });
        }
    }

    /** Flushes all sealed memtables on the calling thread. */
    synchronized void run() {
        try {
            while (!stopped && !roots.current().sealed().isEmpty()) {
                flushOldest(roots.current());
            }
            problem = Optional.empty();
        } catch (RuntimeException e) {
            problem = Optional.of("Memory cannot be written to tables: " + e.getMessage());
            throw e;
        }
        afterwards.run();
    }

    private void flushOldest(Root root) {
        Sealed oldest = root.sealed().get(root.sealed().size() - 1);
        long begun = time.start();
        List<TableMeta> tables = tableRuns.flush(oldest, parts.horizon(oldest.applied()));
        List<HistoryMeta> history = new ArrayList<>();
        SystemFlush system = SystemFlush.of(parts, root.files(), oldest.system());
        try {
            writeHistory(oldest).ifPresent(history::add);
            system.write();
            parts.committer()
                    .commit(
                            system.opened(),
                            manifest -> flushed(manifest, oldest, tables, history, system),
                            (present, files) -> present.with(files, without(oldest, present)));
        } catch (RuntimeException | Error e) {
            parts.abandon(tables.stream().map(TableMeta::fileName).toList(), e);
            parts.abandon(history.stream().map(HistoryMeta::fileName).toList(), e);
            parts.abandon(system.fileNames(), e);
            throw e;
        } finally {
            system.close();
        }
        parts.budget().release(MemoryUse.MEMTABLES, oldest.memtable().reservedBytes());
        time.stop(begun);
        tables.forEach(table -> bytes.add(table.length()));
    }

    @SuppressWarnings("ReferenceEquality")
    private static List<Sealed> without(Sealed flushed, Root root) {
        return root.sealed().stream().filter(waiting -> waiting != flushed).toList();
    }

    private StoreManifest flushed(
            StoreManifest manifest,
            Sealed sealed,
            List<TableMeta> tables,
            List<HistoryMeta> history,
            SystemFlush system) {
        List<List<TableMeta>> levels = new ArrayList<>(manifest.levels());
        if (levels.isEmpty()) {
            levels.add(List.of());
        }
        List<TableMeta> flushed = new ArrayList<>(tables);
        flushed.addAll(levels.get(0));
        levels.set(0, flushed);
        boolean kept = parts.options().keepHistory();
        long floor = kept
                ? Math.max(manifest.historyFloor(), sealed.applied().compactRevision())
                : sealed.applied().revision() + 1;
        List<HistoryMeta> needed = new ArrayList<>(manifest.history());
        needed.addAll(history);
        needed.removeIf(file -> !file.isNeeded(floor, sealed.applied().releasedRevision()));
        return new StoreManifest(
                manifest.edits(),
                sealed.applied(),
                manifest.nextFileNumber(),
                floor,
                levels,
                needed,
                system.after(manifest));
    }

    private Optional<HistoryMeta> writeHistory(Sealed sealed) {
        ChangeSelection selection = parts.options().keepHistory() ? ChangeSelection.ALL : ChangeSelection.TOMBSTONES;
        try (ChangeCursor changes = sealed.slice().from(0, selection)) {
            if (!changes.next()) {
                return Optional.empty();
            }
            HistoryId id = new HistoryId(parts.committer().takeFileNumber(), parts.storeId());
            try (HistoryWriter writer = HistoryWriter.create(parts.disk(), id, selection)) {
                do {
                    writer.add(changes);
                } while (changes.next());
                return Optional.of(writer.finish());
            }
        }
    }

    /** Does something while nothing is flushed. */
    synchronized void whileIdle(Runnable action) {
        action.run();
    }

    /** Begins no flush any more; one that runs is finished. */
    void stop() {
        stopped = true;
    }

    /** Returns what keeps memtables from being flushed. */
    Optional<String> problem() {
        return problem;
    }
}
