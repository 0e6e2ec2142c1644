package io.hightower.kv.statemachine;

/**
 * The place of one change in the history of the whole key space.
 *
 * <p>Every mutating command takes one {@code main} number; the changes of one command are told apart by {@code sub}, in
 * the order in which the command made them. <b>Immutable.</b>
 *
 * @param main counts mutating commands; the empty store is at 1, the first write gets 2
 * @param sub counts the changes within one command, from 0
 */
public record Revision(long main, int sub) implements Comparable<Revision> {
    /** The main revision of a store that nothing was written to. */
    public static final long EMPTY_STORE = 1;

    /** Checks that neither number is negative. */
    public Revision {
        if (main < 0 || sub < 0) {
            throw new IllegalArgumentException("A revision cannot be negative: main=" + main + " sub=" + sub);
        }
    }

    @Override
    public int compareTo(Revision other) {
        int byMain = Long.compare(main, other.main);
        return byMain != 0 ? byMain : Integer.compare(sub, other.sub);
    }

    @Override
    public String toString() {
        return main + "." + sub;
    }
}
