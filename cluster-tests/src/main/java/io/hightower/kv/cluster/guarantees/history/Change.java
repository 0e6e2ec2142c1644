package io.hightower.kv.cluster.guarantees.history;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.watch.WatchEvent;
import java.util.Optional;

/**
 * What one revision made of one key. <b>Immutable.</b>
 *
 * @param key the key
 * @param revision the main revision
 * @param current what the key holds since, without its write version; nothing if it was deleted
 */
public record Change(Bytes key, long revision, Optional<KeyValue> current) {
    /** Returns what an event says. */
    public static Change of(WatchEvent event) {
        return new Change(event.key(), event.revision(), event.current().map(Change::comparable));
    }

    /**
     * Returns a key and value without its write version: it depends on how long tombstones are kept, which no client sees. It
     * is the one thing of a key that is not compared.
     */
    public static KeyValue comparable(KeyValue shown) {
        return new KeyValue(
                shown.key(),
                shown.value(),
                shown.createRevision(),
                shown.modRevision(),
                shown.version(),
                0,
                shown.lease());
    }

    /** Returns whether the key holds a value since, or none. */
    public WatchEvent.Kind kind() {
        return current.isPresent() ? WatchEvent.Kind.PUT : WatchEvent.Kind.DELETE;
    }

    /** Writes it for people. */
    @Override
    public String toString() {
        return kind() + " " + key + " at " + revision
                + current.map(held -> " value=" + held.value() + " create=" + held.createRevision() + " version="
                                + held.version() + " lease=" + held.lease())
                        .orElse("");
    }
}
