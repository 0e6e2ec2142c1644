package io.hightower.kv.storage.run;

import io.hightower.kv.statemachine.Bytes;

/**
 * Moves over the keys of a sorted run and over the versions of each key.
 *
 * <pre>
 * key "a":  version 9.0   version 4.0          nextKey, previousKey: to the newest version of a neighbour
 * key "b":  version 7.1                        nextVersion: to the next older version of the same key
 * </pre>
 *
 * <p>Every method that moves tells whether the cursor stands on a version afterwards. When it does not, only {@code first},
 * {@code last}, {@code seek} and {@code seekBefore} are legal; after a {@code nextVersion} that returned false the cursor
 * stays where it was, on the oldest version of the key. What the accessors return is valid until the cursor moves; the
 * arrays belong to the run and are never changed by the caller. <b>Used by one thread at a time.</b> <b>Failure.</b> Every
 * move throws {@link io.hightower.kv.statemachine.CorruptionException} if what it comes to is damaged. Moving and reading
 * allocate nothing per version.
 */
public interface VersionCursor extends AutoCloseable {
    /** Moves to the newest version of the first key; false if the run is empty. */
    boolean first();

    /** Moves to the newest version of the last key; false if the run is empty. */
    boolean last();

    /** Moves to the newest version of the first key at or behind {@code key}; false if there is none. */
    boolean seek(Bytes key);

    /** Moves to the newest version of the last key before {@code key}; false if there is none. */
    boolean seekBefore(Bytes key);

    /** Moves to the newest version of the next key; false if there is none. */
    boolean nextKey();

    /** Moves to the newest version of the key before; false if there is none. */
    boolean previousKey();

    /** Moves to the next older version of the same key; false, without moving, if there is none. */
    boolean nextVersion();

    /** Returns the array that holds the key's bytes from {@link #keyOffset} on. */
    byte[] keyArray();

    /** Returns where in {@link #keyArray} the key begins. */
    int keyOffset();

    /** Returns the key's length in bytes. */
    int keyLength();

    /** Returns what the version is. */
    VersionKind kind();

    /** Returns the main revision at which the version was written. */
    long main();

    /** Returns the sub-revision at which it was written. */
    int sub();

    /** Returns the main revision at which the key's life began; 0 unless the version is a value. */
    long createRevision();

    /** Returns the number of changes in the key's life; 0 unless the version is a value. */
    long version();

    /** Returns the write version. */
    long writeVersion();

    /** Returns the lease that ends the key's life; 0 for none, and unless the version is a value. */
    long lease();

    /** Returns the array that holds the value's bytes from {@link #valueOffset} on; any array if the value is empty. */
    byte[] valueArray();

    /** Returns where in {@link #valueArray} the value begins. */
    int valueOffset();

    /** Returns the value's length in bytes; 0 unless the version is a value. */
    int valueLength();

    /** Copies the key. */
    default Bytes key() {
        return Bytes.copyOf(keyArray(), keyOffset(), keyLength());
    }

    /** Copies the present version. */
    default StoredVersion current() {
        return new StoredVersion(
                kind(),
                Bytes.copyOf(valueArray(), valueOffset(), valueLength()),
                main(),
                sub(),
                createRevision(),
                version(),
                writeVersion(),
                lease());
    }

    /** Lets go of what the cursor pins. Idempotent. */
    @Override
    void close();
}
