package io.hightower.kv.storage.log;

import io.hightower.kv.storage.file.Disk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which segments there are, how far they reach, and what becomes of them when they are trimmed:
 *
 * <pre>
 * log-… ──trim──► archive-… (if so many are to be kept) ──► spare-… (if one is wanted and it has the full size) or deleted
 * </pre>
 *
 * <p><b>Thread-safe.</b>
 */
final class Segments {
    private final Disk disk;
    private final SegmentFiles files;
    private final SpareSegments spares;
    private final int archivedMax;

    /** By first index. Its monitor guards it; never held while the disk works. */
    private final NavigableMap<Long, Segment> present = new TreeMap<>();

    /** Held by whoever deletes segments, before the monitor of {@link #present}. Guards what follows. */
    private final Object deleting = new Object();

    /** Whether the file can be used again, by the first index that it had. */
    private final NavigableMap<Long, Boolean> archived = new TreeMap<>();

    /** Spares whose names are not durable yet. */
    private final List<String> retired = new ArrayList<>();

    private boolean trimmingEnded;

    /** The highest epoch of all that were found or given. Only the thread that uses the log touches it. */
    private long lastEpoch;

    /** The segment begun last; null before the first. */
    private volatile @Nullable Segment newest;

    /** A segment: where its entries end as far as is known, and whether the file can be used again. */
    private static final class Segment {
        private final long firstIndex;
        private volatile long end = LogFormat.HEADER_BYTES;
        private volatile boolean reusable;

        Segment(long firstIndex, boolean reusable) {
            this.firstIndex = firstIndex;
            this.reusable = reusable;
        }
    }

    private Segments(Disk disk, SegmentFiles files, SpareSegments spares, int archivedMax) {
        this.disk = disk;
        this.files = files;
        this.spares = spares;
        this.archivedMax = archivedMax;
    }

    /** Finds what the directory has, and deletes archived segments and spares that are too many. */
    static Segments find(Disk disk, SegmentFiles files, SpareSegments spares, int archivedMax) {
        Segments segments = new Segments(disk, files, spares, archivedMax);
        List<String> names = disk.list();
        segments.lastEpoch = spares.find(names);
        for (String name : names) {
            LogFormat.Role.ENTRIES.number(name).ifPresent(first -> {
                boolean reusable = segments.look(name);
                segments.present.put(first, new Segment(first, reusable));
            });
            LogFormat.Role.ARCHIVED.number(name).ifPresent(first -> segments.archived.put(first, segments.look(name)));
        }
        while (segments.archived.size() > archivedMax) {
            disk.delete(LogFormat.Role.ARCHIVED.fileName(
                    segments.archived.pollFirstEntry().getKey()));
        }
        return segments;
    }

    /** Returns whether a file can be used again, and minds its epoch. */
    private boolean look(String name) {
        Optional<SegmentFiles.Found> found = files.look(name);
        found.ifPresent(file -> lastEpoch = Math.max(lastEpoch, file.epoch()));
        return found.isPresent() && spares.isReusable(found.get().fileBytes());
    }

    /** Returns an epoch that no file has seen. */
    long nextEpoch() {
        return ++lastEpoch;
    }

    /** Adds a segment that was begun, instead of an empty one with the same first index if there is one. */
    void add(long firstIndex, long fileBytes) {
        Segment begun = new Segment(firstIndex, spares.isReusable(fileBytes));
        synchronized (present) {
            present.put(firstIndex, begun);
        }
        newest = begun;
    }

    /** Notes where the entries of a segment end. */
    void reach(long firstIndex, long end) {
        Segment segment = newest;
        if (segment == null || segment.firstIndex != firstIndex) {
            segment = segment(firstIndex);
        }
        if (segment != null) {
            segment.end = end;
        }
    }

    /** Notes that a file was cut and has not its full size any more. */
    void shortened(long firstIndex) {
        Segment segment = segment(firstIndex);
        if (segment != null) {
            segment.reusable = false;
        }
    }

    private @Nullable Segment segment(long firstIndex) {
        synchronized (present) {
            return present.get(firstIndex);
        }
    }

    List<Long> firstIndexes() {
        synchronized (present) {
            return List.copyOf(present.keySet());
        }
    }

    OptionalLong firstIndex() {
        synchronized (present) {
            return present.isEmpty() ? OptionalLong.empty() : OptionalLong.of(present.firstKey());
        }
    }

    int count() {
        synchronized (present) {
            return present.size();
        }
    }

    /** Returns the bytes of headers and entries, as far as they are known. */
    long bytes() {
        synchronized (present) {
            return present.values().stream().mapToLong(segment -> segment.end).sum();
        }
    }

    /**
     * Takes the segments that end at or before {@code throughIndex} out of the log, oldest first, so that no gap appears. The
     * last segment stays. Not before their new names are durable are they given to be used again: else power loss could
     * bring back the old name of a file that has new content.
     */
    void trim(long throughIndex, Runnable directorySync) {
        synchronized (deleting) {
            if (trimmingEnded) {
                return;
            }
            boolean changed = !retired.isEmpty();
            for (OptionalLong next = trimmable(throughIndex); next.isPresent(); next = trimmable(throughIndex)) {
                retire(next.getAsLong());
                changed = true;
            }
            if (changed) {
                directorySync.run();
                retired.forEach(spares::add);
                retired.clear();
            }
        }
    }

    private OptionalLong trimmable(long throughIndex) {
        synchronized (present) {
            if (present.size() < 2) {
                return OptionalLong.empty();
            }
            long oldest = present.firstKey();
            Map.Entry<Long, Segment> second = present.higherEntry(oldest);
            boolean covered = second != null && second.getKey() - 1 <= throughIndex;
            return covered ? OptionalLong.of(oldest) : OptionalLong.empty();
        }
    }

    private void retire(long firstIndex) {
        boolean reusable = isReusable(firstIndex);
        String name = LogFormat.fileName(firstIndex);
        if (archivedMax == 0) {
            discard(name, reusable);
            forget(firstIndex);
            return;
        }
        disk.rename(name, LogFormat.Role.ARCHIVED.fileName(firstIndex));
        forget(firstIndex);
        archived.put(firstIndex, reusable);
        while (archived.size() > archivedMax) {
            Map.Entry<Long, Boolean> oldest = archived.firstEntry();
            discard(LogFormat.Role.ARCHIVED.fileName(oldest.getKey()), oldest.getValue());
            archived.remove(oldest.getKey());
        }
    }

    private void discard(String name, boolean reusable) {
        Optional<String> spare = reusable ? spares.nameForOneMore(retired.size()) : Optional.empty();
        if (spare.isPresent()) {
            disk.rename(name, spare.get());
            retired.add(spare.get());
        } else {
            disk.delete(name);
        }
    }

    private boolean isReusable(long firstIndex) {
        Segment segment = segment(firstIndex);
        return segment != null && segment.reusable;
    }

    private void forget(long firstIndex) {
        synchronized (present) {
            present.remove(firstIndex);
        }
    }

    /** Returns once nobody trims any more, nor ever will. */
    void endTrimming() {
        synchronized (deleting) {
            trimmingEnded = true;
        }
    }
}
