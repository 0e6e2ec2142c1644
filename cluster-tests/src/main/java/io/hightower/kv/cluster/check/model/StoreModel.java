package io.hightower.kv.cluster.check.model;

import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Answer.Shown;
import io.hightower.kv.cluster.check.history.Invocation;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A store that does one operation after the other, as they are specified: each one that changes something takes the next
 * revision, beginning with 2. <b>Used by one thread at a time.</b>
 */
public final class StoreModel {
    /** The revision of a store that nothing was written to. */
    public static final long EMPTY_REVISION = 1;

    private final NavigableMap<String, Shown> keys = new TreeMap<>();
    private long revision = EMPTY_REVISION;

    /** Does an operation and returns its answer. */
    public Answer perform(Invocation asked) {
        return switch (asked.kind()) {
            case PUT -> Answer.put(write(asked));
            case GET -> get(asked.key());
            case DELETE -> delete(asked);
            case CAS -> {
                boolean succeeded = writeIfExpected(asked);
                yield Answer.cas(revision, succeeded);
            }
            case RANGE -> Answer.range(revision, covered(asked));
            case TXN -> {
                boolean succeeded = writeIfExpected(asked);
                yield Answer.txn(revision, succeeded, covered(asked));
            }
        };
    }

    /** Returns the revision of the last change. */
    public long revision() {
        return revision;
    }

    private Answer get(String key) {
        Shown held = keys.get(key);
        return held == null ? Answer.nothing(revision) : Answer.found(revision, held);
    }

    private boolean writeIfExpected(Invocation asked) {
        Shown held = keys.get(asked.key());
        boolean expected = (held == null ? 0 : held.modRevision()) == asked.expectRevision();
        if (expected) {
            write(asked);
        }
        return expected;
    }

    private long write(Invocation asked) {
        revision++;
        Shown held = keys.get(asked.key());
        long version = held == null ? 1 : held.version() + 1;
        keys.put(asked.key(), new Shown(asked.key(), asked.value(), revision, version));
        return revision;
    }

    private Answer delete(Invocation asked) {
        List<Shown> covered = covered(asked);
        if (!covered.isEmpty()) {
            revision++;
        }
        covered.forEach(shown -> keys.remove(shown.key()));
        return Answer.deleted(revision, covered.size());
    }

    private List<Shown> covered(Invocation asked) {
        return keys.tailMap(asked.key(), true).entrySet().stream()
                .takeWhile(entry -> asked.covers(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }
}
