package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.spi.Metrics;
import java.util.UUID;

/**
 * What a {@link MemoryStateStore} is told at opening. <b>Immutable.</b>
 *
 * @param storeId tells this store's files from those of other stores; the same at every opening
 * @param metrics where the store counts; {@link Metrics#none} to count nothing
 */
public record MemoryStoreOptions(UUID storeId, Metrics metrics) {
    /** Returns the options of a store that counts nothing. */
    public static MemoryStoreOptions of(UUID storeId) {
        return new MemoryStoreOptions(storeId, Metrics.none());
    }
}
