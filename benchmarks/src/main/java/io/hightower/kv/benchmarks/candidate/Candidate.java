package io.hightower.kv.benchmarks.candidate;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An open store that is measured. Keys and values go in and come out as arrays that belong to the caller.
 *
 * <p><b>Durability.</b> As it was opened with. <b>Threads.</b> Thread-safe. <b>Failure.</b> What the store throws; checked
 * exceptions arrive wrapped in a {@link CandidateException}.
 */
public interface Candidate extends AutoCloseable {
    /** Stores a value. The arrays may be used again when this returns. */
    void put(byte[] key, byte[] value);

    /**
     * Stores several values in the way that the store offers for this, for filling it before a measurement.
     *
     * @param keys the keys, which must not be used again
     * @param values as many values, which must not be used again
     */
    void putAll(List<byte[]> keys, List<byte[]> values);

    /** Returns the key's value, or nothing. */
    Optional<byte[]> get(byte[] key);

    /**
     * Reads in key order, beginning with the first key at or behind {@code from}, and takes every key and value.
     *
     * @param limit at most so many
     * @return how many there were
     */
    int scan(byte[] from, int limit);

    /** Removes a key. */
    void delete(byte[] key);

    /** Forces to the disk everything that was written. */
    void sync();

    /** Moves what is in memory only for speed, memtables for instance, to where it stays. Returns when done. */
    void flushMemory();

    /**
     * Makes {@code target}, which does not exist, a consistent copy of the store by the cheapest way that the store offers.
     *
     * @throws UnsupportedOperationException if it offers none that does not copy all data
     */
    void checkpoint(Path target);

    /** Closes the store. Idempotent. */
    @Override
    void close();
}
