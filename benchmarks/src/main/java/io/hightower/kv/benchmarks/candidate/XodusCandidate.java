package io.hightower.kv.benchmarks.candidate;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.env.Cursor;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentConfig;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.StoreConfig;
import jetbrains.exodus.env.Transaction;
import org.jspecify.annotations.Nullable;

/** Xodus. Durable means that each transaction syncs the log; else the log goes to the operating system. */
final class XodusCandidate implements Candidate {
    private final Environment environment;
    private final Store store;

    private XodusCandidate(Environment environment) {
        this.environment = environment;
        store = environment.computeInTransaction(transaction ->
                environment.openStore("records", StoreConfig.WITHOUT_DUPLICATES_WITH_PREFIXING, transaction));
    }

    static Candidate open(Path directory, Durability durability) {
        EnvironmentConfig config = new EnvironmentConfig().setLogDurableWrite(durability == Durability.SYNCED);
        return new XodusCandidate(Environments.newInstance(directory.toFile(), config));
    }

    @Override
    public void put(byte[] key, byte[] value) {
        ByteIterable ownKey = copy(key);
        ByteIterable ownValue = copy(value);
        environment.executeInTransaction(transaction -> store.put(transaction, ownKey, ownValue));
    }

    @Override
    public void putAll(List<byte[]> keys, List<byte[]> values) {
        environment.executeInTransaction(transaction -> {
            for (int i = 0; i < keys.size(); i++) {
                store.put(transaction, new ArrayByteIterable(keys.get(i)), new ArrayByteIterable(values.get(i)));
            }
        });
    }

    @Override
    public Optional<byte[]> get(byte[] key) {
        ByteIterable wanted = new ArrayByteIterable(key);
        @Nullable
        ByteIterable found = environment.computeInReadonlyTransaction(transaction -> store.get(transaction, wanted));
        return found == null ? Optional.empty() : Optional.of(toArray(found));
    }

    @Override
    public int scan(byte[] from, int limit) {
        ByteIterable first = copy(from);
        return environment.computeInReadonlyTransaction(transaction -> scan(transaction, first, limit));
    }

    private int scan(Transaction transaction, ByteIterable first, int limit) {
        int entries = 0;
        long bytes = 0;
        try (Cursor cursor = store.openCursor(transaction)) {
            boolean isFound = cursor.getSearchKeyRange(first) != null;
            while (isFound && entries < limit) {
                bytes += toArray(cursor.getKey()).length + toArray(cursor.getValue()).length;
                entries++;
                isFound = cursor.getNext();
            }
        }
        return bytes < 0 ? -1 : entries;
    }

    @Override
    public void delete(byte[] key) {
        ByteIterable ownKey = copy(key);
        environment.executeInTransaction(transaction -> store.delete(transaction, ownKey));
    }

    @Override
    public void sync() {
        environment.executeInExclusiveTransaction(Transaction::flush);
    }

    @Override
    public void flushMemory() {
        sync();
    }

    @Override
    public void checkpoint(Path target) {
        throw new UnsupportedOperationException("a backup copies all data");
    }

    @Override
    public void close() {
        if (environment.isOpen()) {
            environment.close();
        }
    }

    private static ByteIterable copy(byte[] content) {
        return new ArrayByteIterable(content.clone());
    }

    private static byte[] toArray(ByteIterable content) {
        byte[] array = new byte[content.getLength()];
        System.arraycopy(content.getBytesUnsafe(), 0, array, 0, array.length);
        return array;
    }
}
