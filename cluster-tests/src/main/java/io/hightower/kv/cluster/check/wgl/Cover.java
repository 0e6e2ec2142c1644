package io.hightower.kv.cluster.check.wgl;

/** The keys that an operation reads or deletes together, and what it was shown of them. <b>Immutable.</b> */
final class Cover {
    /** In what is shown: the key holds nothing. */
    static final int NOTHING = -2;

    /** In what is shown: what no key ever holds, because the answer shows a key that was not asked for. */
    static final int IMPOSSIBLE = -3;

    /** No keys. */
    static final Cover NONE = new Cover(new int[0], new int[0]);

    private final int[] keys;
    private final int[] shown;

    private Cover(int[] keys, int[] shown) {
        this.keys = keys;
        this.shown = shown;
    }

    /** Returns keys that are deleted. */
    static Cover deleted(int[] keys) {
        return new Cover(keys, new int[0]);
    }

    /** Returns keys that are read, and the numbers of the values that they were shown to hold. */
    static Cover shown(int[] keys, int[] shown) {
        return new Cover(keys, shown);
    }

    /** Tells whether the keys are deleted. */
    boolean deletes() {
        return keys.length > 0 && shown.length == 0;
    }

    int size() {
        return keys.length;
    }

    int key(int index) {
        return keys[index];
    }

    /** Returns how many of the keys hold something. */
    int present(int[] store) {
        int present = 0;
        for (int key : keys) {
            present += store[key] == States.ABSENT ? 0 : 1;
        }
        return present;
    }

    /** Tells whether the keys hold what is shown, {@code written} being in the state {@code state} if that is not negative. */
    boolean isShownRightly(int[] store, States states, int written, int state) {
        for (int i = 0; i < shown.length; i++) {
            int held = keys[i] == written && state >= 0 ? state : store[keys[i]];
            if (!holds(held, shown[i], states)) {
                return false;
            }
        }
        return true;
    }

    static boolean holds(int state, int value, States states) {
        return value == NOTHING ? state == States.ABSENT : states.holds(state, value);
    }
}
