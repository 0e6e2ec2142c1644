package io.hightower.kv.engine.watch;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.watch.WatchEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Reads a bounded part of history. <b>Used by one thread at a time.</b> */
final class HistoryReading {
    /** So many changes are looked at for one chunk, wanted or not, so that a watcher of rare keys holds up nobody for long. */
    private static final int LOOKED_AT_MAX = 20_000;

    private final StoreView view;
    private final Collection<KeyRange> ranges;
    private final boolean previous;
    private final List<RevisionChanges> found = new ArrayList<>();

    /** The wanted changes of the revision that is being read. */
    private final List<WatchEvent> present = new ArrayList<>();

    private long bytes;
    private int lookedAt;

    /**
     * Begins to read.
     *
     * @param ranges only changes in these are read
     * @param previous whether it is looked up what was there before
     */
    HistoryReading(StoreView view, Collection<KeyRange> ranges, boolean previous) {
        this.view = view;
        this.ranges = ranges;
        this.previous = previous;
    }

    /**
     * Reads whole revisions.
     *
     * @param from the first
     * @param bytesMax after so many bytes it stops, but not before it has read one revision
     * @param revisionsMax after so many revisions it stops
     * @throws io.hightower.kv.statemachine.RevisionUnavailableException if some of the changes are not kept
     */
    HistoryChunk read(long from, long bytesMax, int revisionsMax) {
        long main = from;
        try (StoreView.RecordCursor changes = view.changes(from, this::isToBeRead)) {
            while (changes.next()) {
                KeyRecord written = changes.current();
                if (written.modified().main() != main) {
                    endRevision();
                    if (bytes >= bytesMax || found.size() >= revisionsMax || lookedAt >= LOOKED_AT_MAX) {
                        return chunk(from, written.modified().main() - 1);
                    }
                    main = written.modified().main();
                }
                if (isWanted(written.key())) {
                    present.add(new WatchEvent(written, before(written)));
                }
            }
        }
        endRevision();
        return chunk(from, Math.max(main, view.revision()));
    }

    /** Once enough were looked at, the next change is read whatever it is, to see where that is. */
    private boolean isToBeRead(Bytes key) {
        lookedAt++;
        return lookedAt > LOOKED_AT_MAX || isWanted(key);
    }

    private boolean isWanted(Bytes key) {
        for (KeyRange range : ranges) {
            if (range.contains(key)) {
                return true;
            }
        }
        return false;
    }

    /** Returns what was there at the revision before, if history still has that. */
    private Optional<KeyValue> before(KeyRecord written) {
        long earlier = written.modified().main() - 1;
        if (!previous || earlier < view.oldestRevision()) {
            return Optional.empty();
        }
        return view.at(earlier).get(written.key());
    }

    private void endRevision() {
        if (!present.isEmpty()) {
            RevisionChanges changes = RevisionChanges.read(present);
            found.add(changes);
            bytes += changes.bytes();
            present.clear();
        }
    }

    private HistoryChunk chunk(long from, long through) {
        return new HistoryChunk(from, through, found, System.nanoTime());
    }
}
