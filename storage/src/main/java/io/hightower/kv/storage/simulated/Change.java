package io.hightower.kv.storage.simulated;

import java.util.List;
import java.util.Optional;

/**
 * A change of a file that is not durable yet: a write, or a cut, which has no bytes. <b>Immutable</b>; writes share the bytes
 * that they are parts of.
 *
 * @param offset where the write begins, or the length that the cut leaves
 * @param bytes holds what was written
 * @param from where in {@code bytes} it begins
 * @param count how many bytes were written
 */
@SuppressWarnings("ArrayRecordComponent")
record Change(int offset, byte[] bytes, int from, int count) {
    private static final int SECTOR_BYTES = SimulatedFile.SECTOR_BYTES;
    private static final byte[] NONE = new byte[0];

    static Change cut(int length) {
        return new Change(length, NONE, 0, 0);
    }

    boolean isCut() {
        return count == 0;
    }

    int end() {
        return offset + count;
    }

    int lengthAfter(int length) {
        return isCut() ? offset : Math.max(length, end());
    }

    void applyTo(FileImage image) {
        if (isCut()) {
            // A cut never makes a file longer, not even one whose writes were lost.
            image.resize(Math.min(offset, image.length()));
        } else {
            image.write(offset, bytes, from, count);
        }
    }

    /** Returns the part in the sectors of a range of bytes. */
    Optional<Change> within(int rangeFrom, int rangeUntil) {
        return part(firstByte(rangeFrom), lastByte(rangeUntil));
    }

    /** Returns the part in the sectors before those of a range. */
    Optional<Change> before(int rangeFrom) {
        return part(0, firstByte(rangeFrom));
    }

    /** Returns the part in the sectors behind those of a range. */
    Optional<Change> behind(int rangeUntil) {
        return part(lastByte(rangeUntil), Integer.MAX_VALUE);
    }

    private static int firstByte(int rangeFrom) {
        return rangeFrom / SECTOR_BYTES * SECTOR_BYTES;
    }

    private static int lastByte(int rangeUntil) {
        return (rangeUntil + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
    }

    private Optional<Change> part(int partFrom, int partUntil) {
        int start = Math.max(offset, partFrom);
        int until = Math.min(end(), partUntil);
        return start < until
                ? Optional.of(new Change(start, bytes, from + start - offset, until - start))
                : Optional.empty();
    }

    /** Adds this change, a write as one write for each sector. */
    void addSectorsTo(List<Change> changes) {
        if (isCut()) {
            changes.add(this);
            return;
        }
        for (int at = offset; at < end(); at = lastByte(at + 1)) {
            part(at, lastByte(at + 1)).ifPresent(changes::add);
        }
    }

    Change flipped(int at, int mask) {
        if (at < offset || at >= end()) {
            return this;
        }
        byte[] copy = java.util.Arrays.copyOfRange(bytes, from, from + count);
        copy[at - offset] ^= (byte) mask;
        return new Change(offset, copy, 0, count);
    }
}
