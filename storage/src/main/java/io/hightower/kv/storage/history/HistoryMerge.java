package io.hightower.kv.storage.history;

import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.run.VersionKind;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Rewrites history files into fewer, leaving out what nobody may ask for any more. <b>Immutable.</b>
 *
 * @param historyFloor changes before this main revision are dropped, unless they are tombstones that still count
 * @param releasedRevision tombstones of this main revision and older were released: before the floor they are dropped too
 */
public record HistoryMerge(long historyFloor, long releasedRevision) {
    /** Checks that neither number is negative. */
    public HistoryMerge {
        if (historyFloor < 0 || releasedRevision < 0) {
            throw new IllegalArgumentException("A revision cannot be negative: historyFloor=" + historyFloor
                    + " releasedRevision=" + releasedRevision);
        }
    }

    /**
     * Writes what is left of several files into one.
     *
     * @param target the new file's name
     * @param sources neighbours, in the order of their revisions; they stay as they are
     * @param cancelled asked now and then; once it is true what was written is no more than a beginning, to be deleted
     * @return what was written, its content synced but not its name; nothing, and no file, if nothing is left
     * @throws IllegalArgumentException if a source lacks changes at the floor or after it
     */
    public Optional<HistoryMeta> run(
            Disk disk, HistoryId target, List<HistoryFile> sources, BooleanSupplier cancelled) {
        for (HistoryFile source : sources) {
            requireComplete(source.meta());
        }
        try (HistoryWriter writer = HistoryWriter.create(disk, target, historyFloor)) {
            long lastMain = 0;
            for (HistoryFile source : sources) {
                InvariantViolation.check(
                        source.meta().firstMain() > lastMain, "history files are merged in the order of revisions");
                lastMain = source.meta().lastMain();
                copy(source, writer, cancelled);
            }
            return writer.isEmpty() ? Optional.empty() : Optional.of(writer.finish());
        }
    }

    private void requireComplete(HistoryMeta source) {
        if (source.lastMain() >= historyFloor && source.completeFrom() > historyFloor) {
            throw new IllegalArgumentException("A file lacks changes at the floor or after it: file="
                    + source.fileName() + " completeFrom=" + source.completeFrom() + " historyFloor=" + historyFloor);
        }
    }

    private void copy(HistoryFile source, HistoryWriter writer, BooleanSupplier cancelled) {
        try (ChangeCursor changes = source.everythingFrom(0)) {
            while (!cancelled.getAsBoolean() && changes.next()) {
                if (isKept(changes)) {
                    writer.add(changes);
                }
            }
        }
    }

    private boolean isKept(ChangeCursor change) {
        return change.main() >= historyFloor
                || (change.kind() == VersionKind.TOMBSTONE && change.main() > releasedRevision);
    }
}
