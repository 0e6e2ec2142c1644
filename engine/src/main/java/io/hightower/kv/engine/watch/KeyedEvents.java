package io.hightower.kv.engine.watch;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.spi.ChangeFeed.Change;
import io.hightower.kv.statemachine.watch.WatchEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The events of one revision, in the order in which they were made, to be found by key. <b>Immutable.</b> */
final class KeyedEvents {
    /** Up to so many events are searched one by one. */
    private static final int SEARCHED_ONE_BY_ONE = 16;

    private final List<WatchEvent> inOrder;

    /** Places in {@link #inOrder}, sorted by key; empty if there are few. */
    private final Integer[] byKey;

    private KeyedEvents(List<WatchEvent> inOrder) {
        this.inOrder = inOrder;
        this.byKey = inOrder.size() <= SEARCHED_ONE_BY_ONE ? new Integer[0] : sortedByKey(inOrder);
    }

    private static Integer[] sortedByKey(List<WatchEvent> events) {
        Integer[] places = new Integer[events.size()];
        Arrays.setAll(places, Integer::valueOf);
        Arrays.sort(places, Comparator.comparing(place -> events.get(place).key()));
        return places;
    }

    /** Holds events of one revision, in order, of different keys. */
    static KeyedEvents of(List<WatchEvent> events) {
        return new KeyedEvents(List.copyOf(events));
    }

    /** Makes the events of one revision of its changes: one per key, with its last value, and what was before the first. */
    static KeyedEvents made(List<Change> changes) {
        if (changes.size() == 1) {
            return new KeyedEvents(List.of(event(changes.get(0))));
        }
        Map<Bytes, Change> last = new LinkedHashMap<>();
        for (Change change : changes) {
            // Removed before it is put again, so that the order is that of the last changes, as history has them.
            Change earlier = last.remove(change.written().key());
            last.put(change.written().key(), earlier == null ? change : new Change(change.written(), earlier.before()));
        }
        List<WatchEvent> events = new ArrayList<>(last.size());
        last.values().forEach(change -> events.add(event(change)));
        return new KeyedEvents(events);
    }

    private static WatchEvent event(Change change) {
        Optional<KeyValue> previous = change.before().filter(KeyRecord::live).map(KeyRecord::toKeyValue);
        return new WatchEvent(change.written(), previous);
    }

    List<WatchEvent> all() {
        return inOrder;
    }

    /** Gives the events whose keys are in the range, in order. */
    void forEachIn(KeyRange range, Consumer<WatchEvent> taker) {
        if (byKey.length == 0) {
            for (WatchEvent event : inOrder) {
                if (range.contains(event.key())) {
                    taker.accept(event);
                }
            }
            return;
        }
        int first = firstAtOrBehind(range.from());
        int end = first;
        while (end < byKey.length && range.contains(inOrder.get(byKey[end]).key())) {
            end++;
        }
        Integer[] places = Arrays.copyOfRange(byKey, first, end);
        Arrays.sort(places);
        for (Integer place : places) {
            taker.accept(inOrder.get(place));
        }
    }

    private int firstAtOrBehind(Bytes key) {
        int low = 0;
        int high = byKey.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (inOrder.get(byKey[middle]).key().compareTo(key) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
