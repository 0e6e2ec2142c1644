package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.statemachine.state.StateHash;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A store with the answers that it gives to a list of operations. The reference, which keeps no history, notes down by itself
 * what was to be seen at each revision. <b>Used by one thread.</b>
 */
final class AnsweringStore implements AutoCloseable {
    /** The answer of a store that keeps no history to a question about it. */
    static final Object UNKNOWN = new Object();

    private static final int INSTALLED_KEYS = 40;

    private final Supplier<? extends StateStore> opening;
    private final boolean keepsHistory;
    private final boolean isReference;
    private StateStore store;
    private KvState machine;
    private Optional<StoreView> oldView = Optional.empty();

    /** Where history begins, as the operations say. */
    private long oldest = 1;

    /** Where changes begin. */
    private long oldestChange = 1;

    private TreeMap<Long, List<KeyValue>> livingAt = new TreeMap<>();
    private List<KeyRecord> changes = new ArrayList<>();

    private AnsweringStore(Supplier<? extends StateStore> opening, boolean keepsHistory, boolean isReference) {
        this.opening = opening;
        this.keepsHistory = keepsHistory;
        this.isReference = isReference;
        open();
        note();
    }

    static AnsweringStore of(Supplier<? extends StateStore> opening, boolean keepsHistory) {
        return new AnsweringStore(opening, keepsHistory, false);
    }

    static AnsweringStore reference(TreeMapStateStore first) {
        return new AnsweringStore(() -> first, true, true);
    }

    private void open() {
        store = opening.get();
        machine = new KvState(store);
    }

    @Override
    public void close() {
        oldView.ifPresent(StoreView::close);
        store.close();
    }

    /** Returns an answer for each operation, and one for the state in the end. */
    List<Object> answers(List<StoreOperation> operations) {
        List<Object> answers = new ArrayList<>();
        for (StoreOperation operation : operations) {
            answers.add(answer(operation));
        }
        try (StoreView view = store.view()) {
            StateReading.assertConsistent(view);
            answers.add(List.of(StateHash.of(view.applied()), view.applied(), StateReading.records(view)));
        }
        return answers;
    }

    private Object answer(StoreOperation operation) {
        if (operation instanceof StoreOperation.Write write) {
            return write(write.command());
        } else if (operation instanceof StoreOperation.MoveCompactRevision move) {
            return moveCompactRevision(move.percent());
        } else if (operation instanceof StoreOperation.ReadOldView) {
            return readOldView();
        } else if (operation instanceof StoreOperation.Checkpoint) {
            store.checkpoint();
        } else if (operation instanceof StoreOperation.Compact) {
            store.compact();
        } else if (operation instanceof StoreOperation.Reopen) {
            reopen();
        } else if (operation instanceof StoreOperation.Install) {
            install();
        } else {
            try (StoreView view = store.view()) {
                return read(view, operation);
            }
        }
        return store.applied();
    }

    private Object read(StoreView view, StoreOperation operation) {
        if (operation instanceof StoreOperation.Get get) {
            return view.get(get.key());
        } else if (operation instanceof StoreOperation.Scan scan) {
            return scan(view, scan.range(), scan.limit());
        } else if (operation instanceof StoreOperation.ReadAt past) {
            return readAt(view, past);
        } else if (operation instanceof StoreOperation.ReadChanges past) {
            return readChanges(view, past);
        }
        throw new AssertionError("Not an operation that reads: " + operation);
    }

    private Object write(Command command) {
        Object result = machine.apply(next(), new Entry(0, List.of(command)));
        note();
        return result;
    }

    private LogPosition next() {
        return new LogPosition(0, store.applied().position().index() + 1);
    }

    private Object moveCompactRevision(int percent) {
        AppliedState now = store.applied();
        long target = Math.max(now.compactRevision(), share(now.revision(), percent));
        oldest = Math.max(oldest, target);
        oldestChange = Math.max(oldestChange, target);
        store.edit()
                .publish(new AppliedState(
                        next(),
                        now.revision(),
                        now.latestVersion(),
                        now.releasedRevision(),
                        target,
                        now.logicalTimeMillis(),
                        now.liveKeys(),
                        now.tombstones(),
                        now.recordsHash()));
        return target;
    }

    /** Returns a revision between the oldest and {@code newest}. */
    private long share(long newest, int percent) {
        return Math.min(newest, oldest + (newest - oldest) * percent / 100);
    }

