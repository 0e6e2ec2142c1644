package io.hightower.kv.replication.local;

import java.util.ArrayDeque;

/**
 * How many bytes of the log lie beyond an index, for any index that is asked for in rising order: what a restart would have
 * to replay. Exact to within {@link #NOTED_EVERY_BYTES}. Thread-safe.
 */
final class ReplayLength {
    private static final long NOTED_EVERY_BYTES = 64 * 1024;

    /** Guarded by itself, as are the fields below. Oldest note first; the newest one grows until it is full. */
    private final ArrayDeque<Note> notes = new ArrayDeque<>();

    private long bytes;

    /** The entries up to {@code lastIndex} and beyond the note before take so many bytes. */
    private record Note(long lastIndex, long bytes) {}

    /** Counts an entry that was appended. */
    void add(long index, long entryBytes) {
        synchronized (notes) {
            bytes += entryBytes;
            Note newest = notes.peekLast();
            if (newest != null && newest.bytes() < NOTED_EVERY_BYTES) {
                notes.removeLast();
                notes.addLast(new Note(index, newest.bytes() + entryBytes));
            } else {
                notes.addLast(new Note(index, entryBytes));
            }
        }
    }

    /** Returns about how many bytes the entries beyond {@code index} take, and forgets the others. */
    long beyond(long index) {
        synchronized (notes) {
            while (!notes.isEmpty() && notes.getFirst().lastIndex() <= index) {
                bytes -= notes.removeFirst().bytes();
            }
            return bytes;
        }
    }
}
