package io.hightower.kv.storage.table;

/** What reading a table does to the block cache. */
public enum CacheUse {
    /** Blocks come from the cache and enter it, as what will be wanted again. */
    LOOKUP,
    /** Blocks come from the cache and enter it as the first to leave; those of a long scan do not enter at all. */
    SCAN,
    /** The cache is neither asked nor filled: for merging and verifying, which read each block once. */
    NONE
}
