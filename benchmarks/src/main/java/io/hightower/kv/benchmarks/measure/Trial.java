package io.hightower.kv.benchmarks.measure;

/** One engine prepared for one workload. <b>Used by one thread at a time.</b> */
public interface Trial extends AutoCloseable {
    /**
     * Does the work for about so long and says what came of it. A workload whose work is one thing, a recovery for
     * instance, does it once.
     */
    Sample measure(long nanos);

    /** Waits until what the work left to do in the background is done. */
    void settle();

    /** Closes the store and deletes what it wrote. Idempotent. */
    @Override
    void close();
}
