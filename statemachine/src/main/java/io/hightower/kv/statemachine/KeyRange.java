package io.hightower.kv.statemachine;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A half-open range of keys: {@code from} is in it, {@code until} is not. Without {@code until} it has no upper end.
 *
 * <p>A range whose end is at or before its start is legal and holds no key. <b>Immutable.</b>
 */
public final class KeyRange {
    private static final KeyRange ALL = new KeyRange(Bytes.EMPTY, null);

    private final Bytes from;
    private final @Nullable Bytes until;

    private KeyRange(Bytes from, @Nullable Bytes until) {
        this.from = from;
        this.until = until;
    }

    /** Returns the range of every key. */
    public static KeyRange all() {
        return ALL;
    }

    /** Returns the range {@code [from, until)}. An empty {@code from} begins before every key. */
    public static KeyRange of(Bytes from, Bytes until) {
        return new KeyRange(from, Objects.requireNonNull(until, "until"));
    }

    /** Returns the range of {@code from} and every key behind it. */
    public static KeyRange startingAt(Bytes from) {
        return new KeyRange(from, null);
    }

    /** Returns the range that holds {@code key} and no other key. */
    public static KeyRange single(Bytes key) {
        return new KeyRange(key, key.successor());
    }

    /**
     * Returns the range of the keys that begin with {@code prefix}: up to the prefix with its last byte below 0xff
     * incremented and the bytes behind that cut off. A prefix of 0xff bytes only, or an empty one, has no upper end.
     */
    public static KeyRange prefix(Bytes prefix) {
        byte[] end = prefix.toByteArray();
        int last = end.length - 1;
        while (last >= 0 && end[last] == (byte) 0xff) {
            last--;
        }
        if (last < 0) {
            return startingAt(prefix);
        }
        end[last]++;
        return of(prefix, Bytes.wrap(Arrays.copyOf(end, last + 1)));
    }

    /** Returns the first key that can be in the range. */
    public Bytes from() {
        return from;
    }

    /** Returns the end, which is not in the range; nothing when the range has no upper end. */
    public Optional<Bytes> until() {
        return Optional.ofNullable(until);
    }

    /** Tells whether the range is that of {@link #single}: it holds its first key and no other. */
    public boolean isSingle() {
        return until != null
                && until.length() == from.length() + 1
                && until.at(from.length()) == 0
                && until.startsWith(from);
    }

    /** Tells whether no key can be in the range. */
    public boolean isEmpty() {
        return until != null && from.compareTo(until) >= 0;
    }

    /** Tells whether {@code key} is in the range. */
    public boolean contains(Bytes key) {
        return from.compareTo(key) <= 0 && (until == null || key.compareTo(until) < 0);
    }

    /** Returns the part of the range that begins at {@code key}, for going on where a reading stopped. */
    public KeyRange resumingAt(Bytes key) {
        return key.compareTo(from) <= 0 ? this : new KeyRange(key, until);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyRange that && from.equals(that.from) && Objects.equals(until, that.until);
    }

    @Override
    public int hashCode() {
        return Objects.hash(from, until);
    }

    @Override
    public String toString() {
        return "[" + from + ", " + (until == null ? "∞" : until) + ")";
    }
}
