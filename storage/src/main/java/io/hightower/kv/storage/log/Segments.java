package io.hightower.kv.storage.log;

import io.hightower.kv.storage.file.Disk;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Which segments there are, and how long they are. <b>Thread-safe.</b> */
final class Segments {
    private final Disk disk;

    /** Length in bytes by first index. Its monitor guards it; never held while the disk works. */
    private final NavigableMap<Long, Long> lengths = new TreeMap<>();

    /** Held by whoever deletes segments, before the monitor of {@link #lengths}. Guards {@link #trimmingEnded}. */
    private final Object deleting = new Object();

    private boolean trimmingEnded;

    private Segments(Disk disk) {
        this.disk = disk;
    }

    static Segments find(Disk disk) {
        Segments segments = new Segments(disk);
        for (String name : disk.list()) {
            LogFormat.firstIndex(name).ifPresent(first -> segments.put(first, LogFormat.HEADER_BYTES));
        }
        return segments;
    }

    /** Adds a segment, or updates its length. */
    void put(long firstIndex, long length) {
        synchronized (lengths) {
            lengths.put(firstIndex, length);
        }
    }

    List<Long> firstIndexes() {
        synchronized (lengths) {
            return List.copyOf(lengths.keySet());
        }
    }

    OptionalLong firstIndex() {
        synchronized (lengths) {
            return lengths.isEmpty() ? OptionalLong.empty() : OptionalLong.of(lengths.firstKey());
        }
    }

    int count() {
        synchronized (lengths) {
            return lengths.size();
        }
    }

    long bytes() {
        synchronized (lengths) {
            return lengths.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * Deletes the segments that end at or before {@code throughIndex}, oldest first, so that no gap appears. The last segment
     * stays. Returns whether the directory must be synced.
     */
    boolean trim(long throughIndex) {
        synchronized (deleting) {
            if (trimmingEnded) {
                return false;
            }
            boolean deleted = false;
            for (OptionalLong next = trimmable(throughIndex); next.isPresent(); next = trimmable(throughIndex)) {
                delete(next.getAsLong());
                deleted = true;
            }
            return deleted;
        }
    }

    private OptionalLong trimmable(long throughIndex) {
        synchronized (lengths) {
            if (lengths.size() < 2) {
                return OptionalLong.empty();
            }
            long oldest = lengths.firstKey();
            Map.Entry<Long, Long> second = lengths.higherEntry(oldest);
            boolean covered = second != null && second.getKey() - 1 <= throughIndex;
            return covered ? OptionalLong.of(oldest) : OptionalLong.empty();
        }
    }

    /** Returns once nobody trims any more, nor ever will. */
    void endTrimming() {
        synchronized (deleting) {
            trimmingEnded = true;
        }
    }

    /** Deletes every segment, oldest first. */
    void deleteAll() {
        synchronized (deleting) {
            firstIndexes().forEach(this::delete);
        }
    }

    private void delete(long firstIndex) {
        disk.delete(LogFormat.fileName(firstIndex));
        synchronized (lengths) {
            lengths.remove(firstIndex);
        }
    }
}
