package io.hightower.kv.benchmarks.cluster;

/**
 * What one member's loop is to do. <b>Immutable.</b>
 *
 * @param kind which operation
 * @param outstanding how many are under way at a time; 0 does nothing
 * @param nanos how long
 */
record Load(Kind kind, int outstanding, long nanos) {
    /** An operation. */
    enum Kind {
        /** Writes a value under a random key. */
        PUT,
        /** Reads a random key, linearizably. */
        GET
    }

    /** Returns it as a line, for {@link #parse}. */
    String line() {
        return kind + " " + outstanding + " " + nanos;
    }

    static Load parse(String line) {
        String[] parts = line.split(" ", -1);
        return new Load(Kind.valueOf(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
    }
}
