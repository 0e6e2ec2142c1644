package io.hightower.kv.storage.merge;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import org.jspecify.annotations.Nullable;

/**
 * The runs of a {@link Chain}, seen as one.
 *
 * <p>One link is open at a time, and only once the cursor comes to it. Moving within a link allocates nothing. <b>Used by one
 * thread at a time.</b>
 */
final class ChainedCursor implements VersionCursor {
    private final Chain chain;
    private int place;
    private @Nullable VersionCursor open;

    ChainedCursor(Chain chain) {
        this.chain = chain;
    }

    @Override
    public boolean first() {
        return chain.size() > 0 && open(0).first();
    }

    @Override
    public boolean last() {
        return chain.size() > 0 && open(chain.size() - 1).last();
    }

    @Override
    public boolean seek(Bytes key) {
        int found = chain.placeOf(key);
        return found < chain.size() && open(found).seek(key);
    }

    @Override
    public boolean seekBefore(Bytes key) {
        // The first link that ends at or behind the key may begin before it; if not, the one before it ends before the
        // key.
        int found = chain.placeOf(key);
        if (found < chain.size() && chain.link(found).firstKey().compareTo(key) < 0) {
            return open(found).seekBefore(key);
        }
        return found > 0 && open(found - 1).last();
    }

    @Override
    public boolean nextKey() {
        return present().nextKey()
                || (place + 1 < chain.size() && open(place + 1).first());
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
        VersionCursor opened = chain.link(link).opener().get();
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
    public long lease() {
        return present().lease();
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
