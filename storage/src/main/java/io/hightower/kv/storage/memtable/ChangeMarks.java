package io.hightower.kv.storage.memtable;

import java.util.Arrays;

/**
 * Every 64th change of a {@link VersionLog}, to begin reading near a revision. The revisions of changes ascend, those of
 * erased tombstones do not: they are no changes. <b>Threads.</b> One writer, many readers.
 */
final class ChangeMarks {
    private static final int SPACING = 64;
    private static final int MARKS_FIRST = 16;

    private final VersionLog log;
    private int[] marks = new int[MARKS_FIRST];
    private volatile int count;
    private int changesSinceMark = SPACING - 1;

    ChangeMarks(VersionLog log) {
        this.log = log;
    }

    /** Returns the bytes that the marks occupy. */
    long bytes() {
        return marks.length * (long) Integer.BYTES;
    }

    /** Notes a change that was added to the log. */
    void add(int version) {
        if (++changesSinceMark < SPACING) {
            return;
        }
        changesSinceMark = 0;
        int number = count;
        if (number == marks.length) {
            marks = Arrays.copyOf(marks, number * 2);
        }
        marks[number] = version;
        count = number + 1;
    }

    /** Returns a version at or before the first change of main revision {@code main} and later, and near it. */
    int startFor(long main, long watermark) {
        VersionReader reader = new VersionReader(log);
        int low = 0;
        int high = count;
        int[] references = marks;
        // All marks below low are before what is sought, none from high on is.
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (isBefore(references[middle], main, watermark, reader)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? VersionLog.FIRST : references[low - 1];
    }

    private static boolean isBefore(int version, long main, long watermark, VersionReader reader) {
        if (Integer.toUnsignedLong(version) >= watermark) {
            return false;
        }
        reader.read(version);
        return reader.main() < main;
    }
}
