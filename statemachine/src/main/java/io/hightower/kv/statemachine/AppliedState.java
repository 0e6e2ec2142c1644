package io.hightower.kv.statemachine;

/**
 * What the state machine holds besides the records: where it stands and the running sums. It becomes durable together
 * with the records that it describes, never before or after them.
 *
 * <p><b>Immutable.</b>
 *
 * @param position the last log entry whose changes are contained
 * @param revision the main revision of the last change; {@link Revision#EMPTY_STORE} before the first
 * @param latestVersion the highest write version ever given; 0 before the first
 * @param releasedRevision tombstones of this main revision and older were all released; 0 when none were
 * @param compactRevision history before this main revision may be gone: reading at it works, below it does not; 0 when
 *     nothing was compacted
 * @param logicalTimeMillis the greatest proposer's time seen in an entry; only ever compared, never a wall clock
 * @param liveKeys how many keys hold a value
 * @param tombstones how many tombstones are kept
 * @param recordsHash the sum of the records' hashes, see {@code StateHash}
 * @param systemHash the sum of the hashes of the records of the system key space
 */
public record AppliedState(
        LogPosition position,
        long revision,
        long latestVersion,
        long releasedRevision,
        long compactRevision,
        long logicalTimeMillis,
        long liveKeys,
        long tombstones,
        long recordsHash,
        long systemHash) {
    /** The state of a store that nothing was written to. */
    public static final AppliedState EMPTY =
            new AppliedState(LogPosition.START, Revision.EMPTY_STORE, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Makes the scalars of a state without records of the system key space. */
    public AppliedState(
            LogPosition position,
            long revision,
            long latestVersion,
            long releasedRevision,
            long compactRevision,
            long logicalTimeMillis,
            long liveKeys,
            long tombstones,
            long recordsHash) {
        this(
                position,
                revision,
                latestVersion,
                releasedRevision,
                compactRevision,
                logicalTimeMillis,
                liveKeys,
                tombstones,
                recordsHash,
                0);
    }

    /** Returns the same state at another position. */
    public AppliedState at(LogPosition newPosition) {
        return new AppliedState(
                newPosition,
                revision,
                latestVersion,
                releasedRevision,
                compactRevision,
                logicalTimeMillis,
                liveKeys,
                tombstones,
                recordsHash,
                systemHash);
    }
}
