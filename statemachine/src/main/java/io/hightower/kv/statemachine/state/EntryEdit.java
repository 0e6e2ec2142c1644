package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.spi.ChangeFeed;
import io.hightower.kv.statemachine.spi.StateStore;
import java.util.List;
import java.util.Optional;

/**
 * The edit of one entry, with the scalars on their way from the old state to the new one: the only place where revisions,
 * counts, hashes and the attachments of leases change.
 *
 * <p>A command first assumes the next revision; only if it changed something does the revision move there. <b>Confined to the
 * apply thread.</b>
 */
final class EntryEdit {
    private final StateStore.Edit edit;
    private final StateHash hash;
    private final AppliedState before;
    private final long logicalTimeMillis;

    /** What the entry changed; empty unless one of its commands may ask for it, or somebody hears of it. */
    private final Optional<EntryHistory> history;

    private long revision;
    private long latestVersion;
    private long releasedRevision;
    private long compactRevision;
    private long liveKeys;
    private long tombstones;
    private long recordsHash;

    /** Counts the changes of the present command; the next one gets this sub-revision. */
    private int changes;

    /** Whether a command is under way that consists of others: it settles once, at its end. */
    private boolean grouped;

    EntryEdit(StateStore store, StateHash hash, Entry entry, boolean heard) {
        this.edit = store.edit();
        this.hash = hash;
        this.before = store.applied();
        this.logicalTimeMillis = Math.max(before.logicalTimeMillis(), entry.logicalTimeMillis());
        this.history = heard || EntryHistory.isNeededFor(entry) ? Optional.of(new EntryHistory()) : Optional.empty();
        this.revision = before.revision();
        this.latestVersion = before.latestVersion();
        this.releasedRevision = before.releasedRevision();
        this.compactRevision = before.compactRevision();
        this.liveKeys = before.liveKeys();
        this.tombstones = before.tombstones();
        this.recordsHash = before.recordsHash();
    }

    void publish(LogPosition position) {
        InvariantViolation.check(liveKeys >= 0 && tombstones >= 0, "keys and tombstones are never fewer than none");
        edit.publish(new AppliedState(
                position,
                revision,
                latestVersion,
                releasedRevision,
                compactRevision,
                logicalTimeMillis,
                liveKeys,
                tombstones,
                recordsHash,
                edit.system().hash()));
    }

    /** Returns what the entry changed so far, if that is noted. */
    List<ChangeFeed.Change> changes() {
        return history.isPresent() ? history.get().changes() : List.of();
    }

    /** Returns the main revision before the present command. */
    long revision() {
        return revision;
    }

    /** Returns the main revision that the store shows to its readers while the entry is applied. */
    long publishedRevision() {
        return before.revision();
    }

    long compactRevision() {
        return compactRevision;
    }

    void compactRevision(long moved) {
        compactRevision = moved;
    }

    /** Returns the logical time: that of the entry, but never less than before. */
    long nowMillis() {
        return logicalTimeMillis;
    }

    SystemRecords system() {
        return edit.system();
    }

    void system(SystemRecords changed) {
        edit.system(changed);
    }

    Optional<KeyRecord> newest(Bytes key) {
        return edit.newest(key);
    }

    /** Returns the records in the range that hold a value, in key order. */
    List<KeyRecord> live(KeyRange range) {
        if (range.isSingle()) {
            Optional<KeyRecord> stored = edit.newest(range.from());
            return stored.isPresent() && stored.get().live() ? List.of(stored.get()) : List.of();
        }
        return edit.live(range);
    }

    /** Returns what {@link #live} returned at a main revision that is not published yet, or is the published one. */
    List<KeyRecord> liveAt(KeyRange range, long atRevision) {
        List<KeyRecord> newest = live(range);
        return history.isPresent() ? history.get().rewind(newest, range, atRevision) : newest;
    }

    List<KeyRecord> tombstones(long throughRevision, int countMax) {
        return edit.tombstones(throughRevision, countMax);
    }

    /** Returns the place in history of the change that is going to be made. */
    Revision nextChange() {
        return new Revision(revision + 1, changes++);
    }

    /** Returns the write version of a change that is going to be made. */
    long writeVersion(long offered, long stored) {
        long version = offered != Command.NO_VERSION ? offered : Math.max(stored + 1, revision + 1);
        latestVersion = Math.max(latestVersion, version);
        return version;
    }

    /** Makes {@code written} the newest record of its key, and hangs the key on its lease instead of the old one. */
    void replace(Optional<KeyRecord> stored, KeyRecord written) {
        long lease = KeyRecord.NO_LEASE;
        if (stored.isPresent()) {
            KeyRecord old = stored.get();
            recordsHash -= hash.of(old);
            count(old, -1);
            lease = old.lease();
        }
        recordsHash += hash.of(written);
        count(written, 1);
        if (lease != written.lease()) {
            edit.system(Leases.moved(edit.system(), written.key(), lease, written.lease()));
        }
        if (history.isPresent()) {
            history.get().note(written, stored);
        }
        edit.write(written);
    }

    /** Makes a tombstone the newest record of a key. */
    void bury(Optional<KeyRecord> stored, Bytes key, long writeVersion) {
        replace(stored, KeyRecord.tombstone(key, nextChange(), writeVersion));
    }

    /** Forgets a tombstone. */
    void erase(KeyRecord tombstone) {
        edit.erase(tombstone);
        recordsHash -= hash.of(tombstone);
        tombstones--;
    }

    /** Notes that tombstones of this revision and older were all released. */
    void releasedThrough(long throughRevision) {
        releasedRevision = Math.max(releasedRevision, Math.min(throughRevision, revision));
    }

    private void count(KeyRecord counted, int by) {
        if (counted.live()) {
            liveKeys += by;
        } else {
            tombstones += by;
        }
    }

    /** Begins a command that consists of others. */
    void beginGroup() {
        grouped = true;
    }

    /** Ends a command that consists of others and returns the revision after it. */
    long endGroup() {
        grouped = false;
        return settle();
    }

    /**
     * Ends a command: the revision moves if something changed. Inside a group only the group itself ends.
     *
     * @return the revision after the command
     */
    long settle() {
        if (grouped) {
            return changes > 0 ? revision + 1 : revision;
        }
        if (changes > 0) {
            revision++;
            changes = 0;
        }
        return revision;
    }

    /** Ends a command that was not carried out. */
    Result refused(Refusal refusal) {
        return new Result.Refused(settle(), refusal, compactRevision);
    }
}
