package io.hightower.kv.storage.merge;

import io.hightower.kv.storage.table.TableMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Chooses what is merged next.
 *
 * <pre>
 * level 0 has its runs       all of them, with what they meet in level 1, to level 1
 * level n has its bytes      the table that meets the least bytes per own byte in level n + 1, to there
 * a table is mostly garbage  itself alone, or with the tables whose versions it hides
 * else                       nothing
 * </pre>
 *
 * <p>The first two compete: the level that is furthest over its limit is merged first. Tables that meet nothing move without
 * being rewritten, so sequential loading writes each byte once; small ones are rewritten nevertheless, together with small
 * neighbours, or the store would end up with too many files. Tables without garbage that overlap no others are left alone.
 *
 * <p>What it knows of garbage comes from {@link TableMeta}: versions beyond one per key, if all of them are at or below the
 * horizon; and tombstones, each of which hides older versions if there are any. <b>Immutable.</b> A pure function.
 */
public final class MergePicker {
    /** A run of level 0 is moved without rewriting only if it has this part of a full table. */
    private static final int MOVED_PART = 16;

    /** A neighbour is rewritten along with others if it has less than this part of a full table. */
    private static final int SMALL_PART = 2;

    private static final long PERCENT = 100;

    private final MergeOptions options;

    /** Makes a picker. */
    public MergePicker(MergeOptions options) {
        this.options = options;
    }

    /**
     * Returns what to merge next; nothing if the store is in order.
     *
     * @param horizon as {@link Retention} has it
     */
    public Optional<MergePlan> pick(LeveledTables store, long horizon) {
        int fullest = 0;
        double fullness = (double) store.level(0).size() / options.level0Runs();
        for (int level = 1; level < LeveledTables.LEVELS - 1; level++) {
            double other = (double) store.bytes(level) / options.bytesMax(level);
            if (other > 1 && other > fullness) {
                fullest = level;
                fullness = other;
            }
        }
        if (fullness < 1) {
            return garbage(store, horizon);
        }
        return Optional.of(fullest == 0 ? level0(store) : oversize(store, fullest));
    }

    private MergePlan level0(LeveledTables store) {
        List<TableMeta> runs = store.level(0);
        List<TableMeta> movable = new ArrayList<>();
        for (int place = 0; place < runs.size(); place++) {
            TableMeta run = runs.get(place);
            boolean meetsOlder = runs.subList(place + 1, runs.size()).stream().anyMatch(run::overlaps)
                    || !store.overlapping(1, KeySpan.of(run)).isEmpty();
            if (!meetsOlder && run.length() >= options.tableBytes() / MOVED_PART && !hasManyTombstones(run)) {
                movable.add(run);
            }
        }
        if (movable.isEmpty()) {
            return level0(store, runs).because(MergePlan.Reason.LEVEL_0);
        }
        return MergePlan.of(store, 0, movable, 1, List.of()).asTrivialMove().because(MergePlan.Reason.LEVEL_0);
    }

    /** Merges runs of level 0 that overlap none of the older ones except each other. */
    private MergePlan level0(LeveledTables store, List<TableMeta> runs) {
        KeySpan span = KeySpan.of(runs);
        List<TableMeta> level = store.level(1);
        int from = 0;
        while (from < level.size() && level.get(from).lastKey().compareTo(span.first()) < 0) {
            from++;
        }
        int until = from + store.overlapping(1, span).size();
        if (from > 0 && isSmall(level.get(from - 1))) {
            from--;
        }
        if (until < level.size() && isSmall(level.get(until))) {
            until++;
        }
        return MergePlan.of(store, 0, runs, 1, level.subList(from, until));
    }

    private boolean isSmall(TableMeta table) {
        return table.length() < options.tableBytes() / SMALL_PART;
    }

