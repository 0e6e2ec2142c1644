package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rules of the commands written down a second time, without a thought for speed: a sorted map of cells, and counts that
 * are counted anew whenever somebody asks.
 */
final class ReferenceModel {
    final TreeMap<Bytes, Cell> cells = new TreeMap<>();
    long revision = 1;
    long latestVersion;
    long releasedRevision;

    /** The number of changes that the present command made so far. */
    private int made;

    /** What the model knows of a key that it ever heard of and did not forget. */
    static final class Cell {
        boolean alive;
        Bytes value = Bytes.EMPTY;
        long born;
        long version;
        long writeVersion;
        Revision changed = new Revision(0, 0);

        KeyRecord toRecord(Bytes key) {
            return new KeyRecord(key, alive, value, born, changed, version, writeVersion);
        }
    }

    Result apply(Command command) {
        made = 0;
        Result result = step(command);
        if (made > 0) {
            revision++;
        }
        return result;
    }

    private Result step(Command command) {
        if (command instanceof Command.Put put) {
            return put(put);
        } else if (command instanceof Command.Delete delete) {
            return delete(delete);
        } else if (command instanceof Command.DeleteRange delete) {
            return deleteRange(delete.range());
        } else if (command instanceof Command.Batch batch) {
            List<Result> results = new ArrayList<>();
            for (Command inner : batch.commands()) {
                results.add(step(inner));
            }
            return new Result.BatchResult(revisionNow(), results);
        } else if (command instanceof Command.ReleaseTombstones release) {
            return release(release);
        }
        throw new AssertionError("The model does not know the command: " + command);
    }

    private long revisionNow() {
        return made == 0 ? revision : revision + 1;
    }

    private Result put(Command.Put put) {
        Cell cell = cells.computeIfAbsent(put.key(), absent -> new Cell());
        if (put.version() > 0 && put.version() <= cell.writeVersion) {
            return new Result.PutResult(revisionNow(), ApplyOutcome.IGNORED_STALE, cell.writeVersion);
        }
        touch(cell, put.version());
        if (!cell.alive) {
            cell.alive = true;
            cell.born = revision + 1;
            cell.version = 0;
        }
        cell.version++;
        cell.value = put.value();
        return new Result.PutResult(revisionNow(), ApplyOutcome.APPLIED, cell.writeVersion);
    }

    private Result delete(Command.Delete delete) {
        boolean known = cells.containsKey(delete.key());
        Cell cell = known ? cells.get(delete.key()) : new Cell();
        if (delete.version() > 0 && delete.version() <= cell.writeVersion) {
            return new Result.DeleteResult(revisionNow(), ApplyOutcome.IGNORED_STALE, false);
        }
        boolean existed = cell.alive;
        if (existed || delete.version() > 0) {
            cells.put(delete.key(), cell);
            kill(cell, delete.version());
        }
        return new Result.DeleteResult(revisionNow(), ApplyOutcome.REMOVED, existed);
    }

    private Result deleteRange(KeyRange range) {
        int deleted = 0;
        for (Bytes key : new ArrayList<>(cells.keySet())) {
            boolean before = key.compareTo(range.from()) < 0;
            boolean behind =
                    range.until().isPresent() && key.compareTo(range.until().get()) >= 0;
            if (!before && !behind && cells.get(key).alive) {
                kill(cells.get(key), 0);
                deleted++;
            }
        }
        return new Result.DeleteRangeResult(revisionNow(), deleted);
    }

    private Result release(Command.ReleaseTombstones release) {
        List<Bytes> oldest = new ArrayList<>(cells.keySet());
        oldest.removeIf(key -> cells.get(key).alive || cells.get(key).changed.main() > release.throughRevision());
        oldest.sort(Comparator.comparing(key -> cells.get(key).changed));
        Set<Bytes> released = new HashSet<>();
        for (Bytes key : oldest) {
            if (released.size() < release.countMax()) {
                released.add(key);
            }
        }
        cells.keySet().removeAll(released);
        boolean more = oldest.size() > released.size();
        long through = Math.min(release.throughRevision(), revision);
        if (!more && through > releasedRevision) {
            releasedRevision = through;
        }
        return new Result.ReleaseResult(revision, released.size(), more);
    }

    private void kill(Cell cell, long version) {
        touch(cell, version);
        cell.alive = false;
        cell.value = Bytes.EMPTY;
        cell.born = 0;
        cell.version = 0;
    }

    private void touch(Cell cell, long version) {
        if (version > 0) {
            cell.writeVersion = version;
        } else {
            cell.writeVersion = Math.max(cell.writeVersion + 1, revision + 1);
        }
        latestVersion = Math.max(latestVersion, cell.writeVersion);
        cell.changed = new Revision(revision + 1, made);
        made++;
    }

    List<KeyRecord> records() {
        List<KeyRecord> records = new ArrayList<>();
        cells.forEach((key, cell) -> records.add(cell.toRecord(key)));
        return records;
    }
}
