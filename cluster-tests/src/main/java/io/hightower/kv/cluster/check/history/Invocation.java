package io.hightower.kv.cluster.check.history;

/**
 * What a client asks the store for. <b>Immutable.</b>
 *
 * <pre>
 * put    writes value under key
 * get    reads key
 * delete removes key, or [key, end)
 * cas    writes value under key if the key was changed last by expectRevision; 0 means that it holds nothing
 * range  reads key, or [key, end)
 * txn    does what cas does and then, whether it succeeded or not, reads what range reads; both at one moment
 * </pre>
 *
 * @param kind what is done
 * @param key the key, or the first one of a range
 * @param value what is written; empty if nothing is
 * @param expectRevision the revision that {@code cas} and {@code txn} compare with, 0 or more
 * @param end the end of the range, excluded; empty if it is about the key alone
 */
public record Invocation(Kind kind, String key, String value, long expectRevision, String end) {
    /** What can be asked for. */
    public enum Kind {
        /** Writes. */
        PUT,
        /** Reads one key. */
        GET,
        /** Removes. */
        DELETE,
        /** Compares and writes. */
        CAS,
        /** Reads a range. */
        RANGE,
        /** Compares, writes and reads. */
        TXN
    }

    /** Asks to write a value. */
    public static Invocation put(String key, String value) {
        return new Invocation(Kind.PUT, key, value, 0, "");
    }

    /** Asks what a key holds. */
    public static Invocation get(String key) {
        return new Invocation(Kind.GET, key, "", 0, "");
    }

    /** Asks to remove a key. */
    public static Invocation delete(String key) {
        return new Invocation(Kind.DELETE, key, "", 0, "");
    }

    /** Asks to remove the keys of {@code [key, end)}. */
    public static Invocation deleteRange(String key, String end) {
        return new Invocation(Kind.DELETE, key, "", 0, end);
    }

    /** Asks to write a value if the key was changed last by a revision; 0 if it must hold nothing. */
    public static Invocation cas(String key, long expectRevision, String value) {
        return new Invocation(Kind.CAS, key, value, expectRevision, "");
    }

    /** Asks what the keys of {@code [key, end)} hold. */
    public static Invocation range(String key, String end) {
        return new Invocation(Kind.RANGE, key, "", 0, end);
    }

    /** Asks to write as {@link #cas} does, and to read {@code [key, end)} at the same moment. */
    public static Invocation txn(String key, long expectRevision, String value, String end) {
        return new Invocation(Kind.TXN, key, value, expectRevision, end);
    }

    /** Returns whether it can change anything. */
    public boolean writes() {
        return kind != Kind.GET && kind != Kind.RANGE;
    }

    /** Returns whether it writes a value, perhaps depending on a comparison. */
    public boolean writesValue() {
        return kind == Kind.PUT || compares();
    }

    /** Returns whether what it writes depends on a comparison. */
    public boolean compares() {
        return kind == Kind.CAS || kind == Kind.TXN;
    }

    /** Returns whether it is told what the keys of its range hold. */
    public boolean showsRange() {
        return kind == Kind.RANGE || kind == Kind.TXN;
    }

    /** Returns whether a key is one of those that it names. */
    public boolean covers(String other) {
        return end.isEmpty() ? other.equals(key) : other.compareTo(key) >= 0 && other.compareTo(end) < 0;
    }

    /** Writes it for people. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(kind.name().toLowerCase(java.util.Locale.ROOT))
                .append('(')
                .append(key);
        if (!end.isEmpty()) {
            text.append("..").append(end);
        }
        if (writesValue()) {
            text.append('=').append(value);
        }
        if (compares()) {
            text.append(" if mod=").append(expectRevision);
        }
        return text.append(')').toString();
    }
}
