package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.file.Disk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Applies commands to a store as a log would, and reads it as a test wants to. */
final class StoreDriver {
    static final UUID STORE_ID = new UUID(0x0123456789abcdefL, 0x8edcba9876543210L);

    final MemoryStateStore store;

    StoreDriver(MemoryStateStore store) {
        this.store = store;
    }

    static StoreDriver open(Disk disk) {
        return new StoreDriver(MemoryStateStore.open(disk, MemoryStoreOptions.of(STORE_ID)));
    }

    /** Applies one entry at the next position. */
    StoreDriver apply(Command... commands) {
        LogPosition next = new LogPosition(3, store.applied().position().index() + 1);
        new KvState(store).apply(next, new Entry(1000 + next.index(), List.of(commands)));
        return this;
    }

    StoreDriver put(String key, String value) {
        return apply(Command.put(Bytes.utf8(key), Bytes.utf8(value)));
    }

    StoreDriver delete(String key) {
        return apply(Command.delete(Bytes.utf8(key)));
    }

    String value(String key) {
        try (StoreView view = store.view()) {
            return view.get(Bytes.utf8(key))
                    .map(KeyValue::value)
                    .map(Bytes::toUtf8)
                    .orElse("nothing");
        }
    }

    State state() {
        try (StoreView view = store.view()) {
            return state(view);
        }
    }

    byte[] export() {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (StoreView view = store.view()) {
            store.export(view, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target.toByteArray();
    }

    static State state(StoreView view) {
        List<KeyRecord> records = new ArrayList<>();
        try (StoreView.RecordCursor cursor = view.records()) {
            while (cursor.next()) {
                records.add(cursor.current());
            }
        }
        return new State(view.applied(), records);
    }

    /** All that a store holds. */
    record State(AppliedState applied, List<KeyRecord> records) {
        State at(LogPosition position) {
            return new State(applied.at(position), records);
        }
    }
}
