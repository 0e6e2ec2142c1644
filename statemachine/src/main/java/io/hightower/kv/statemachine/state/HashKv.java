package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.spi.StoreView.RecordCursor;
import io.hightower.kv.statemachine.state.HashedVersions.Piece;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The hash of all keys and of their history up to a revision, by the algorithm of etcd's {@code HashKV}: a member of any store
 * that speaks etcd's protocol can be compared with it. It depends on what commands did and on the compact revision, and on
 * nothing that files, merges or restarts do.
 *
 * <pre>
 * CRC32C of  "key"
 *   and for each version, by revision
 *            main (8, big-endian)  '_'  sub (8, big-endian)  't' if it is a tombstone
 *            mvccpb.KeyValue, see {@code EtcdKeyValue}
 * </pre>
 *
 * <p>With asked revision R and compact revision C, these are the versions:
 *
 * <ol>
 *   <li>of those at C and before it, the ones that are still the values of their keys at R; but if no key has a value at R,
 *       the ones that were values at C, which is all that etcd has left then;
 *   <li>every version behind C up to R, tombstones included, released or not. What one command wrote and overwrote itself
 *       is none.
 * </ol>
 *
 * <p>The algorithm is that of etcd 3.5 and 3.6 ({@code mvcc/hash.go} and {@code index.Keep}) when a compaction has done its
 * work. <b>Cost.</b> One pass over the changes behind C with one lookup each; and, after a compaction, passes over all keys: one
 * for each half million of versions in the first part, and some 30 MB of memory. <b>Threads.</b> Thread-safe.
 */
public final class HashKv {
    /** As the revision asked for: the newest. */
    public static final long NEWEST = 0;

    private static final int PIECES_MAX = 1 << 19;

    private static final Comparator<Piece> BY_REVISION = Comparator.comparing(Piece::revision);

    /** There are no changes before it: the first command makes revision 2. */
    private static final long FIRST_CHANGE = Revision.EMPTY_STORE + 1;

    private final StoreView view;
    private final long through;
    private final long compacted;
    private final HashedVersions hashed = new HashedVersions();

    /**
     * What was hashed.
     *
     * @param hash an unsigned number of 32 bits
     * @param compactRevision the compact revision of the store, on which the hash depends; 0 if nothing was compacted
     * @param revision the main revision up to which history was hashed
     */
    public record Hash(long hash, long compactRevision, long revision) {}

    private HashKv(StoreView view, long through, long compacted) {
        this.view = view;
        this.through = through;
        this.compacted = compacted;
    }

    /**
     * Computes the hash.
     *
     * @param revision from the compact revision to the view's; {@link #NEWEST} for that
     * @throws RevisionUnavailableException if the revision is compacted or has not come yet. All revisions count as compacted
     *     if the store has not everything any more that is to be hashed, because it keeps no history or did not in former
     *     times: its hash would be one that no other member gives. The next compaction at the newest revision mends it
     */
    public static Hash of(StoreView view, long revision) {
        return of(view, revision, PIECES_MAX);
    }

    /** As {@link #of(StoreView, long)}, with at most so many versions in memory at once. */
    static Hash of(StoreView view, long revision, int piecesMax) {
        long newest = view.revision();
        long compacted = view.applied().compactRevision();
        HashKv hashing = new HashKv(view, revision == NEWEST ? newest : revision, compacted);
        long oldest = hashing.hasEveryChange() ? Math.max(Revision.EMPTY_STORE, compacted) : newest + 1;
        if (hashing.through < oldest || hashing.through > newest) {
            throw hashing.unavailable(oldest);
        }
        if (compacted >= FIRST_CHANGE) {
            hashing.addKept(piecesMax);
        }
        hashing.addChanges();
        return new Hash(hashing.hashed.hash(), compacted, hashing.through);
    }

    private RevisionUnavailableException unavailable(long oldest) {
        return new RevisionUnavailableException(through, oldest, view.revision());
    }

    private boolean hasEveryChange() {
        return view.oldestChange() <= Math.max(FIRST_CHANGE, compacted + 1);
    }

    private void addKept(int piecesMax) {
        long shown = hasValue(through) ? through : compacted;
        if (shown < view.oldestRevision()) {
            throw unavailable(view.revision() + 1);
        }
        Revision last = new Revision(0, 0);
        List<Piece> next;
        do {
            next = kept(shown, last, piecesMax);
            next.forEach(hashed::add);
            last = next.isEmpty() ? last : next.get(next.size() - 1).revision();
            // Fewer than may be held are all that were left.
        } while (next.size() == piecesMax);
    }

    private boolean hasValue(long main) {
        try (RecordCursor records = view.recordsAt(main)) {
            while (records.next()) {
                if (records.current().live()) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Records come in key order: of those behind {@code after}, the earliest are held, and returned by revision. */
    private List<Piece> kept(long shown, Revision after, int piecesMax) {
        PriorityQueue<Piece> earliest = new PriorityQueue<>(BY_REVISION.reversed());
        try (RecordCursor records = view.recordsAt(shown)) {
            while (records.next()) {
                KeyRecord record = records.current();
                Revision modified = record.modified();
                if (record.live() && modified.main() <= compacted && modified.compareTo(after) > 0) {
                    if (earliest.size() < piecesMax) {
                        earliest.add(hashed.pieceOf(record));
                    } else if (modified.compareTo(earliest.element().revision()) < 0) {
                        earliest.remove();
                        earliest.add(hashed.pieceOf(record));
                    }
                }
            }
        }
        List<Piece> ordered = new ArrayList<>(earliest);
        ordered.sort(BY_REVISION);
        return ordered;
    }

    private void addChanges() {
        try (RecordCursor changes = view.changes(Math.max(compacted + 1, view.oldestChange()))) {
            while (changes.next() && changes.current().modified().main() <= through) {
                hashed.add(hashed.pieceOf(changes.current()));
            }
        }
    }
}
