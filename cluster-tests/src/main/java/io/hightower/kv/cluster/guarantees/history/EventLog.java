package io.hightower.kv.cluster.guarantees.history;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.watch.WatchEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Every change of the run in the order of revisions: what the reference watcher was given, and what acknowledged writes must
 * have changed where it was given nothing. Where both speak of the same key and revision, the watcher is believed, and {@link
 * #replayed} tells what it should have been.
 *
 * <p>Revisions that neither of them knows have no changes here. <b>Immutable</b> once it is made.
 */
public final class EventLog {
    private final NavigableMap<Long, List<Change>> byRevision = new TreeMap<>();
    private final NavigableMap<Bytes, List<Change>> byKey = new TreeMap<>();
    private final Map<Long, Operation> causes = new HashMap<>();
    private final Map<Operation, Replayed> replays = new HashMap<>();

    /**
     * What the model makes of one answered operation.
     *
     * @param answer what it had to answer, without write versions
     * @param changes what it had to change, in order
     */
    public record Replayed(Result answer, List<Change> changes) {
        /** Copies the list. */
        public Replayed {
            changes = List.copyOf(changes);
        }

        /** Tells whether an answer is this one, but for write versions. */
        public boolean agreesWith(Result told) {
            return Replay.comparable(told).equals(answer);
        }
    }

    private EventLog() {}

    /** Makes the log of a run. */
    static EventLog of(List<Operation> operations, List<WatchSession> reference) {
        EventLog log = new EventLog();
        NavigableMap<Long, Map<Bytes, Change>> given = given(reference);
        for (Operation operation : operations) {
            if (operation.hasEffect()) {
                log.causes.putIfAbsent(operation.answer().orElseThrow().revision(), operation);
            }
        }
        NavigableMap<Long, Map<Bytes, Change>> all = new TreeMap<>(given);
        log.causes.keySet().forEach(revision -> all.computeIfAbsent(revision, none -> new LinkedHashMap<>()));
        all.forEach((revision, changes) -> log.extend(revision, new LinkedHashMap<>(changes)));
        return log;
    }

    private static NavigableMap<Long, Map<Bytes, Change>> given(List<WatchSession> reference) {
        NavigableMap<Long, Map<Bytes, Change>> given = new TreeMap<>();
        for (WatchSession session : reference) {
            for (WatchEvent event : session.events()) {
                given.computeIfAbsent(event.revision(), none -> new LinkedHashMap<>())
                        .putIfAbsent(event.key(), Change.of(event));
            }
        }
        return given;
    }

    private void extend(long revision, Map<Bytes, Change> changes) {
        Operation cause = causes.get(revision);
        if (cause != null) {
            Replayed replayed = replay(cause, revision - 1);
            replays.put(cause, replayed);
            for (Change change : replayed.changes()) {
                changes.putIfAbsent(change.key(), change);
            }
        }
        if (!changes.isEmpty()) {
            byRevision.put(revision, List.copyOf(changes.values()));
        }
        for (Change change : changes.values()) {
            byKey.computeIfAbsent(change.key(), key -> new ArrayList<>()).add(change);
        }
    }

    private Replayed replay(Operation operation, long before) {
        Replay replay = new Replay(this, before);
        Result answer = operation.answer().orElseThrow();
        Result expected = operation.command().isPresent()
                ? replay.run(operation.command().get(), answer)
                : replay.read(operation.reading().orElseThrow());
        return new Replayed(Replay.comparable(expected), replay.changes());
    }

    /** Returns what an answered operation had to answer and to change, at the revision that its answer names. */
    public Replayed replayed(Operation operation) {
        Replayed known = replays.get(operation);
        if (known != null) {
            return known;
        }
        long revision = operation.answer().orElseThrow().revision();
        return replay(operation, operation.hasEffect() ? revision - 1 : revision);
    }

    /** Returns the newest revision that anybody saw a change of; that of an empty store if nobody did. */
    public long last() {
        return byRevision.isEmpty() ? Revision.EMPTY_STORE : byRevision.lastKey();
    }

    /** Returns the changes of one revision, in order; none if nobody knows of any. */
    public List<Change> at(long revision) {
        return byRevision.getOrDefault(revision, List.of());
    }

    /** Returns the changes of a range of revisions, both ends included, in order. */
    public List<Change> between(long first, long last) {
        List<Change> changes = new ArrayList<>();
        if (first <= last) {
            byRevision.subMap(first, true, last, true).values().forEach(changes::addAll);
        }
        return changes;
    }

    /** Returns all keys that were ever changed, each with its changes in order. */
    public Map<Bytes, List<Change>> keys() {
        return Collections.unmodifiableMap(byKey);
    }

    /** Tells whether a key was deleted after a revision. */
    public boolean isDeletedAfter(Bytes key, long revision) {
        List<Change> changes = byKey.getOrDefault(key, List.of());
        for (int i = changes.size() - 1; i >= 0 && changes.get(i).revision() > revision; i--) {
            if (changes.get(i).current().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Returns the acknowledged operation that made a revision; nothing if it was the end of a lease, or was not acknowledged. */
    public Optional<Operation> cause(long revision) {
        return Optional.ofNullable(causes.get(revision));
    }

    /**
     * Tells whether the command behind a revision may have written the key more than once, or ended and begun its life: a batch
     * or a transaction that names the key repeatedly, be it acknowledged or of unknown outcome.
     */
    public boolean mayWriteRepeatedly(Bytes key, long revision, List<Operation> operations) {
        Operation cause = causes.get(revision);
        if (cause != null) {
            return Naming.timesNamed(cause, key) > 1;
        }
        return operations.stream()
                .anyMatch(next -> next.outcome() == Outcome.UNKNOWN && Naming.timesNamed(next, key) > 1);
    }

    /** Returns the keys as they were after a revision. */
    public Moment moment(long revision) {
        return new Moment() {
            @Override
            public Optional<KeyValue> find(Bytes key) {
                return newest(byKey.getOrDefault(key, List.of()), revision).flatMap(Change::current);
            }

            @Override
            public List<KeyValue> scan(KeyRange range) {
                NavigableMap<Bytes, List<Change>> keys = byKey.tailMap(range.from(), true);
                List<KeyValue> found = new ArrayList<>();
                for (Map.Entry<Bytes, List<Change>> next : keys.entrySet()) {
                    if (!range.contains(next.getKey())) {
                        break;
                    }
                    newest(next.getValue(), revision).flatMap(Change::current).ifPresent(found::add);
                }
                return found;
            }
        };
    }

    /** Returns the last of a key's changes that is not after a revision. */
    private static Optional<Change> newest(List<Change> changes, long revision) {
        int low = 0;
        int high = changes.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (changes.get(middle).revision() <= revision) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? Optional.empty() : Optional.of(changes.get(low - 1));
    }
}
