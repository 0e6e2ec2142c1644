package io.hightower.kv.storage.merge;

import io.hightower.kv.storage.table.TableMeta;
import java.util.ArrayList;
import java.util.List;

/**
 * Which tables are merged, and where the result goes. <b>Immutable.</b>
 *
 * @param inputs the tables to merge, by level: of level 0 newest first, else in key order
 * @param outputLevel the level of the result, 1 or more; not less than the level of an input
 * @param isTrivialMove the inputs themselves are put into the output level, nothing is read or written
 * @param below the tables beneath the output level with keys between the first and the last of the inputs, by level
 * @param reason why
 */
public record MergePlan(
        List<List<TableMeta>> inputs,
        int outputLevel,
        boolean isTrivialMove,
        List<List<TableMeta>> below,
        Reason reason) {
    /** Why a merge is worth its cost. */
    public enum Reason {
        /** Level 0 has as many runs as it may, each of which costs every lookup. */
        LEVEL_0,
        /** A level has more bytes than it may. */
        SIZE,
        /** Much of the tables would be dropped. */
        GARBAGE,
        /** Everything that has garbage or overlaps was asked for. */
        ALL
    }

    /** Copies the lists. */
    public MergePlan {
        inputs = inputs.stream().map(List::copyOf).toList();
        below = below.stream().map(List::copyOf).toList();
    }

    /** Makes the plan to merge tables of {@code upper} level with those of {@code lower}, into the latter. */
    static MergePlan of(LeveledTables store, int upper, List<TableMeta> moved, int lower, List<TableMeta> met) {
        List<List<TableMeta>> inputs = new ArrayList<>();
        for (int level = 0; level < LeveledTables.LEVELS; level++) {
            inputs.add(List.of());
        }
        inputs.set(lower, met);
        inputs.set(upper, moved);
        List<TableMeta> all = new ArrayList<>(moved);
        all.addAll(met);
        return new MergePlan(inputs, lower, false, store.overlappingBelow(lower, KeySpan.of(all)), Reason.ALL);
    }

    MergePlan because(Reason why) {
        return new MergePlan(inputs, outputLevel, isTrivialMove, below, why);
    }

    MergePlan asTrivialMove() {
        return new MergePlan(inputs, outputLevel, true, below, reason);
    }

    /** Returns the inputs of one level. */
    public List<TableMeta> inputs(int level) {
        return level < inputs.size() ? inputs.get(level) : List.of();
    }

    /** Returns all inputs, those of level 0 first. */
    public List<TableMeta> tables() {
        return inputs.stream().flatMap(List::stream).toList();
    }

    /** Returns the length of the inputs together, in bytes. */
    public long inputBytes() {
        return tables().stream().mapToLong(TableMeta::length).sum();
    }

    /** Tells whether nothing that lies beneath the output can hold an older version of its keys. */
    public boolean isBottom() {
        return below.isEmpty();
    }

    /** Returns the highest level of an input. */
    int deepestInput() {
        int deepest = 0;
        for (int level = 0; level < inputs.size(); level++) {
            if (!inputs.get(level).isEmpty()) {
                deepest = level;
            }
        }
        return deepest;
    }

    /** Returns the keys among which the output has to have a place for itself. */
    List<KeySpan> outputSpans() {
        List<TableMeta> tables = tables();
        return isTrivialMove ? tables.stream().map(KeySpan::of).toList() : List.of(KeySpan.of(tables));
    }

    /** Returns what {@link Retention} asks about keys beneath the output. Used by one merge. */
    Retention.OlderRuns olderRuns() {
        return new SpansBelow(below);
    }
}
