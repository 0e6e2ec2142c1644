package io.hightower.kv.engine.watch;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the watchers of a key. Those of one range are one group, found once for all. Ranges of a single key are looked up by
 * hash. The others lie in an array sorted by their begins, which is searched like a balanced tree whose nodes know the
 * greatest end beneath them (an interval tree: Cormen et al., Introduction to Algorithms, section 14.3); it is made anew when
 * many ranges have come or gone since, so a change costs little on average. <b>Used by one thread at a time.</b>
 */
final class WatcherIndex {
    /** So many ranges may wait beside the array, and one for each eight in it. */
    private static final int FRESH_MAX = 32;

    private final Map<KeyRange, Group> groups = new HashMap<>();
    private final Map<Bytes, Group> singles = new HashMap<>();
    private final List<Group> fresh = new ArrayList<>();
    private Group[] sorted = new Group[0];
    /** The greatest end of the subtree of each node; nothing where a range has no end. */
    private List<Optional<Bytes>> ends = List.of();

    private int leftInArray;
    private int size;

    /** The watchers of one range. */
    private static final class Group {
        final KeyRange range;
        final Set<Watcher> watchers = new LinkedHashSet<>();
        /** What its watchers were told of last, so that they are told once. */
        @Nullable
        RevisionChanges told;

        Group(KeyRange range) {
            this.range = range;
        }
    }

    /** Returns how many watchers there are. */
    int size() {
        return size;
    }

    void add(Watcher watcher) {
        KeyRange range = watcher.request().range();
        if (groups.computeIfAbsent(range, this::newGroup).watchers.add(watcher)) {
            size++;
        }
    }

    private Group newGroup(KeyRange range) {
        Group group = new Group(range);
        if (range.isSingle()) {
            singles.put(range.from(), group);
        } else {
            fresh.add(group);
        }
        return group;
    }

    /** Removes a watcher; nothing happens if it is not there. */
    void remove(Watcher watcher) {
        KeyRange range = watcher.request().range();
        Group group = groups.get(range);
        if (group == null || !group.watchers.remove(watcher)) {
            return;
        }
        size--;
        if (group.watchers.isEmpty()) {
            groups.remove(range);
            if (range.isSingle()) {
                singles.remove(range.from());
            } else if (!fresh.remove(group)) {
                leftInArray++;
            }
        }
    }

    /** Removes all watchers. */
    void clear() {
        groups.clear();
        singles.clear();
        sort();
        size = 0;
    }

    /** Gives every watcher, in no particular order. */
    void forEach(Consumer<Watcher> taker) {
        groups.values().forEach(group -> group.watchers.forEach(taker));
    }

    /** Gives each watcher that watches at least one of the changed keys, once. */
    void forEachOf(RevisionChanges changes, KeyedEvents events, Consumer<Watcher> taker) {
        if (fresh.size() + leftInArray > FRESH_MAX + sorted.length / 8) {
            sort();
        }
        events.all().forEach(event -> {
            Bytes key = event.key();
            Group single = singles.get(key);
            if (single != null) {
                tell(single, changes, taker);
            }
            for (Group group : fresh) {
                if (group.range.contains(key)) {
                    tell(group, changes, taker);
                }
            }
            search(0, sorted.length, key, group -> tell(group, changes, taker));
        });
    }

    @SuppressWarnings("ReferenceEquality")
    private static void tell(Group group, RevisionChanges changes, Consumer<Watcher> taker) {
        if (group.told != changes) {
            group.told = changes;
            group.watchers.forEach(taker);
        }
    }

    private void sort() {
        sorted = groups.values().stream()
                .filter(group -> !group.range.isSingle())
                .sorted(Comparator.comparing(group -> group.range.from()))
                .toArray(Group[]::new);
        fresh.clear();
        leftInArray = 0;
        List<Optional<Bytes>> found = new ArrayList<>(sorted.length);
        for (int i = 0; i < sorted.length; i++) {
            found.add(Optional.empty());
        }
        ends = found;
        if (sorted.length > 0) {
            setEnds(0, sorted.length);
        }
    }

    /** Sets the ends of a subtree that is not empty and returns its greatest. */
    private Optional<Bytes> setEnds(int low, int high) {
        int middle = (low + high) >>> 1;
        Optional<Bytes> greatest = sorted[middle].range.until();
        if (low < middle) {
            greatest = later(greatest, setEnds(low, middle));
        }
        if (middle + 1 < high) {
            greatest = later(greatest, setEnds(middle + 1, high));
        }
        ends.set(middle, greatest);
        return greatest;
    }

    private static Optional<Bytes> later(Optional<Bytes> one, Optional<Bytes> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return Optional.empty();
        }
        return one.get().compareTo(other.get()) >= 0 ? one : other;
    }

    private void search(int low, int high, Bytes key, Consumer<Group> taker) {
        if (low >= high) {
            return;
        }
        int middle = (low + high) >>> 1;
        Optional<Bytes> end = ends.get(middle);
        if (end.isPresent() && end.get().compareTo(key) <= 0) {
            return;
        }
        search(low, middle, key, taker);
        if (sorted[middle].range.from().compareTo(key) <= 0) {
            if (sorted[middle].range.contains(key)) {
                taker.accept(sorted[middle]);
            }
            search(middle + 1, high, key, taker);
        }
    }
}
