package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.CorruptionException;

/** How the blocks of a table are stored. The codes are persisted. */
public enum Compression {
    /** As they are. */
    NONE(0),
    /** As LZ4 blocks, except those which that makes hardly smaller. */
    LZ4(1);

    private final int code;

    Compression(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static Compression of(int code, String file, long offset) {
        for (Compression compression : values()) {
            if (compression.code == code) {
                return compression;
            }
        }
        throw new CorruptionException(file, offset, "a kind of compression, 0 or 1", "compression " + code);
    }
}