    private static Object scan(ReadView view, KeyRange range, int limit) {
        List<KeyValue> descending = new ArrayList<>();
        try (ReadView.KeyCursor cursor = view.cursor(range, ReadView.Order.DESCENDING)) {
            while (cursor.next()) {
                descending.add(cursor.current());
            }
        }
        List<KeyValue> ascending = view.scan(range, ReadView.NO_LIMIT);
        Collections.reverse(descending);
        return List.of(view.scan(range, limit), ascending, descending, view.count(range), view.len());
    }

    private Object readAt(StoreView view, StoreOperation.ReadAt past) {
        if (!keepsHistory) {
            return UNKNOWN;
        }
        long revision = share(view.revision(), past.percent());
        if (isReference) {
            List<KeyValue> living = livingAt.get(revision);
            Optional<KeyValue> found = living.stream()
                    .filter(value -> value.key().equals(past.key()))
                    .findFirst();
            return List.of(oldest, living, living, (long) living.size(), found);
        }
        ReadView older = view.at(revision);
        List<KeyValue> descending = new ArrayList<>();
        try (ReadView.KeyCursor cursor = older.cursor(KeyRange.all(), ReadView.Order.DESCENDING)) {
            while (cursor.next()) {
                descending.add(cursor.current());
            }
        }
        Collections.reverse(descending);
        return List.of(
                view.oldestRevision(),
                older.scan(KeyRange.all(), ReadView.NO_LIMIT),
                descending,
                older.count(KeyRange.all()),
                older.get(past.key()));
    }

    private Object readChanges(StoreView view, StoreOperation.ReadChanges past) {
        if (!keepsHistory) {
            return UNKNOWN;
        }
        long from = Math.max(oldestChange, share(view.revision(), past.percent()));
        if (isReference) {
            List<KeyRecord> since = changes.stream()
                    .filter(change -> change.modified().main() >= from)
                    .toList();
            return List.of(oldestChange, since);
        }
        return List.of(view.oldestChange(), StateReading.changes(view, from));
    }

    private Object readOldView() {
        Object answer = "no view yet";
        if (oldView.isPresent()) {
            try (StoreView view = oldView.get()) {
                answer = List.of(
                        view.applied(),
                        StateReading.records(view),
                        view.get(Bytes.utf8("key7")),
                        scan(view, KeyRange.all(), 3));
            }
        }
        oldView = Optional.of(store.view());
        return answer;
    }

    private void reopen() {
        oldView.ifPresent(StoreView::close);
        oldView = Optional.empty();
        store.checkpoint();
        if (isReference) {
            store = ((TreeMapStateStore) store).reopen();
            machine = new KvState(store);
        } else {
            store.close();
            open();
        }
    }

    /** Installs a state without history, made by commands. */
    private void install() {
        try (StateStore donor = isReference
                ? new TreeMapStateStore()
                : LogStructuredStore.open(
                        SimulatedDisk.empty(),
                        Bytes.utf8("fedcba9876543210"),
                        StoreFixture.tiny(),
                        BackgroundWork.onCallersThread())) {
            KvState donating = new KvState(donor);
            for (int i = 1; i <= INSTALLED_KEYS; i++) {
                Bytes key = Bytes.utf8("key" + i % 25);
                Command command = i % 7 == 0 ? Command.delete(key) : Command.put(key, Bytes.wrap(new byte[100 + i]));
                donating.apply(new LogPosition(0, i), new Entry(0, List.of(command)));
            }
            try (StateStore.PinnedState pinned = donor.pin();
                    StateStore.Staged staged = store.stage(pinned)) {
                staged.install(next());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        oldest = store.applied().revision();
        oldestChange = oldest + 1;
        livingAt = new TreeMap<>();
        changes = new ArrayList<>();
        note();
    }

    /** Notes down what the reference shows now. */
    private void note() {
        if (!isReference) {
            return;
        }
        try (StoreView view = store.view()) {
            long revision = view.revision();
            if (!livingAt.containsKey(revision)) {
                if (!livingAt.isEmpty()) {
                    StateReading.records(view).stream()
                            .filter(changed -> changed.modified().main() == revision)
                            .sorted(Comparator.comparing(KeyRecord::modified))
                            .forEach(changes::add);
                }
                livingAt.put(revision, view.scan(KeyRange.all(), ReadView.NO_LIMIT));
            }
        }
    }
}