    private MergePlan oversize(LeveledTables store, int level) {
        List<TableMeta> tables = store.level(level);
        TableMeta best = tables.get(0);
        double leastCost = Double.MAX_VALUE;
        for (TableMeta table : tables) {
            double cost = (double) bytes(store.overlapping(level + 1, KeySpan.of(table))) / table.length();
            if (cost < leastCost) {
                best = table;
                leastCost = cost;
            }
        }
        return down(store, level, best, level + 1).because(MergePlan.Reason.SIZE);
    }

    /** Merges a table to a higher level; its keys are in no level between. */
    private static MergePlan down(LeveledTables store, int upper, TableMeta table, int lower) {
        List<TableMeta> met = store.overlapping(lower, KeySpan.of(table));
        if (met.isEmpty()) {
            return MergePlan.of(store, upper, List.of(table), lower, met).asTrivialMove();
        }
        return MergePlan.of(store, upper, neighbours(store, upper, table, lower, met), lower, met);
    }

    /** Adds tables beside the one to be moved, as long as they meet the same tables, which are rewritten anyway. */
    private static List<TableMeta> neighbours(
            LeveledTables store, int upper, TableMeta table, int lower, List<TableMeta> met) {
        List<TableMeta> tables = store.level(upper);
        int from = tables.indexOf(table);
        int until = from + 1;
        while (from > 0 && meetsOnly(store, upper, tables.get(from - 1), lower, met)) {
            from--;
        }
        while (until < tables.size() && meetsOnly(store, upper, tables.get(until), lower, met)) {
            until++;
        }
        return tables.subList(from, until);
    }

    private static boolean meetsOnly(LeveledTables store, int upper, TableMeta table, int lower, List<TableMeta> met) {
        KeySpan span = KeySpan.of(table);
        List<TableMeta> found = store.overlapping(lower, span);
        return !found.isEmpty() && met.containsAll(found) && store.shallowestBelow(upper, span) == lower;
    }

