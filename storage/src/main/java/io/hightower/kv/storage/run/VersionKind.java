package io.hightower.kv.storage.run;

import io.hightower.kv.statemachine.CorruptionException;

/** What a version of a key is. The codes are persisted. */
public enum VersionKind {
    /** The key holds a value. */
    VALUE(0),
    /** The key was deleted; its write version still counts. */
    TOMBSTONE(1),
    /**
     * The tombstone of the same revision was released: for readers the key is deleted, for writers it was never there. It
     * stands in a newer place than the tombstone that it replaces.
     */
    ERASED(2);

    private static final VersionKind[] BY_CODE = values();

    private final int code;

    VersionKind(int code) {
        this.code = code;
    }

    /** Returns the persisted code, 0 to 2. */
    public int code() {
        return code;
    }

    /**
     * Returns the kind with a persisted code.
     *
     * @throws CorruptionException naming the place if there is none
     */
    public static VersionKind of(int code, String file, long offset) {
        if (code < 0 || code >= BY_CODE.length) {
            throw new CorruptionException(file, offset, "a kind of version, 0 to 2", "kind " + code);
        }
        return BY_CODE[code];
    }
}
