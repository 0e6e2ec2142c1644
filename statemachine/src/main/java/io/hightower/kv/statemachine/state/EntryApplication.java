package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.spi.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The applying of one entry: the edit, and the scalars on their way from the old state to the new one.
 *
 * <p>A command first assumes the next revision; only if it changed something does the revision move there.
 */
final class EntryApplication implements Command.Cases<Result> {
    private final StateStore.Edit edit;
    private final StateHash hash;
    private final AppliedState before;

    private long revision;
    private long latestVersion;
    private long releasedRevision;
    private long liveKeys;
    private long tombstones;
    private long recordsHash;

    /** Counts the changes of the present command; the next one gets this sub-revision. */
    private int changes;

    private boolean inBatch;

    EntryApplication(StateStore.Edit edit, StateHash hash, AppliedState before) {
        this.edit = edit;
        this.hash = hash;
        this.before = before;
        this.revision = before.revision();
        this.latestVersion = before.latestVersion();
        this.releasedRevision = before.releasedRevision();
        this.liveKeys = before.liveKeys();
        this.tombstones = before.tombstones();
        this.recordsHash = before.recordsHash();
    }

    Result apply(Command command) {
        return command.match(this);
    }

    void publish(LogPosition position, long logicalTimeMillis) {
        InvariantViolation.check(liveKeys >= 0 && tombstones >= 0, "keys and tombstones are never fewer than none");
        edit.publish(new AppliedState(
                position,
                revision,
                latestVersion,
                releasedRevision,
                before.compactRevision(),
                Math.max(before.logicalTimeMillis(), logicalTimeMillis),
                liveKeys,
                tombstones,
                recordsHash));
    }

    @Override
    public Result put(Command.Put put) {
        Optional<KeyRecord> stored = edit.newest(put.key());
        long storedVersion = stored.map(KeyRecord::writeVersion).orElse(0L);
        if (isStale(put.version(), storedVersion)) {
            return new Result.PutResult(settle(), ApplyOutcome.IGNORED_STALE, storedVersion);
        }
        Optional<KeyRecord> living = stored.filter(KeyRecord::live);
        Revision now = nextChange();
        KeyRecord written = new KeyRecord(
                put.key(),
                true,
                put.value(),
                living.map(KeyRecord::createRevision).orElse(now.main()),
                now,
                living.map(KeyRecord::version).orElse(0L) + 1,
                writeVersion(put.version(), storedVersion));
        replace(stored, written);
        return new Result.PutResult(settle(), ApplyOutcome.APPLIED, written.writeVersion());
    }

    @Override
    public Result delete(Command.Delete delete) {
        Optional<KeyRecord> stored = edit.newest(delete.key());
        long storedVersion = stored.map(KeyRecord::writeVersion).orElse(0L);
        if (isStale(delete.version(), storedVersion)) {
            return new Result.DeleteResult(settle(), ApplyOutcome.IGNORED_STALE, false);
        }
        boolean existed = stored.filter(KeyRecord::live).isPresent();
        if (existed || delete.version() != Command.NO_VERSION) {
            bury(stored, delete.key(), writeVersion(delete.version(), storedVersion));
        }
        return new Result.DeleteResult(settle(), ApplyOutcome.REMOVED, existed);
    }

    @Override
    public Result deleteRange(Command.DeleteRange delete) {
        List<KeyRecord> living = edit.live(delete.range());
        for (KeyRecord stored : living) {
            bury(Optional.of(stored), stored.key(), writeVersion(Command.NO_VERSION, stored.writeVersion()));
        }
        return new Result.DeleteRangeResult(settle(), living.size());
    }

    @Override
    public Result batch(Command.Batch batch) {
        inBatch = true;
        List<Result> results = new ArrayList<>(batch.commands().size());
        for (Command command : batch.commands()) {
            results.add(apply(command));
        }
        inBatch = false;
        return new Result.BatchResult(settle(), results);
    }

    @Override
    public Result releaseTombstones(Command.ReleaseTombstones release) {
        // One more than allowed is asked for, only to learn whether there is more.
        int askedFor = release.countMax() == Integer.MAX_VALUE ? release.countMax() : release.countMax() + 1;
        List<KeyRecord> oldest = edit.tombstones(release.throughRevision(), askedFor);
        boolean more = oldest.size() > release.countMax();
        int released = Math.min(oldest.size(), release.countMax());
        for (KeyRecord tombstone : oldest.subList(0, released)) {
            edit.erase(tombstone);
            recordsHash -= hash.of(tombstone);
            tombstones--;
        }
        if (!more) {
            releasedRevision = Math.max(releasedRevision, Math.min(release.throughRevision(), revision));
        }
        return new Result.ReleaseResult(revision, released, more);
    }

    private void bury(Optional<KeyRecord> stored, Bytes key, long writeVersion) {
        replace(stored, KeyRecord.tombstone(key, nextChange(), writeVersion));
    }

    private void replace(Optional<KeyRecord> stored, KeyRecord written) {
        stored.ifPresent(old -> {
            recordsHash -= hash.of(old);
            count(old, -1);
        });
        recordsHash += hash.of(written);
        count(written, 1);
        edit.write(written);
    }

    private void count(KeyRecord counted, int by) {
        if (counted.live()) {
            liveKeys += by;
        } else {
            tombstones += by;
        }
    }

    private static boolean isStale(long offered, long stored) {
        return offered != Command.NO_VERSION && offered <= stored;
    }

    /** Returns the write version of a change that is going to be made. */
    private long writeVersion(long offered, long stored) {
        long version = offered != Command.NO_VERSION ? offered : Math.max(stored + 1, revision + 1);
        latestVersion = Math.max(latestVersion, version);
        return version;
    }

    private Revision nextChange() {
        return new Revision(revision + 1, changes++);
    }

    /** Ends a command: the revision moves if something changed. Inside a batch, only the batch itself ends. */
    private long settle() {
        if (inBatch) {
            return changes > 0 ? revision + 1 : revision;
        }
        if (changes > 0) {
            revision++;
            changes = 0;
        }
        return revision;
    }
}