    private Optional<MergePlan> garbage(LeveledTables store, long horizon) {
        MergePlan best = null;
        double most = 0;
        for (int level = 1; level < LeveledTables.LEVELS; level++) {
            for (TableMeta table : store.level(level)) {
                for (MergePlan plan : garbagePlans(store, level, table, horizon).toList()) {
                    double part = droppedPart(plan, level, horizon);
                    if (part * PERCENT >= options.garbagePercent() && part > most) {
                        best = plan.because(MergePlan.Reason.GARBAGE);
                        most = part;
                    }
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /** Returns the merges by which garbage in a table, or beneath it, may go. */
    private static Stream<MergePlan> garbagePlans(LeveledTables store, int level, TableMeta table, long horizon) {
        Stream<MergePlan> alone = hidden(table, horizon) > 0 ? Stream.of(rewrite(store, level, table)) : Stream.of();
        int lower = store.shallowestBelow(level, KeySpan.of(table));
        boolean hides = table.tombstones() > 0 && lower < LeveledTables.LEVELS;
        return hides ? Stream.concat(alone, Stream.of(down(store, level, table, lower))) : alone;
    }

    private static MergePlan rewrite(LeveledTables store, int level, TableMeta table) {
        return MergePlan.of(store, level, List.of(table), level, List.of());
    }

    /** Estimates which part of the versions that a merge reads it drops. */
    private static double droppedPart(MergePlan plan, int upper, long horizon) {
        long versions = 0;
        long dropped = 0;
        for (TableMeta table : plan.tables()) {
            versions += table.versions();
            dropped += hidden(table, horizon);
        }
        if (plan.outputLevel() > upper) {
            long hiding =
                    plan.inputs(upper).stream().mapToLong(TableMeta::tombstones).sum();
            long hidden = plan.inputs(plan.outputLevel()).stream()
                    .mapToLong(TableMeta::versions)
                    .sum();
            dropped += Math.min(hiding, hidden);
        }
        return (double) dropped / versions;
    }

    /** Returns how many versions of a table are sure to be dropped when it is rewritten. */
    private static long hidden(TableMeta table, long horizon) {
        return table.maxMain() <= horizon ? table.versions() - table.keys() : 0;
    }

    /**
     * Returns what to merge next until nothing is left that has garbage or overlaps; nothing then. Everything meets what it
     * overlaps, level by level, and each table is rewritten that may have garbage of its own.
     *
     * @param lastNumber the greatest number of a table when this began: what was written since is not rewritten for garbage
     *     that it only may have, so that this ends
     */
    public Optional<MergePlan> pickAll(LeveledTables store, long horizon, long lastNumber) {
        List<TableMeta> runs = store.level(0).stream()
                .filter(run -> isInDisorder(store, run) || mayHaveGarbage(run, horizon, lastNumber))
                .toList();
        if (!runs.isEmpty()) {
            return Optional.of(level0(store, runs));
        }
        for (int level = 1; level < LeveledTables.LEVELS; level++) {
            for (TableMeta table : store.level(level)) {
                int lower = store.shallowestBelow(level, KeySpan.of(table));
                if (lower < LeveledTables.LEVELS) {
                    return Optional.of(down(store, level, table, lower));
                }
            }
        }
        for (int level = 1; level < LeveledTables.LEVELS; level++) {
            for (TableMeta table : store.level(level)) {
                if (mayHaveGarbage(table, horizon, lastNumber)) {
                    return Optional.of(rewrite(store, level, table));
                }
            }
        }
        return Optional.empty();
    }

    /** Tells whether a run of level 0 overlaps anything. Of those that overlap each other, all are in disorder. */
    private static boolean isInDisorder(LeveledTables store, TableMeta run) {
        KeySpan span = KeySpan.of(run);
        return store.overlapping(0, span).size() > 1 || store.shallowestBelow(0, span) < LeveledTables.LEVELS;
    }

    private boolean mayHaveGarbage(TableMeta table, long horizon, long lastNumber) {
        boolean may = table.versions() > table.keys() && table.minMain() < horizon;
        return hidden(table, horizon) > 0 || (table.id().number() <= lastNumber && (may || hasManyTombstones(table)));
    }

    /** Tells whether rewriting may be worth it for the sake of erased tombstones, which are not counted apart. */
    private boolean hasManyTombstones(TableMeta table) {
        return table.tombstones() * PERCENT >= table.versions() * options.garbagePercent();
    }

    /**
     * Estimates how many bytes must still be read or written by merges until every level is within its limit: by how much
     * writers are ahead. It rises and falls with the bytes beyond the limits, without steps, and counts what one merge will
     * cause in further levels. Tables that can move without being rewritten cost nothing.
     */
    public long debt(LeveledTables store) {
        int runs = store.level(0).size();
        long arriving = 0;
        double cost = 0;
        double debt = 0;
        if (runs > options.level0Runs()) {
            arriving = (long) (store.bytes(0) * (1 - (double) options.level0Runs() / runs));
            cost = costPerByte(store, 0);
            debt = arriving * cost;
        }
        for (int level = 1; level < LeveledTables.LEVELS - 1; level++) {
            long excess = store.bytes(level) + arriving - options.bytesMax(level);
            if (excess > 0) {
                cost = store.level(level).isEmpty() ? cost : costPerByte(store, level);
                debt += excess * cost;
            }
            arriving = Math.max(0, excess);
        }
        return (long) debt;
    }

    /** Returns how many bytes are rewritten for each byte that leaves a level which is not empty. */
    private double costPerByte(LeveledTables store, int level) {
        long own = 0;
        long met = 0;
        for (TableMeta table : store.level(level)) {
            KeySpan span = KeySpan.of(table);
            long lower = bytes(store.overlapping(level + 1, span));
            if (lower > 0 || (level == 0 && store.overlapping(0, span).size() > 1)) {
                own += table.length();
            }
            met += lower;
        }
        if (level == 0) {
            // All runs meet the same tables, once.
            met = Math.min(met, store.bytes(1));
        }
        return (double) own / store.bytes(level) + Math.min(options.fanout(), (double) met / store.bytes(level));
    }

    private static long bytes(List<TableMeta> tables) {
        return tables.stream().mapToLong(TableMeta::length).sum();
    }
}
