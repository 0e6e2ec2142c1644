package io.hightower.kv.engine.watch;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.HistoryStateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What watchers must be told, by a state machine of its own on sorted maps, from which every change is taken at once. */
final class WatchModel {
    private final HistoryStateStore store = new HistoryStateStore();
    private final KvState state = new KvState(store);
    private final List<WatchEvent> log = new ArrayList<>();

    /** Applies an entry, command by command. */
    void apply(Entry entry) {
        for (Command command : entry.commands()) {
            long before = revision();
            LogPosition next = new LogPosition(1, store.applied().position().index() + 1);
            state.apply(next, new Entry(entry.logicalTimeMillis(), List.of(command)));
            if (revision() > before) {
                note(before);
            }
        }
    }

    private void note(long before) {
        try (StoreView view = store.view();
                StoreView.RecordCursor changes = view.changes(before + 1)) {
            while (changes.next()) {
                KeyRecord written = changes.current();
                Optional<KeyValue> previous = before < view.oldestRevision()
                        ? Optional.empty()
                        : view.at(before).get(written.key());
                log.add(new WatchEvent(written, previous));
            }
        }
    }

    long revision() {
        return store.applied().revision();
    }

    /** Returns what a watch must be told of a revision and later ones. */
    List<WatchEvent> told(WatchRequest request, long from) {
        return log.stream()
                .filter(event -> event.revision() >= from
                        && request.range().contains(event.key())
                        && request.changes().include(event.kind()))
                .toList();
    }

    /** Returns the oldest revision at which it still can be read what was there before a change. */
    long compactRevision() {
        return store.applied().compactRevision();
    }

    /** Tells an event in words, but for what was before. */
    static String told(WatchEvent event) {
        return event.revision() + " " + event.kind() + " " + event.key() + " " + event.current();
    }
}
