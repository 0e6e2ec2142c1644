package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;

/** The first eight bytes of a key behind those that all its neighbours share, as a number to search by. */
final class KeyPrefix {
    private KeyPrefix() {}

    /** Returns the eight bytes from {@code shared} on, zeros in the place of missing ones. */
    static long of(byte[] key, int shared, int keyLength) {
        return keyLength <= shared ? 0 : Bytes.prefix64(key, shared, keyLength - shared);
    }

    /** Maps unsigned numbers to signed ones of the same order, which compare in one instruction. */
    static long ordered(long prefix) {
        return prefix ^ Long.MIN_VALUE;
    }
}
