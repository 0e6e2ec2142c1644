package io.hightower.kv.benchmarks.candidate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Checkpoint;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** RocksDB through its Java binding. The log is on; durable means that each write waits for its sync. */
final class RocksCandidate implements Candidate {
    private final RocksDB database;
    private final WriteOptions writes;
    private final ReadOptions reads = new ReadOptions();

    /** What must outlive the database, in the order of making. */
    private final List<AutoCloseable> kept;

    private boolean closed;

    private RocksCandidate(RocksDB database, WriteOptions writes, List<AutoCloseable> kept) {
        this.database = database;
        this.writes = writes;
        this.kept = kept;
    }

    static void load() {
        RocksDB.loadLibrary();
    }

    static Candidate open(Path directory, Durability durability) {
        load();
        Options options = new Options().setCreateIfMissing(true);
        List<AutoCloseable> kept = new ArrayList<>();
        kept.add(options);
        return open(directory, durability, options, kept);
    }

    static Candidate openTuned(Path directory, Durability durability) {
        load();
        LRUCache cache = new LRUCache(512L << 20);
        BloomFilter filter = new BloomFilter(10);
        Options options = new Options()
                .setCreateIfMissing(true)
                .setRecycleLogFileNum(4)
                .setMaxBackgroundJobs(2)
                .setTableFormatConfig(
                        new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(filter));
        List<AutoCloseable> kept = new ArrayList<>(List.of(cache, filter, options));
        return open(directory, durability, options, kept);
    }

    private static Candidate open(Path directory, Durability durability, Options options, List<AutoCloseable> kept) {
        try {
            Files.createDirectories(directory);
            RocksDB database = RocksDB.open(options, directory.toString());
            WriteOptions writes = new WriteOptions().setSync(durability == Durability.SYNCED);
            return new RocksCandidate(database, writes, kept);
        } catch (RocksDBException e) {
            throw failed(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void put(byte[] key, byte[] value) {
        try {
            database.put(writes, key, value);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    @Override
    public void putAll(List<byte[]> keys, List<byte[]> values) {
        try (WriteBatch batch = new WriteBatch()) {
            for (int i = 0; i < keys.size(); i++) {
                batch.put(keys.get(i), values.get(i));
            }
            database.write(writes, batch);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    @Override
    public Optional<byte[]> get(byte[] key) {
        try {
            return Optional.ofNullable(database.get(reads, key));
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    @Override
    public int scan(byte[] from, int limit) {
        int entries = 0;
        long bytes = 0;
        try (RocksIterator iterator = database.newIterator(reads)) {
            for (iterator.seek(from); entries < limit && iterator.isValid(); iterator.next()) {
                bytes += iterator.key().length + iterator.value().length;
                entries++;
            }
            iterator.status();
        } catch (RocksDBException e) {
            throw failed(e);
        }
        return bytes < 0 ? -1 : entries;
    }

    @Override
    public void delete(byte[] key) {
        try {
            database.delete(writes, key);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    @Override
    public void sync() {
        try {
            database.flushWal(true);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    @Override
    public void flushMemory() {
        try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
            database.flush(options);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    @Override
    public void checkpoint(Path target) {
        try (Checkpoint checkpoint = Checkpoint.create(database)) {
            checkpoint.createCheckpoint(target.toString());
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        reads.close();
        writes.close();
        database.close();
        Collections.reverse(kept);
        for (AutoCloseable each : kept) {
            try {
                each.close();
            } catch (Exception e) {
                throw failed(e);
            }
        }
    }

    private static CandidateException failed(Exception cause) {
        return new CandidateException("rocksdb failed: " + cause.getMessage(), cause);
    }
}
