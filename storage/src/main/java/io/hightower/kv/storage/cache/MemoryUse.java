package io.hightower.kv.storage.cache;

/** What memory is taken for. */
public enum MemoryUse {
    /** Versions that are in no table yet. */
    MEMTABLES(0),
    /** The filters and indexes of open tables, outside of the heap. */
    FILTERS_AND_INDEXES(1),
    /** Blocks of tables that were read. It takes what the others leave. */
    BLOCK_CACHE(2),
    /** Values of keys that are asked for often. */
    HOT_KEYS(3);

    static final int COUNT = 4;

    /** Where the budget counts it. */
    final int place;

    MemoryUse(int place) {
        this.place = place;
    }
}
