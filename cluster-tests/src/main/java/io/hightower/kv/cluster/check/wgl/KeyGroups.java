package io.hightower.kv.cluster.check.wgl;

import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Op;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Splits a history into parts that can be judged one by one: two operations are in the same part if they share keys, or if
 * others connect them. A history is linearizable exactly if each part is, because no part sees what another one does.
 */
final class KeyGroups {
    private final Map<String, String> parents = new HashMap<>();

    private KeyGroups() {}

    /** Returns the parts, in the order of their first keys; operations keep their order. */
    static Collection<List<Op>> of(List<Op> history) {
        NavigableSet<String> keys = new TreeSet<>();
        for (Op op : history) {
            keys.add(op.asked().key());
            op.seen().stream().map(Answer.Shown::key).forEach(keys::add);
        }
        KeyGroups groups = new KeyGroups();
        for (Op op : history) {
            groups.connect(op, keys);
        }
        Map<String, List<Op>> parts = new TreeMap<>();
        for (Op op : history) {
            parts.computeIfAbsent(groups.root(op.asked().key()), root -> new ArrayList<>())
                    .add(op);
        }
        return parts.values();
    }

    private void connect(Op op, NavigableSet<String> keys) {
        if (!op.asked().end().isEmpty()) {
            keys.tailSet(op.asked().key(), true).stream()
                    .takeWhile(op.asked()::covers)
                    .forEach(key -> join(op.asked().key(), key));
        }
    }

    private void join(String one, String other) {
        String root = root(one);
        String otherRoot = root(other);
        if (!root.equals(otherRoot)) {
            parents.put(otherRoot, root);
        }
    }

    private String root(String key) {
        String at = key;
        String parent = parents.getOrDefault(at, at);
        while (!parent.equals(at)) {
            String above = parents.getOrDefault(parent, parent);
            parents.put(at, above);
            at = parent;
            parent = above;
        }
        return at;
    }
}
