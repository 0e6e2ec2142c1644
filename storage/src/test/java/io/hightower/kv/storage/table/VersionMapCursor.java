package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/** The cursor of a {@link VersionMap}: slow and plain. */
final class VersionMapCursor implements VersionCursor {
    private final NavigableMap<Bytes, List<StoredVersion>> map;
    private Bytes key = Bytes.EMPTY;
    private List<StoredVersion> versions = List.of();
    private int place;

    VersionMapCursor(NavigableMap<Bytes, List<StoredVersion>> map) {
        this.map = map;
    }

    private boolean moveTo(Map.Entry<Bytes, List<StoredVersion>> entry) {
        if (entry == null) {
            return false;
        }
        key = entry.getKey();
        versions = entry.getValue();
        place = 0;
        return true;
    }

    @Override
    public boolean first() {
        return moveTo(map.firstEntry());
    }

    @Override
    public boolean last() {
        return moveTo(map.lastEntry());
    }

    @Override
    public boolean seek(Bytes wanted) {
        return moveTo(map.ceilingEntry(wanted));
    }

    @Override
    public boolean seekBefore(Bytes wanted) {
        return moveTo(map.lowerEntry(wanted));
    }

    @Override
    public boolean nextKey() {
        return moveTo(map.higherEntry(key));
    }

    @Override
    public boolean previousKey() {
        return moveTo(map.lowerEntry(key));
    }

    @Override
    public boolean nextVersion() {
        if (place + 1 == versions.size()) {
            return false;
        }
        place++;
        return true;
    }

    private StoredVersion present() {
        return versions.get(place);
    }

    @Override
    public byte[] keyArray() {
        return key.toByteArray();
    }

    @Override
    public int keyOffset() {
        return 0;
    }

    @Override
    public int keyLength() {
        return key.length();
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
        return present().value().toByteArray();
    }

    @Override
    public int valueOffset() {
        return 0;
    }

    @Override
    public int valueLength() {
        return present().value().length();
    }

    @Override
    public StoredVersion current() {
        return present();
    }

    @Override
    public void close() {}
}
