package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.state.StateHash;
import java.util.Optional;

/**
 * Checks that records fit together, and that the scalars describe exactly them. The writer asks before a snapshot may replace
 * another one, the reader before a snapshot may be believed. <b>Used by one thread at a time.</b>
 */
final class SnapshotAudit {
    private static final Optional<Finding> NOTHING_WRONG = Optional.empty();

    private final StateHash hash = new StateHash();
    private Bytes lastKey = Bytes.EMPTY;
    private long liveKeys;
    private long tombstones;
    private long recordsHash;
    private long revisionMax;
    private long writeVersionMax;
    private long tombstoneRevisionMin = Long.MAX_VALUE;

    /** Something that does not hold. */
    record Finding(String expected, String found) {}

    /** Takes the next record in key order, and says what is wrong with it. */
    Optional<Finding> add(KeyRecord record) {
        if (record.key().length() > Limits.KEY_BYTES_MAX) {
            return found(
                    "a key of at most " + Limits.KEY_BYTES_MAX + " bytes",
                    record.key().length());
        }
        // No key is empty, so this also refuses an empty first key.
        if (record.key().compareTo(lastKey) <= 0) {
            return found("a key after " + lastKey, record.key());
        }
        if (record.modified().main() <= Revision.EMPTY_STORE || record.writeVersion() <= 0) {
            return found("a revision above 1 and a write version above 0", describe(record));
        }
        boolean fits = record.live() ? isWellFormedLive(record) : isWellFormedTombstone(record);
        if (!fits) {
            return found(record.live() ? "a value with its create revision" : "a tombstone", describe(record));
        }
        lastKey = record.key();
        recordsHash += hash.of(record);
        revisionMax = Math.max(revisionMax, record.modified().main());
        writeVersionMax = Math.max(writeVersionMax, record.writeVersion());
        if (record.live()) {
            liveKeys++;
        } else {
            tombstones++;
            tombstoneRevisionMin =
                    Math.min(tombstoneRevisionMin, record.modified().main());
        }
        return NOTHING_WRONG;
    }

    private static boolean isWellFormedLive(KeyRecord record) {
        return record.version() > 0
                && record.createRevision() > Revision.EMPTY_STORE
                && record.createRevision() <= record.modified().main();
    }

    private static boolean isWellFormedTombstone(KeyRecord record) {
        return record.value().isEmpty() && record.createRevision() == 0 && record.version() == 0;
    }

    /** Says what is wrong with the scalars of the records taken. */
    Optional<Finding> finish(AppliedState applied) {
        if (applied.liveKeys() != liveKeys || applied.tombstones() != tombstones) {
            return found(
                    "liveKeys=" + liveKeys + " tombstones=" + tombstones,
                    "liveKeys=" + applied.liveKeys() + " tombstones=" + applied.tombstones());
        }
        if (applied.recordsHash() != recordsHash) {
            return found(
                    "recordsHash=" + StateHash.toText(recordsHash),
                    "recordsHash=" + StateHash.toText(applied.recordsHash()));
        }
        if (applied.revision() < Math.max(revisionMax, Revision.EMPTY_STORE)) {
            return found("a revision of at least " + revisionMax, applied.revision());
        }
        if (applied.latestVersion() < writeVersionMax) {
            return found("a latest version of at least " + writeVersionMax, applied.latestVersion());
        }
        long released = applied.releasedRevision();
        if (released < 0 || released > applied.revision() || released >= tombstoneRevisionMin) {
            return found(
                    "a released revision of at most revision=" + applied.revision() + " and before every tombstone",
                    released);
        }
        return NOTHING_WRONG;
    }

    private static String describe(KeyRecord record) {
        return "key=" + record.key() + " live=" + record.live() + " createRevision=" + record.createRevision()
                + " modified=" + record.modified() + " version=" + record.version() + " writeVersion="
                + record.writeVersion();
    }

    private static Optional<Finding> found(String expected, Object found) {
        return Optional.of(new Finding(expected, String.valueOf(found)));
    }
}
