package io.hightower.kv.statemachine.contract;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.spi.StoreView;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Every version that a store was ever seen to have, and what follows from that list by brute force: records at old revisions,
 * changes, and etcd's hash of both, written down a second time. <b>Used by one thread at a time.</b>
 */
public final class SeenHistory {
    private final TreeMap<Revision, KeyRecord> versions = new TreeMap<>();
    private final Set<Revision> released = new HashSet<>();

    /** Notes down what is new. Called after each single command. */
    public void note(StoreView view) {
        Set<Revision> present = new HashSet<>();
        for (KeyRecord record : StateReading.records(view)) {
            versions.putIfAbsent(record.modified(), record);
            present.add(record.modified());
        }
        for (KeyRecord newest : newestThrough(Long.MAX_VALUE).values()) {
            if (!newest.live() && !present.contains(newest.modified())) {
                released.add(newest.modified());
            }
        }
    }

    private Map<Bytes, KeyRecord> newestThrough(long main) {
        Map<Bytes, KeyRecord> newest = new TreeMap<>();
        for (KeyRecord version : versions.values()) {
            if (version.modified().main() <= main) {
                newest.put(version.key(), version);
            }
        }
        return newest;
    }

    /** Returns the changes of main revision {@code from} and later. */
    public List<KeyRecord> changes(long from) {
        return List.copyOf(versions.tailMap(new Revision(from, 0)).values());
    }

    /** Returns the newest record of each key at a main revision, but no tombstones that were released by now. */
    public List<KeyRecord> recordsAt(long main) {
        List<KeyRecord> records = new ArrayList<>(newestThrough(main).values());
        records.removeIf(record -> released.contains(record.modified()));
        return records;
    }

    /** Returns what readers see at a main revision. */
    public List<KeyValue> livingAt(long main) {
        return newestThrough(main).values().stream()
                .filter(KeyRecord::live)
                .map(KeyRecord::toKeyValue)
                .toList();
    }

    /** Returns the hash that etcd gives for a main revision after a compaction, 0 for none. */
    public long hashKv(long through, long compacted) {
        Set<Revision> kept = liveRevisions(through);
        if (kept.isEmpty()) {
            kept = liveRevisions(compacted);
        }
        ByteArrayOutputStream hashed = new ByteArrayOutputStream();
        hashed.writeBytes("key".getBytes(StandardCharsets.US_ASCII));
        for (Map.Entry<Revision, KeyRecord> version : versions.entrySet()) {
            long main = version.getKey().main();
            if (main <= through && (main > compacted || kept.contains(version.getKey()))) {
                hashed.writeBytes(stored(version.getValue()));
            }
        }
        CRC32C crc = new CRC32C();
        crc.update(hashed.toByteArray());
        return crc.getValue();
    }

    private Set<Revision> liveRevisions(long main) {
        Set<Revision> revisions = new HashSet<>();
        newestThrough(main).values().stream().filter(KeyRecord::live).forEach(live -> revisions.add(live.modified()));
        return revisions;
    }

    private static byte[] stored(KeyRecord version) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(version.modified().main());
            out.writeByte('_');
            out.writeLong(version.modified().sub());
            if (!version.live()) {
                out.writeByte('t');
            }
            bytes(out, 0x0a, version.key());
            number(out, 0x10, version.createRevision());
            number(out, 0x18, version.live() ? version.modified().main() : 0);
            number(out, 0x20, version.version());
            bytes(out, 0x2a, version.value());
            number(out, 0x30, version.lease());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void bytes(DataOutputStream out, int tag, Bytes value) throws IOException {
        if (!value.isEmpty()) {
            out.writeByte(tag);
            varint(out, value.length());
            out.write(value.toByteArray());
        }
    }

    private static void number(DataOutputStream out, int tag, long value) throws IOException {
        if (value != 0) {
            out.writeByte(tag);
            varint(out, value);
        }
    }

    private static void varint(DataOutputStream out, long value) throws IOException {
        long left = value;
        while ((left & ~0x7fL) != 0) {
            out.writeByte((int) (left & 0x7f) | 0x80);
            left >>>= 7;
        }
        out.writeByte((int) left);
    }
}
