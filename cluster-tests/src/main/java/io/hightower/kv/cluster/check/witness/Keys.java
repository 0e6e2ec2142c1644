package io.hightower.kv.cluster.check.witness;

import io.hightower.kv.cluster.check.history.Answer.Shown;
import io.hightower.kv.cluster.check.history.Invocation;
import io.hightower.kv.cluster.check.history.Op;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** What all keys may hold while operations are replayed, and whether answers agree with it. <b>Used by one thread at a time.</b> */
final class Keys {
    private final Map<String, KeyStates> states = new HashMap<>();
    private final NavigableMap<String, KeyStates> inOrder = new TreeMap<>();

    /** Returns what a key may hold. */
    KeyStates at(String key) {
        KeyStates known = states.get(key);
        if (known == null) {
            known = new KeyStates(key);
            states.put(key, known);
            inOrder.put(key, known);
        }
        return known;
    }

    /** Returns what the keys that an operation names may hold, as far as anybody wrote them. */
    Collection<KeyStates> covered(Invocation asked) {
        return asked.end().isEmpty()
                ? List.of(at(asked.key()))
                : inOrder.subMap(asked.key(), true, asked.end(), false).values();
    }

    /** Replays an answered operation; tells whether its answer can be. */
    boolean replay(Op op) {
        Invocation asked = op.asked();
        return switch (asked.kind()) {
            case PUT -> {
                at(asked.key()).write(asked.value(), op.told().revision());
                yield true;
            }
            case GET ->
                op.told().found()
                        ? at(asked.key()).learn(op.seen().get(0))
                        : at(asked.key()).learnAbsent();
            case DELETE -> delete(op);
            case CAS -> compare(op);
            case RANGE -> showsRightly(op);
            case TXN -> compare(op) && showsRightly(op);
        };
    }

    private boolean compare(Op op) {
        KeyStates held = at(op.asked().key());
        if (!op.told().succeeded()) {
            return held.learnNotChangedBy(op.asked().expectRevision());
        }
        if (!held.learnChangedBy(op.asked().expectRevision())) {
            return false;
        }
        held.write(op.asked().value(), op.told().revision());
        return true;
    }

    private boolean delete(Op op) {
        Collection<KeyStates> covered = covered(op.asked());
        long least = covered.stream().filter(held -> !held.mayBeAbsent()).count();
        long most = covered.stream().filter(KeyStates::mayBePresent).count();
        if (op.told().deleted() < least || op.told().deleted() > most) {
            return false;
        }
        if (op.told().deleted() > 0) {
            covered.forEach(KeyStates::remove);
            return true;
        }
        return covered.stream().allMatch(KeyStates::learnAbsent);
    }

    private boolean showsRightly(Op op) {
        Set<KeyStates> seen = new HashSet<>();
        String last = "";
        for (Shown shown : op.told().kvs()) {
            if (!op.asked().covers(shown.key())
                    || (!seen.isEmpty() && shown.key().compareTo(last) <= 0)) {
                return false;
            }
            last = shown.key();
            seen.add(at(last));
            if (!at(last).learn(shown)) {
                return false;
            }
        }
        for (KeyStates held : covered(op.asked())) {
            if (!seen.contains(held) && !held.learnAbsent()) {
                return false;
            }
        }
        return true;
    }

    /** Tells whether an operation of unknown outcome can have changed anything now. */
    boolean canChange(Invocation asked) {
        return switch (asked.kind()) {
            case PUT -> true;
            case CAS, TXN -> at(asked.key()).mayBeChangedBy(asked.expectRevision());
            case DELETE -> covered(asked).stream().anyMatch(KeyStates::mayBePresent);
            case GET, RANGE -> false;
        };
    }

    /** Tells whether an operation of unknown outcome cannot change anything any more: what it expects is over. */
    boolean canNeverChange(Invocation asked) {
        return asked.compares() && asked.expectRevision() > 0 && at(asked.key()).isChangedAfter(asked.expectRevision());
    }

    /** Replays an operation of unknown outcome that certainly made a revision. */
    void change(Invocation asked, long revision) {
        if (asked.kind() == Invocation.Kind.DELETE) {
            covered(asked).forEach(KeyStates::remove);
            return;
        }
        if (asked.compares()) {
            at(asked.key()).learnChangedBy(asked.expectRevision());
        }
        at(asked.key()).write(asked.value(), revision);
    }

    /** Replays an operation that is one of those that may have made a revision. */
    void maybeChange(Invocation asked, long revision) {
        if (asked.kind() == Invocation.Kind.DELETE) {
            covered(asked).forEach(KeyStates::maybeRemove);
            return;
        }
        at(asked.key())
                .maybeWrite(
                        asked.value(),
                        revision,
                        held -> !asked.compares() || held.modRevision() == asked.expectRevision());
    }

    /** Returns what the keys of an operation may hold, for people. */
    List<String> possibilities(Invocation asked) {
        List<String> texts = new ArrayList<>();
        if (asked.end().isEmpty()) {
            texts.addAll(at(asked.key()).possibilities());
        } else {
            inOrder.subMap(asked.key(), true, asked.end(), false)
                    .forEach((key, held) -> texts.add(key + "=" + String.join(" or ", held.possibilities())));
        }
        return texts;
    }
}
