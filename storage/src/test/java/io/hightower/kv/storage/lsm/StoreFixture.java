package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.Bytes;

/** What tests of the store begin with. */
final class StoreFixture {
    static final Bytes STORE_ID = Bytes.utf8("0123456789abcdef");

    private StoreFixture() {}

    /** Returns options under which a few hundred writes flush and merge. */
    static StoreOptions tiny() {
        return StoreOptions.ofMemory(8 << 20).withMemtableBytes(4 << 10).withTableBytes(16 << 10);
    }
}
