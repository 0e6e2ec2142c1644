package io.hightower.kv.cluster.check.history;

import java.util.List;

/**
 * What the store told a client. What does not belong to the kind of operation is 0, empty or false. <b>Immutable.</b>
 *
 * @param revision the store's revision at the moment of the operation, its own if it changed something; 0 if it was not told
 * @param modRevision of {@code get}: the revision that changed the key last; 0 if it was not told
 * @param version of {@code get}: how often the key was written since it came to be; 0 if it was not told
 * @param found of {@code get}: whether the key holds a value
 * @param out of {@code get}: that value
 * @param succeeded of {@code cas} and {@code txn}: whether the comparison held, so that the value was written
 * @param deleted of a deletion: how many keys lost their value; {@link #UNTOLD} if it was not told
 * @param kvs of {@code range} and {@code txn}: what the keys hold, in key order
 */
public record Answer(
        long revision,
        long modRevision,
        long version,
        boolean found,
        String out,
        boolean succeeded,
        long deleted,
        List<Shown> kvs) {
    /** In {@link #deleted}: the store does not tell. */
    public static final long UNTOLD = -1;

    /** The answer of an operation that was not answered. */
    public static final Answer NONE = new Answer(0, 0, 0, false, "", false, 0, List.of());

    /**
     * A key and what it holds.
     *
     * @param key the key
     * @param value the value
     * @param modRevision the revision that changed it last; 0 if it was not told
     * @param version how often it was written since it came to be; 0 if it was not told
     */
    public record Shown(String key, String value, long modRevision, long version) {}

    /** Copies the list. */
    public Answer {
        kvs = List.copyOf(kvs);
    }

    /** Returns the answer to {@code put}. */
    public static Answer put(long revision) {
        return new Answer(revision, 0, 0, false, "", false, 0, List.of());
    }

    /** Returns the answer to a {@code get} that found nothing. */
    public static Answer nothing(long revision) {
        return put(revision);
    }

    /** Returns the answer to a {@code get} that found something. */
    public static Answer found(long revision, Shown shown) {
        return new Answer(revision, shown.modRevision(), shown.version(), true, shown.value(), false, 0, List.of());
    }

    /** Returns the answer to a deletion. */
    public static Answer deleted(long revision, long deleted) {
        return new Answer(revision, 0, 0, false, "", false, deleted, List.of());
    }

    /** Returns the answer to {@code cas}. */
    public static Answer cas(long revision, boolean succeeded) {
        return new Answer(revision, 0, 0, false, "", succeeded, 0, List.of());
    }

    /** Returns the answer to {@code range}. */
    public static Answer range(long revision, List<Shown> kvs) {
        return new Answer(revision, 0, 0, false, "", false, 0, kvs);
    }

    /** Returns the answer to {@code txn}. */
    public static Answer txn(long revision, boolean succeeded, List<Shown> kvs) {
        return new Answer(revision, 0, 0, false, "", succeeded, 0, kvs);
    }

    /** Returns the same answer without anything that tells of revisions. */
    public Answer withoutRevisions() {
        List<Shown> plain = kvs.stream()
                .map(shown -> new Shown(shown.key(), shown.value(), 0, 0))
                .toList();
        return new Answer(0, 0, 0, found, out, succeeded, deleted, plain);
    }
}
