package io.hightower.kv.engine;

import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/**
 * Which revision had been reached when, by the monotonic clock: nothing that is stored tells the age of a revision. A revision
 * is taken down once in a part of the age asked for, so that the answer is late by that part at most. What was taken down is
 * forgotten with the process, which delays the next answer by the whole age and makes none wrong.
 *
 * <p>Thread-safe.
 */
final class RevisionNotes {
    private final LongSupplier nanoClock;
    private final LongSupplier revision;
    private final long ageNanos;
    private final long spacingNanos;

    /** Guarded by itself. Oldest note first. */
    private final ArrayDeque<Note> notes = new ArrayDeque<>();

    /** At {@code nanos} on the monotonic clock, {@code revision} had been reached. */
    private record Note(long nanos, long revision) {}

    /**
     * Begins without notes.
     *
     * @param nanoClock nanoseconds since an arbitrary moment
     * @param revision the present one; never goes back but for {@link #forget}
     * @param ageNanos the age of what is asked for, 0 or more
     * @param spacingNanos time between two notes, 0 or more
     */
    RevisionNotes(LongSupplier nanoClock, LongSupplier revision, long ageNanos, long spacingNanos) {
        this.nanoClock = nanoClock;
        this.revision = revision;
        this.ageNanos = ageNanos;
        this.spacingNanos = spacingNanos;
    }

    /** Forgets which revision was reached when: another state may have taken the place of the one that the notes are about. */
    void forget() {
        synchronized (notes) {
            notes.clear();
        }
    }

    /** Takes down the present revision if it is time, and returns the newest one that was taken down an age ago or earlier; 0 if there is none. */
    long pastAge() {
        synchronized (notes) {
            long now = nanoClock.getAsLong();
            if (notes.isEmpty() || now - notes.getLast().nanos() >= spacingNanos) {
                notes.addLast(new Note(now, revision.getAsLong()));
            }
            long past = 0;
            while (!notes.isEmpty() && now - notes.getFirst().nanos() >= ageNanos) {
                past = notes.removeFirst().revision();
            }
            if (past > 0) {
                // Stays the answer until a newer note has come of age.
                notes.addFirst(new Note(now - ageNanos, past));
            }
            return past;
        }
    }
}
