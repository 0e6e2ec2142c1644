package io.hightower.kv.cluster.check.wgl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What keys can hold, as numbers: a value, and the revision that the store gave to the write, if it told. <b>Used by one thread
 * at a time.</b>
 */
final class States {
    /** The key holds nothing. */
    static final int ABSENT = 0;

    /** The revision of a write that the store told nothing about. */
    static final long UNTOLD = 0;

    /** Stands for all values that nobody ever saw. */
    static final int UNSEEN = -1;

    private final Map<String, Integer> values = new HashMap<>();
    private final Map<Held, Integer> numbers = new HashMap<>();
    private final List<Held> byNumber = new ArrayList<>();

    /** The revisions that are known, by key: no other write to that key has them. */
    private final Map<Integer, Set<Long>> known = new HashMap<>();

    /**
     * What a key holds.
     *
     * @param value the number of the value
     * @param revision the revision of the write
     */
    private record Held(int value, long revision) {}

    States() {
        byNumber.add(new Held(UNSEEN, UNTOLD));
    }

    /** Returns the number of a value. */
    int value(String text) {
        return values.computeIfAbsent(text, none -> values.size());
    }

    /** Returns the number of a state, and remembers that the revision belongs to a write to that key. */
    int written(int key, int value, long revision) {
        if (revision != UNTOLD) {
            known.computeIfAbsent(key, none -> new HashSet<>()).add(revision);
        }
        return numbers.computeIfAbsent(new Held(value, revision), held -> {
            byNumber.add(held);
            return byNumber.size() - 1;
        });
    }

    boolean holds(int state, int value) {
        return state != ABSENT && byNumber.get(state).value() == value;
    }

    /** Tells whether a key in this state may have been changed last by a revision; 0 stands for a key that holds nothing. */
    boolean maybeChangedBy(int key, int state, long revision) {
        if (state == ABSENT || revision == 0) {
            return state == ABSENT && revision == 0;
        }
        long told = byNumber.get(state).revision();
        return told == UNTOLD ? !isKnown(key, revision) : told == revision;
    }

    /** Tells whether a key in this state may have been changed last by something else than a revision. */
    boolean maybeNotChangedBy(int state, long revision) {
        if (state == ABSENT || revision == 0) {
            return state != ABSENT || revision != 0;
        }
        long told = byNumber.get(state).revision();
        return told == UNTOLD || told != revision;
    }

    /** Tells whether a write to the key is known to have this revision. */
    boolean isKnown(int key, long revision) {
        return known.getOrDefault(key, Set.of()).contains(revision);
    }
}
