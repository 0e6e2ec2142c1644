package io.hightower.kv.statemachine;

/**
 * The program is wrong: something that always holds does not. Going on could answer wrongly or write damage, so nobody
 * catches this but the outermost loop of a thread, which stops the store.
 */
public final class InvariantViolation extends Error {
    private static final long serialVersionUID = 1L;

    /** States the broken invariant. */
    public InvariantViolation(String invariant) {
        super("Invariant broken: " + invariant);
    }

    /** Throws unless {@code holds}. Meant for checks that are cheap enough to stay on in production. */
    public static void check(boolean holds, String invariant) {
        if (!holds) {
            throw new InvariantViolation(invariant);
        }
    }
}
