package io.hightower.kv.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.file.Disk;
import java.util.ArrayList;
import java.util.List;

/**
 * A user of the commit log who remembers what was appended, what was acknowledged, and how far a snapshot reaches, and who
 * compares that with what the log has after opening.
 */
final class LogModel {
    static final Bytes STORE_ID = Bytes.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});

    private final LogOptions options;
    /** Payloads of everything appended; the entry with index 1 is at 0. */
    private final List<Bytes> appended = new ArrayList<>();

    private long acknowledged;
    private long snapshotIndex;
    /** Whether it is noted down that the log was begun, so that there must be a segment. */
    private boolean begun;

    LogModel(LogOptions options) {
        this.options = options;
    }

    private LogModel(LogModel other) {
        this.options = other.options;
        this.appended.addAll(other.appended);
        this.acknowledged = other.acknowledged;
        this.snapshotIndex = other.snapshotIndex;
        this.begun = other.begun;
    }

    LogModel copy() {
        return new LogModel(this);
    }

    /** Returns a copy that expects no more than a prefix: for sync policies under which power loss may take the rest. */
    LogModel copyWithNothingAcknowledged() {
        LogModel copy = copy();
        copy.acknowledged = copy.snapshotIndex;
        return copy;
    }

    long lastAppended() {
        return appended.size();
    }

    long acknowledged() {
        return acknowledged;
    }

    /** Opens the log, checks what it recovered, and takes that as what was appended. */
    SegmentedCommitLog open(Disk disk) {
        SegmentedCommitLog log =
                begun ? SegmentedCommitLog.openBegun(disk, options) : SegmentedCommitLog.open(disk, options);
        List<Bytes> recovered = new ArrayList<>();
        log.replay(snapshotIndex + 1, (index, payload) -> {
            assertThat(index).isEqualTo(snapshotIndex + recovered.size() + 1);
            recovered.add(payload);
        });
        if (log.lastIndex() < snapshotIndex) {
            log.reset(snapshotIndex + 1);
        }
        assertThat(log.lastIndex()).as("last index").isEqualTo(snapshotIndex + recovered.size());
        assertThat(log.lastIndex()).as("recovered, acknowledged").isGreaterThanOrEqualTo(acknowledged);
        assertThat(log.lastIndex()).as("recovered, appended").isLessThanOrEqualTo(appended.size());
        assertThat(recovered).isEqualTo(appended.subList((int) snapshotIndex, (int) log.lastIndex()));
        appended.subList((int) log.lastIndex(), appended.size()).clear();
        acknowledged = log.lastIndex();
        return log;
    }

    /** Opens the log of a new store, begins it, and notes that down. */
    SegmentedCommitLog begin(Disk disk) {
        SegmentedCommitLog log = SegmentedCommitLog.open(disk, options);
        log.reset(1);
        begun = true;
        return log;
    }

    /** Appends entries with these payload lengths and acknowledges them. */
    void commit(SegmentedCommitLog log, int... lengths) {
        for (int length : lengths) {
            long index = log.lastIndex() + 1;
            // A failed group leaves its entries here until the log is opened again, or their indexes are used again.
            appended.subList((int) index - 1, appended.size()).clear();
            appended.add(payload(index, length));
            log.append(index, appended.get((int) index - 1));
        }
        log.commit();
        acknowledged = log.lastIndex();
    }

    /** Counts on the log having forgotten the group that was refused because the disk was full. */
    void forgetFailedGroup() {
        appended.subList((int) acknowledged, appended.size()).clear();
    }

    /** Takes a snapshot of everything acknowledged and lets the log forget it. */
    void snapshotAndTrim(SegmentedCommitLog log) {
        snapshotIndex = acknowledged;
        log.trim(snapshotIndex);
    }

    /** Takes a snapshot from elsewhere that is ahead of the log. */
    void snapshotFromElsewhere(SegmentedCommitLog log, int ahead) {
        for (int i = 0; i < ahead; i++) {
            appended.add(Bytes.EMPTY);
        }
        acknowledged = appended.size();
        snapshotIndex = acknowledged;
        log.reset(snapshotIndex + 1);
    }

    static Bytes payload(long index, int length) {
        byte[] payload = new byte[length];
        for (int i = 0; i < length; i++) {
            payload[i] = (byte) (index * 31 + i);
        }
        return Bytes.wrap(payload);
    }
}
