package io.hightower.kv.storage.merge;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs whose keys lie behind one another, seen as one: the tables of a level.
 *
 * <p>One link is open at a time, and only once the cursor comes to it. Moving within a link allocates nothing. <b>Used by one
 * thread at a time.</b>
 */
final class ChainedCursor implements VersionCursor {
    private final List<Link> links;
    private int place;
    private @Nullable VersionCursor open;

    /**
     * A run of the chain. Not empty.
     *
     * @param firstKey its first key, greater than the last one of the link before
     * @param lastKey its last key
     * @param opener opens a cursor over it, which the chain closes
     */
    record Link(Bytes firstKey, Bytes lastKey, Supplier<? extends VersionCursor> opener) {}

    /** Makes a chain of runs, in ascending order of their keys. */
    ChainedCursor(List<Link> links) {
        this.links = List.copyOf(links);
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get(i);
            boolean ordered = link.firstKey().compareTo(link.lastKey()) <= 0;
            boolean behind = i == 0 || links.get(i - 1).lastKey().compareTo(link.firstKey()) < 0;
            InvariantViolation.check(ordered && behind, "the keys of chained runs lie behind one another");
        }
    }

    @Override
    public boolean first() {
        return !links.isEmpty() && open(0).first();
    }

    @Override
    public boolean last() {
        return !links.isEmpty() && open(links.size() - 1).last();
    }

    @Override
    public boolean seek(Bytes key) {
        int low = 0;
        int high = links.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (links.get(middle).lastKey().compareTo(key) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < links.size() && open(low).seek(key);
    }

    @Override
    public boolean seekBefore(Bytes key) {
        int low = 0;
        int high = links.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (links.get(middle).firstKey().compareTo(key) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low > 0 && open(low - 1).seekBefore(key);
    }

    @Override
    public boolean nextKey() {
        return present().nextKey()
                || (place + 1 < links.size() && open(place + 1).first());
    }

    @Override
    public boolean previousKey() {
        return present().previousKey() || (place > 0 && open(place - 1).last());
    }

    private VersionCursor open(int link) {
        VersionCursor present = open;
        if (present != null && place == link) {
            return present;
        }
        close();
        VersionCursor opened = links.get(link).opener().get();
        place = link;
        open = opened;
        return opened;
    }

    private VersionCursor present() {
        VersionCursor present = open;
        if (present == null) {
            throw new InvariantViolation("only a cursor that stands on a key moves to a neighbour");
        }
        return present;
    }

    @Override
    public boolean nextVersion() {
        return present().nextVersion();
    }

    @Override
    public byte[] keyArray() {
        return present().keyArray();
    }

    @Override
    public int keyOffset() {
        return present().keyOffset();
    }

    @Override
    public int keyLength() {
        return present().keyLength();
    }

    @Override
    public VersionKind kind() {
        return present().kind();
    }

    @Override
    public long main() {
        return present().main();
    }

    @Override
    public int sub() {
        return present().sub();
    }

    @Override
    public long createRevision() {
        return present().createRevision();
    }

    @Override
    public long version() {
        return present().version();
    }

    @Override
    public long writeVersion() {
        return present().writeVersion();
    }

    @Override
    public byte[] valueArray() {
        return present().valueArray();
    }

    @Override
    public int valueOffset() {
        return present().valueOffset();
    }

    @Override
    public int valueLength() {
        return present().valueLength();
    }

    @Override
    public void close() {
        VersionCursor present = open;
        if (present != null) {
            open = null;
            present.close();
        }
    }
}
