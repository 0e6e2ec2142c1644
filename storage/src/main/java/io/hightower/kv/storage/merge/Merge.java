package io.hightower.kv.storage.merge;

import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.table.TableId;
import io.hightower.kv.storage.table.TableMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Merges tables into new ones, and flushes a memtable to a new one.
 *
 * <p>Nothing is changed but that files are added: whoever calls puts the result into force, and deletes the inputs when
 * nobody reads them any more. <b>Durability.</b> When a merge returns, its tables and their names are durable. <b>Threads.</b>
 * Thread-safe; each merge runs on the thread that calls. <b>Failure.</b> If a merge fails or is cancelled, what it had
 * written is deleted.
 */
public final class Merge {
    private static final int FLUSH_LEVEL = 0;

    private final Disk disk;
    private final Supplier<TableId> ids;
    private final MergeOptions options;
    private final BooleanSupplier cancelled;
    private final Pacer pacer;

    private Merge(Disk disk, Supplier<TableId> ids, MergeOptions options, BooleanSupplier cancelled, Pacer pacer) {
        this.disk = disk;
        this.ids = ids;
        this.options = options;
        this.cancelled = cancelled;
        this.pacer = pacer;
    }

    /**
     * Returns merges that write to a disk.
     *
     * @param ids gives each new table its name; thread-safe if merges run beside each other
     */
    public static Merge to(Disk disk, Supplier<TableId> ids, MergeOptions options) {
        return new Merge(disk, ids, options, () -> false, Pacer.NONE);
    }

    /** Returns the same merges, which end before the next key once {@code flag} is true. Asked for every key. */
    public Merge cancelledBy(BooleanSupplier flag) {
        return new Merge(disk, ids, options, flag, pacer);
    }

    /** Returns the same merges, slowed down. The pacer is called about every 256 KiB that are written. */
    public Merge pacedBy(Pacer other) {
        return new Merge(disk, ids, options, cancelled, other);
    }

    /**
     * Carries out a plan that is no trivial move.
     *
     * @param horizon as {@link Retention} has it
     * @param opener opens a cursor over an input, which the merge closes
     * @return nothing if it was cancelled
     * @throws io.hightower.kv.statemachine.CorruptionException if an input is damaged
     */
    public Optional<MergeResult> run(MergePlan plan, long horizon, Function<TableMeta, VersionCursor> opener) {
        InvariantViolation.check(!plan.isTrivialMove(), "a table that only moves is not rewritten");
        List<VersionCursor> newestFirst = new ArrayList<>();
        for (TableMeta run : plan.inputs(0)) {
            newestFirst.add(chain(List.of(run), opener));
        }
        for (int level = 1; level < LeveledTables.LEVELS; level++) {
            if (!plan.inputs(level).isEmpty()) {
                newestFirst.add(chain(plan.inputs(level), opener));
            }
        }
        long expected = plan.tables().stream().mapToLong(TableMeta::versions).sum();
        Retention retention = new Retention(horizon, options.oldestChange(horizon), plan.olderRuns());
        Optional<MergeResult> result = merge(newestFirst, retention, plan.outputLevel());
        if (result.isPresent() && result.get().versionsIn() != expected) {
            delete(result.get());
            throw new InvariantViolation("a merge reads every version of its inputs once");
        }
        return result;
    }

    private static VersionCursor chain(List<TableMeta> tables, Function<TableMeta, VersionCursor> opener) {
        return new Chain(tables.stream()
                        .map(table -> new Chain.Link(table.firstKey(), table.lastKey(), () -> opener.apply(table)))
                        .toList())
                .cursor();
    }

    private void delete(MergeResult result) {
        result.tables().forEach(table -> disk.delete(table.fileName()));
    }

    /**
     * Writes a memtable to one table of level 0, however long that becomes.
     *
     * @param memtable a cursor over it, which is closed
     * @param horizon as {@link Retention} has it
     * @param older what all runs that are older may hold
     * @return nothing if it was cancelled: then the memtable is in no table; a result without tables if nothing of it is
     *     worth keeping
     */
    public Optional<MergeResult> flush(VersionCursor memtable, long horizon, Retention.OlderRuns older) {
        Retention retention = new Retention(horizon, options.oldestChange(horizon), older);
        return merge(List.of(memtable), retention, FLUSH_LEVEL);
    }

    private Optional<MergeResult> merge(List<VersionCursor> newestFirst, Retention retention, int level) {
        MergeOutput.Shape shape = new MergeOutput.Shape(
                options.table(), level == FLUSH_LEVEL ? Long.MAX_VALUE : options.tableBytes(), options.isVerifying());
        MergeOutput output = new MergeOutput(disk, ids, shape, pacer);
        boolean isDone = false;
        try (MergedCursor versions = MergedCursor.of(newestFirst)) {
            Optional<MergeResult> result = copy(versions, retention, output);
            isDone = result.isPresent();
            return result;
        } finally {
            if (!isDone) {
                output.abandon();
            }
        }
    }

    private Optional<MergeResult> copy(MergedCursor from, Retention retention, MergeOutput to) {
        long out = 0;
        long dropped = 0;
        boolean stands = from.first();
        while (stands) {
            if (cancelled.getAsBoolean()) {
                return Optional.empty();
            }
            retention.nextKey();
            boolean newKey = true;
            do {
                if (retention.keeps(from)) {
                    to.add(from, newKey);
                    newKey = false;
                    out++;
                } else {
                    dropped++;
                }
            } while (from.nextVersion());
            to.endKey();
            stands = from.nextKey();
        }
        dropped += from.hidden();
        List<TableMeta> tables = to.finish();
        long written = tables.stream().mapToLong(TableMeta::versions).sum();
        InvariantViolation.check(written == out, "a merge writes every version that it keeps");
        return Optional.of(new MergeResult(tables, out + dropped, out, dropped));
    }
}
