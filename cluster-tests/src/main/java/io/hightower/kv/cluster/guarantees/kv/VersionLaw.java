package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.Change;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.KeyValue;
import java.util.List;
import java.util.Optional;

/**
 * A key's version counts the changes of its present life from 1, and its create revision is that of the first of them.
 *
 * <p>A batch that writes a key repeatedly shows only what it left; there the version may have moved by more, and the life may
 * be a new one.
 */
public final class VersionLaw implements Guarantee {
    private static final String CREATIONS = "creations";
    private static final String CHANGES = "changes of keys that were there";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, CREATIONS, CHANGES);
        history.log().keys().values().forEach(changes -> checkKey(history, changes, findings));
        return findings.judgement();
    }

    private static void checkKey(History history, List<Change> changes, Findings findings) {
        Optional<KeyValue> before = Optional.empty();
        for (Change change : changes) {
            if (change.current().isPresent()) {
                KeyValue now = change.current().get();
                boolean repeated =
                        history.log().mayWriteRepeatedly(change.key(), change.revision(), history.operations());
                findings.judged(before.isEmpty() ? CREATIONS : CHANGES);
                boolean begins = now.createRevision() == change.revision() && isVersion(now, 1, repeated);
                boolean goesOn = before.isPresent()
                        && now.createRevision() == before.get().createRevision()
                        && isVersion(now, before.get().version() + 1, repeated);
                boolean right = before.isEmpty() ? begins : goesOn || (repeated && begins);
                if (!right || now.modRevision() != change.revision()) {
                    findings.violated("Versions of a key do not count its changes: before="
                            + before.map(KeyValue::toString).orElse("nothing") + " change=" + change);
                }
            }
            before = change.current();
        }
    }

    private static boolean isVersion(KeyValue now, long expected, boolean repeated) {
        return repeated ? now.version() >= expected : now.version() == expected;
    }
}
