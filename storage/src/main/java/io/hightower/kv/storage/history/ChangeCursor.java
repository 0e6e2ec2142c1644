package io.hightower.kv.storage.history;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.run.VersionKind;

/**
 * Moves over changes in the order in which they were made.
 *
 * <pre>
 * 4.0 VALUE "a"    4.1 TOMBSTONE "b"    7.0 VALUE "a"        next: to the following change
 * </pre>
 *
 * <p>Revisions ascend strictly. The cursor begins before the first change. What the accessors return is valid after a {@link
 * #next} that returned true, until the cursor moves; the array belongs to the source and is never changed by the caller.
 * <b>Used by one thread at a time.</b> <b>Failure.</b> {@code next} throws {@link
 * io.hightower.kv.statemachine.CorruptionException} if what it comes to is damaged. Moving and reading allocate nothing per
 * change.
 */
public interface ChangeCursor extends AutoCloseable {
    /** Moves to the next change; false if there is none. */
    boolean next();

    /** Returns the main revision of the change. */
    long main();

    /** Returns the sub-revision, at least 0. */
    int sub();

    /** Returns what the change left behind: {@link VersionKind#VALUE} or {@link VersionKind#TOMBSTONE}. */
    VersionKind kind();

    /** Returns the array that holds the key's bytes from {@link #keyOffset} on. */
    byte[] keyArray();

    /** Returns where in {@link #keyArray} the key begins. */
    int keyOffset();

    /** Returns the key's length in bytes. */
    int keyLength();

    /** Copies the key. */
    default Bytes key() {
        return Bytes.copyOf(keyArray(), keyOffset(), keyLength());
    }

    /** Lets go of what the cursor pins. Idempotent. */
    @Override
    void close();
}
