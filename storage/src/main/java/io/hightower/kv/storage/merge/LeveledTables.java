package io.hightower.kv.storage.merge;

import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.table.TableId;
import io.hightower.kv.storage.table.TableMeta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The tables of a store, in levels.
 *
 * <pre>
 * level 0       flushed memtables, the newest first; any of them may have any key
 * level 1 to 6  each is one run: tables in the order of their keys, no key in two of them
 * </pre>
 *
 * <p>Of two tables with a key in common, the one in the lower level, or in front of the other in level 0, holds the newer
 * versions. Merging moves data to higher levels, which have room for more. <b>Immutable.</b>
 */
public final class LeveledTables {
    /** How many levels there are. */
    public static final int LEVELS = 7;

    private static final Comparator<TableMeta> BY_KEY = Comparator.comparing(TableMeta::firstKey);

    private final List<List<TableMeta>> levels;
    private final long[] bytes = new long[LEVELS];

    private LeveledTables(List<List<TableMeta>> levels) {
        this.levels = levels;
        for (int level = 0; level < LEVELS; level++) {
            List<TableMeta> tables = levels.get(level);
            for (int place = 0; place < tables.size(); place++) {
                TableMeta table = tables.get(place);
                bytes[level] += table.length();
                InvariantViolation.check(
                        level == 0
                                || place == 0
                                || tables.get(place - 1).lastKey().compareTo(table.firstKey()) < 0,
                        "the tables of a level lie behind one another");
            }
        }
    }

    /** Returns a store without tables. */
    public static LeveledTables empty() {
        return of(List.of());
    }

    /**
     * Returns a store with tables.
     *
     * @param levels the tables of level 0, newest first, then of level 1 in key order, and so on; missing levels are empty
     */
    public static LeveledTables of(List<List<TableMeta>> levels) {
        if (levels.size() > LEVELS) {
            throw new IllegalArgumentException("There are " + LEVELS + " levels: levels=" + levels.size());
        }
        List<List<TableMeta>> all = new ArrayList<>();
        for (int level = 0; level < LEVELS; level++) {
            all.add(level < levels.size() ? List.copyOf(levels.get(level)) : List.of());
        }
        return new LeveledTables(List.copyOf(all));
    }

    /** Returns the tables of all levels, level 0 first. */
    public List<List<TableMeta>> levels() {
        return levels;
    }

    /** Returns the tables of a level: newest first in level 0, else in the order of their keys. */
    public List<TableMeta> level(int level) {
        return levels.get(level);
    }

    /** Returns the length of a level's tables together, in bytes. */
    public long bytes(int level) {
        return bytes[level];
    }

    /** Returns the tables of a level that may hold keys of {@code span}, in the level's order. */
    List<TableMeta> overlapping(int level, KeySpan span) {
        List<TableMeta> tables = levels.get(level);
        if (level == 0) {
            return tables.stream().filter(span::overlaps).toList();
        }
        int from = firstNotBefore(tables, span);
        int until = from;
        while (until < tables.size() && span.overlaps(tables.get(until))) {
            until++;
        }
        return tables.subList(from, until);
    }

    /** Returns the place of the first table whose last key is not before the span. */
    private static int firstNotBefore(List<TableMeta> tables, KeySpan span) {
        int low = 0;
        int high = tables.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (tables.get(middle).lastKey().compareTo(span.first()) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Returns the tables in levels above {@code level} that may hold keys of {@code span}, level by level. */
    List<List<TableMeta>> overlappingBelow(int level, KeySpan span) {
        List<List<TableMeta>> found = new ArrayList<>();
        for (int deeper = level + 1; deeper < LEVELS; deeper++) {
            List<TableMeta> tables = overlapping(deeper, span);
            if (!tables.isEmpty()) {
                found.add(tables);
            }
        }
        return found;
    }

    /** Returns the least level above {@code level} that may hold keys of {@code span}; {@link #LEVELS} if none does. */
    int shallowestBelow(int level, KeySpan span) {
        int deeper = level + 1;
        while (deeper < LEVELS && overlapping(deeper, span).isEmpty()) {
            deeper++;
        }
        return deeper;
    }

    /** Returns what {@link Retention} asks when a memtable is flushed, if all older memtables were. Used by one flush. */
    public Retention.OlderRuns asOlderRuns() {
        List<List<TableMeta>> runs = new ArrayList<>();
        levels.get(0).forEach(run -> runs.add(List.of(run)));
        levels.stream().skip(1).filter(level -> !level.isEmpty()).forEach(runs::add);
        return new SpansBelow(runs);
    }

    /** Returns the store with another table in front of level 0: what was flushed last. */
    public LeveledTables withRun(TableMeta flushed) {
        List<List<TableMeta>> changed = new ArrayList<>(levels);
        List<TableMeta> runs = new ArrayList<>();
        runs.add(flushed);
        runs.addAll(levels.get(0));
        changed.set(0, List.copyOf(runs));
        return new LeveledTables(List.copyOf(changed));
    }

    /**
     * Returns the store after a merge. The plan may have been made for an earlier store, if nothing but flushes came since.
     *
     * @param outputs what the merge wrote; of a trivial move its inputs
     */
    public LeveledTables after(MergePlan plan, List<TableMeta> outputs) {
        InvariantViolation.check(allows(plan), "a merge never puts data below what is older");
        Set<TableId> gone = ids(plan.tables());
        List<List<TableMeta>> changed = new ArrayList<>();
        for (int level = 0; level < LEVELS; level++) {
            List<TableMeta> tables = new ArrayList<>(levels.get(level));
            tables.removeIf(table -> gone.contains(table.id()));
            if (level == plan.outputLevel()) {
                tables.addAll(outputs);
                tables.sort(BY_KEY);
            }
            changed.add(List.copyOf(tables));
        }
        return new LeveledTables(List.copyOf(changed));
    }

    /**
     * Tells whether reads see the same before and after a merge: its inputs are where it says, its output has a place among
     * the tables of its level, and no table is passed that holds older versions of a key.
     */
    public boolean allows(MergePlan plan) {
        if (plan.outputLevel() == 0 || plan.outputLevel() < plan.deepestInput()) {
            return false;
        }
        Set<TableId> inputs = ids(plan.tables());
        for (int level = 0; level < LEVELS; level++) {
            if (!ids(levels.get(level)).containsAll(ids(plan.inputs(level)))) {
                return false;
            }
            for (TableMeta table : plan.inputs(level)) {
                if (passesOlder(table, level, plan.outputLevel(), inputs)) {
                    return false;
                }
            }
        }
        return plan.outputSpans().stream().allMatch(span -> isFree(plan.outputLevel(), span, inputs));
    }

    private boolean passesOlder(TableMeta table, int from, int to, Set<TableId> inputs) {
        if (from == 0) {
            List<TableMeta> runs = levels.get(0);
            for (int place = runs.size() - 1; !runs.get(place).id().equals(table.id()); place--) {
                TableMeta older = runs.get(place);
                if (older.overlaps(table) && !inputs.contains(older.id())) {
                    return true;
                }
            }
        }
        for (int level = from + 1; level < to; level++) {
            if (!isFree(level, KeySpan.of(table), inputs)) {
                return true;
            }
        }
        return false;
    }

    private boolean isFree(int level, KeySpan span, Set<TableId> except) {
        return except.containsAll(ids(overlapping(level, span)));
    }

    private static Set<TableId> ids(List<TableMeta> tables) {
        Set<TableId> ids = new HashSet<>();
        for (TableMeta table : tables) {
            ids.add(table.id());
        }
        return ids;
    }
}
