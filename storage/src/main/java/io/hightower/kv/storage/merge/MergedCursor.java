package io.hightower.kv.storage.merge;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import java.util.List;

/**
 * Several runs, seen as one.
 *
 * <pre>
 * newest run   "a" 9.0            "c" ERASED 8.0                     "a" 9.0, 4.0
 * older run    "a" 4.0   "b" 3.0                       shown as      "b" 3.0
 * oldest run             "b" 2.0  "c" TOMBSTONE 8.0                  "b" 2.0 behind it
 *                                 "c" 1.0                            "c" ERASED 8.0, 1.0
 * </pre>
 *
 * <p>Of two runs the newer one's versions of a key are all newer, so the versions of a key are those of one run after those
 * of another. An erased tombstone hides the tombstone of the same revision, be it in the same run or in an older one; {@link
 * #hidden} counts them. Moving allocates nothing. While one run holds the next keys, and with one run only, a step costs
 * little more than that run's own. <b>Used by one thread at a time.</b> <b>Lifetime.</b> Closing it closes the cursors that
 * it was made of. <b>Failure.</b> After a move that threw, the cursor stands nowhere; seeking elsewhere works.
 */
public final class MergedCursor implements VersionCursor {
    private final RunOrder order;

    /** The run that holds the present version, and its cursor. Meaningless while the cursor stands nowhere. */
    private int atRun;

    private VersionCursor at;

    /** No older version of the key is left. */
    private boolean exhausted;

    /**
     * The run's cursor had to move to the tombstone that is hidden, to learn that nothing follows it. What is shown is still
     * the erased one, which had {@link #erasedWriteVersion}.
     */
    private boolean onHidden;

    private long erasedWriteVersion;

    private long hidden;

    private MergedCursor(List<? extends VersionCursor> newestFirst) {
        order = new RunOrder(newestFirst);
        at = newestFirst.isEmpty() ? new Chain(List.of()).cursor() : newestFirst.get(0);
    }

    /**
     * Merges runs.
     *
     * @param newestFirst a cursor over each run, the newest run first; from now on only moved and closed by this one
     */
    public static MergedCursor of(List<? extends VersionCursor> newestFirst) {
        return new MergedCursor(newestFirst);
    }

    /** Returns how many tombstones were passed that an erased one of the same revision hides. */
    public long hidden() {
        return hidden;
    }

    @Override
    public boolean first() {
        order.begin(true);
        for (int run = 0; run < order.count(); run++) {
            order.join(run, order.run(run).first());
        }
        return arrive(order.settle());
    }

    @Override
    public boolean last() {
        order.begin(false);
        for (int run = 0; run < order.count(); run++) {
            order.join(run, order.run(run).last());
        }
        return arrive(order.settle());
    }

    @Override
    public boolean seek(Bytes key) {
        order.begin(true);
        for (int run = 0; run < order.count(); run++) {
            order.join(run, order.run(run).seek(key));
        }
        return arrive(order.settle());
    }

    @Override
    public boolean seekBefore(Bytes key) {
        order.begin(false);
        for (int run = 0; run < order.count(); run++) {
            order.join(run, order.run(run).seekBefore(key));
        }
        return arrive(order.settle());
    }

    @Override
    public boolean nextKey() {
        return arrive(order.isAscending() ? order.step() : order.turn());
    }

    @Override
    public boolean previousKey() {
        return arrive(order.isAscending() ? order.turn() : order.step());
    }

    private boolean arrive(boolean stands) {
        if (stands) {
            atRun = order.leader();
            at = order.run(atRun);
            exhausted = false;
            onHidden = false;
        }
        return stands;
    }

    @Override
    public boolean nextVersion() {
        if (exhausted) {
            return false;
        }
        boolean moved = at.kind() == VersionKind.ERASED ? passHidden() : follow();
        exhausted = !moved;
        return moved;
    }

    /** Moves to the version that comes next in the runs; false, without moving, if there is none. */
    private boolean follow() {
        if (at.nextVersion()) {
            order.note(atRun);
            return true;
        }
        int older = order.olderOnSameKey(atRun);
        if (older == RunOrder.NONE) {
            return false;
        }
        atRun = older;
        at = order.run(older);
        return true;
    }

    /** Moves from an erased tombstone to the version behind the tombstone that it replaces. */
    private boolean passHidden() {
        int erasedRun = atRun;
        long main = at.main();
        int sub = at.sub();
        erasedWriteVersion = at.writeVersion();
        if (!follow()) {
            return false;
        }
        if (at.main() != main || at.sub() != sub) {
            return true;
        }
        hidden++;
        int hiddenRun = atRun;
        if (follow()) {
            return true;
        }
        onHidden = hiddenRun == erasedRun;
        atRun = erasedRun;
        at = order.run(erasedRun);
        return false;
    }

    @Override
    public byte[] keyArray() {
        return at.keyArray();
    }

    @Override
    public int keyOffset() {
        return at.keyOffset();
    }

    @Override
    public int keyLength() {
        return at.keyLength();
    }

    @Override
    public VersionKind kind() {
        return onHidden ? VersionKind.ERASED : at.kind();
    }

    @Override
    public long main() {
        return at.main();
    }

    @Override
    public int sub() {
        return at.sub();
    }

    @Override
    public long createRevision() {
        return at.createRevision();
    }

    @Override
    public long version() {
        return at.version();
    }

    @Override
    public long writeVersion() {
        return onHidden ? erasedWriteVersion : at.writeVersion();
    }

    @Override
    public long lease() {
        return at.lease();
    }

    @Override
    public byte[] valueArray() {
        return at.valueArray();
    }

    @Override
    public int valueOffset() {
        return at.valueOffset();
    }

    @Override
    public int valueLength() {
        return at.valueLength();
    }

    @Override
    public void close() {
        for (int run = 0; run < order.count(); run++) {
            order.run(run).close();
        }
    }
}
