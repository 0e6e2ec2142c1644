package io.hightower.kv.benchmarks.candidate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;

/**
 * The map behind H2, in one file. Durable means a commit and a sync for each write; without that the store commits by
 * itself about once a second, and the end of the process takes the writes since.
 */
final class MvStoreCandidate implements Candidate {
    private final MVStore store;
    private final MVMap<byte[], byte[]> map;
    private final Durability durability;

    private MvStoreCandidate(MVStore store, Durability durability) {
        this.store = store;
        this.durability = durability;
        map = store.openMap(
                "records",
                new MVMap.Builder<byte[], byte[]>()
                        .keyType(ByteArrayDataType.INSTANCE)
                        .valueType(ByteArrayDataType.INSTANCE));
    }

    static Candidate open(Path directory, Durability durability) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        MVStore store = new MVStore.Builder()
                .fileName(directory.resolve("store.mv").toString())
                .open();
        return new MvStoreCandidate(store, durability);
    }

    @Override
    public void put(byte[] key, byte[] value) {
        map.put(key.clone(), value.clone());
        settle();
    }

    @Override
    public void putAll(List<byte[]> keys, List<byte[]> values) {
        for (int i = 0; i < keys.size(); i++) {
            map.put(keys.get(i), values.get(i));
        }
        settle();
    }

    @Override
    public Optional<byte[]> get(byte[] key) {
        return Optional.ofNullable(map.get(key)).map(byte[]::clone);
    }

    @Override
    public int scan(byte[] from, int limit) {
        int entries = 0;
        long bytes = 0;
        org.h2.mvstore.Cursor<byte[], byte[]> cursor = map.cursor(from);
        Iterator<byte[]> keys = cursor;
        while (entries < limit && keys.hasNext()) {
            bytes += keys.next().length + cursor.getValue().length;
            entries++;
        }
        return bytes < 0 ? -1 : entries;
    }

    @Override
    public void delete(byte[] key) {
        map.remove(key);
        settle();
    }

    private void settle() {
        if (durability == Durability.SYNCED) {
            sync();
        }
    }

    @Override
    public void sync() {
        store.commit();
        store.sync();
    }

    @Override
    public void flushMemory() {
        store.commit();
    }

    @Override
    public void checkpoint(Path target) {
        throw new UnsupportedOperationException("a backup copies all data");
    }

    @Override
    public void close() {
        store.close();
    }
}
