package io.hightower.kv.cluster.check.witness;

import io.hightower.kv.cluster.check.history.Answer.Shown;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a key may hold: one thing, unless writes of unknown outcome leave several possibilities. <b>Used by one thread at a
 * time.</b>
 */
final class KeyStates {
    private final String key;
    private final Shown absent;
    private List<Shown> possible;

    KeyStates(String key) {
        this.key = key;
        this.absent = new Shown(key, "", 0, 0);
        this.possible = List.of(absent);
    }

    /** Returns the possibilities for people. */
    List<String> possibilities() {
        return possible.stream()
                .map(held -> isAbsent(held)
                        ? "nothing"
                        : held.value() + " mod=" + held.modRevision() + " version=" + held.version())
                .toList();
    }

    private static boolean isAbsent(Shown held) {
        return held.modRevision() == 0;
    }

    boolean mayBePresent() {
        return mayBe(held -> !isAbsent(held));
    }

    boolean mayBeAbsent() {
        return mayBe(KeyStates::isAbsent);
    }

    boolean mayBeChangedBy(long revision) {
        return mayBe(held -> held.modRevision() == revision);
    }

    /** Tells whether the key holds something, and it was certainly written after a revision. */
    boolean isChangedAfter(long revision) {
        return !mayBe(held -> held.modRevision() <= revision);
    }

    private boolean mayBe(Predicate<Shown> condition) {
        for (Shown held : possible) {
            if (condition.test(held)) {
                return true;
            }
        }
        return false;
    }

    /** Learns that the key was changed last by a revision, 0 if it holds nothing; tells whether that can be. */
    boolean learnChangedBy(long revision) {
        return learn(held -> held.modRevision() == revision);
    }

    /** Learns that the key was changed last by something else than a revision; tells whether that can be. */
    boolean learnNotChangedBy(long revision) {
        return learn(held -> held.modRevision() != revision);
    }

    /** Learns that the key holds nothing; tells whether that can be. */
    boolean learnAbsent() {
        return learn(KeyStates::isAbsent);
    }

    /** Learns what the key holds; tells whether that can be. What was not told is not compared. */
    boolean learn(Shown shown) {
        return learn(held -> !isAbsent(held)
                && held.value().equals(shown.value())
                && (shown.modRevision() == 0 || held.modRevision() == shown.modRevision())
                && (shown.version() == 0 || held.version() == shown.version()));
    }

    private boolean learn(Predicate<Shown> condition) {
        if (possible.size() == 1) {
            return condition.test(possible.get(0));
        }
        List<Shown> left = possible.stream().filter(condition).toList();
        if (left.isEmpty()) {
            return false;
        }
        possible = left;
        return true;
    }

    /** A value is written. */
    void write(String value, long revision) {
        possible = possible.size() == 1
                ? List.of(written(possible.get(0), value, revision))
                : possible.stream()
                        .map(held -> written(held, value, revision))
                        .distinct()
                        .toList();
    }

    private Shown written(Shown held, String value, long revision) {
        return new Shown(key, value, revision, held.version() + 1);
    }

    /** The key is removed. */
    void remove() {
        possible = List.of(absent);
    }

    /** A value may be written, if the key was changed last by what is expected. */
    void maybeWrite(String value, long revision, Predicate<Shown> expected) {
        possible = Stream.concat(
                        possible.stream(),
                        possible.stream().filter(expected).map(held -> written(held, value, revision)))
                .distinct()
                .toList();
    }

    /** The key may be removed. */
    void maybeRemove() {
        possible =
                Stream.concat(possible.stream(), Stream.of(absent)).distinct().toList();
    }
}
