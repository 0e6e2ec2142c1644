package io.hightower.kv.engine.differential;

import io.hightower.kv.statemachine.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** An open watch of one side. <b>Used by one thread at a time.</b> */
interface Watching {
    /**
     * A change of a key.
     *
     * @param current what it holds since; nothing if it was deleted
     * @param previous what it held before, if that was asked for
     */
    record Event(Bytes key, long revision, Optional<Answer.Pair> current, Optional<Answer.Pair> previous) {
        boolean isDelete() {
            return current.isEmpty();
        }

        Event withoutPrevious() {
            return new Event(key, revision, current, Optional.empty());
        }
    }

    /**
     * All that a watch told so far.
     *
     * @param compacted the compact revision, if the watch was cancelled because of that
     */
    record Told(List<Event> events, OptionalLong compacted) {
        public Told {
            events = List.copyOf(events);
        }
    }

    /**
     * Returns what the watch told, when that is enough or the patience is at an end.
     *
     * @param through the revision up to which changes are wanted
     * @param enough whether what a side told that does not say how far it has come is all that is expected
     */
    Told told(long through, Predicate<Told> enough);
}
