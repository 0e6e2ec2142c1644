package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.Change;
import io.hightower.kv.cluster.guarantees.history.EventLog;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Result;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A command takes effect as a whole: all keys that it writes carry its one revision and no others do, and no reader sees some of
 * them without the others.
 */
public final class TxnIsAtomic implements Guarantee {
    private static final String COMMANDS = "commands that wrote several keys";
    private static final String READINGS = "readings that showed such a key";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, COMMANDS, READINGS);
        for (Operation next : history.answered()) {
            if (next.hasEffect()) {
                checkRevision(history.log(), next, findings);
            }
            Result answer = next.answer().orElseThrow();
            if (next.reading().isPresent()
                    && isWhole(next.reading().get())
                    && answer instanceof Result.RangeResult shown) {
                checkReading(history.log(), next, shown.keyValues(), findings);
            }
        }
        return findings.judgement();
    }

    private static void checkRevision(EventLog log, Operation write, Findings findings) {
        long revision = write.answer().orElseThrow().revision();
        Set<Bytes> expected = keys(log.replayed(write).changes());
        Set<Bytes> found = keys(log.at(revision));
        if (expected.size() > 1) {
            findings.judged(COMMANDS);
        }
        if (!found.equals(expected)) {
            findings.violated(
                    "A revision changed other keys than the command that made it: revision=" + revision + " expected="
                            + expected + " found=" + found,
                    write);
        }
    }

    private static Set<Bytes> keys(List<Change> changes) {
        Set<Bytes> keys = new HashSet<>();
        changes.forEach(change -> keys.add(change.key()));
        return keys;
    }

    private static boolean isWhole(RangeRequest asked) {
        return asked.limit() == RangeRequest.NO_LIMIT
                && asked.filter().isEmpty()
                && asked.content() != RangeRequest.Content.COUNT
                && !asked.range().isSingle();
    }

    /** For every key that is shown as some revision left it, its siblings must be shown as that revision left them, or later. */
    private static void checkReading(EventLog log, Operation reading, List<KeyValue> shown, Findings findings) {
        Map<Bytes, KeyValue> held = new HashMap<>();
        shown.forEach(next -> held.put(next.key(), next));
        for (KeyValue next : shown) {
            List<Change> siblings = log.at(next.modRevision());
            if (siblings.size() > 1) {
                findings.judged(READINGS);
            }
            for (Change sibling : siblings) {
                if (reading.reading().orElseThrow().range().contains(sibling.key()) && isBehind(log, held, sibling)) {
                    findings.violated(
                            "A reading saw one key that a command wrote, and another one without what it wrote: seen="
                                    + next + " unseen=" + sibling,
                            reading);
                }
            }
        }
    }

    private static boolean isBehind(EventLog log, Map<Bytes, KeyValue> held, Change sibling) {
        KeyValue shown = held.get(sibling.key());
        if (shown != null) {
            // A key that was deleted at the revision must have come back later.
            return sibling.current().isPresent()
                    ? shown.modRevision() < sibling.revision()
                    : shown.modRevision() <= sibling.revision();
        }
        return sibling.current().isPresent() && !log.isDeletedAfter(sibling.key(), sibling.revision());
    }
}
