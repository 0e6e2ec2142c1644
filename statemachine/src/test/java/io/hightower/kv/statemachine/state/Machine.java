package io.hightower.kv.statemachine.state;

import static io.hightower.kv.statemachine.contract.StateReading.assertConsistent;
import static io.hightower.kv.statemachine.contract.StateReading.records;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.spi.HistoryStateStore;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import java.util.List;
import java.util.Optional;

/** A state machine on sorted maps, with short words for what tests do. Keys and values are text. */
final class Machine {
    final StateStore store;
    final KvState state;

    Machine() {
        this(new TreeMapStateStore());
    }

    Machine(StateStore store) {
        this.store = store;
        this.state = new KvState(store);
    }

    /** Returns a machine that keeps all history. */
    static Machine withHistory() {
        return new Machine(new HistoryStateStore());
    }

    /** Applies one entry at the next position. */
    List<Result> applyEntry(long timeMillis, List<Command> commands) {
        LogPosition next = new LogPosition(1, applied().position().index() + 1);
        return state.apply(next, new Entry(timeMillis, commands));
    }

    Result apply(Command command) {
        return applyEntry(0, List.of(command)).get(0);
    }

    Result applyAt(long timeMillis, Command command) {
        return applyEntry(timeMillis, List.of(command)).get(0);
    }

    /** Reads a range of a view of the newest state. */
    Result.RangeResult range(RangeRequest request) {
        try (StoreView view = store.view()) {
            return RangeReading.read(view, request);
        }
    }

    Leases leases() {
        try (StoreView view = store.view()) {
            return Leases.of(view.system());
        }
    }

    Sessions sessions() {
        try (StoreView view = store.view()) {
            return Sessions.of(view.system());
        }
    }

    Result.PutResult put(String key, String value) {
        return (Result.PutResult) apply(Command.put(Bytes.utf8(key), Bytes.utf8(value)));
    }

    Result.PutResult put(String key, String value, long version) {
        return (Result.PutResult) apply(new Command.Put(Bytes.utf8(key), Bytes.utf8(value), version));
    }

    Result.DeleteResult delete(String key) {
        return (Result.DeleteResult) apply(Command.delete(Bytes.utf8(key)));
    }

    Result.DeleteResult delete(String key, long version) {
        return (Result.DeleteResult) apply(new Command.Delete(Bytes.utf8(key), version));
    }

    Result.DeleteRangeResult deleteRange(KeyRange range) {
        return (Result.DeleteRangeResult) apply(new Command.DeleteRange(range));
    }

    Result.BatchResult batch(Command... commands) {
        return (Result.BatchResult) apply(new Command.Batch(List.of(commands)));
    }

    Result.ReleaseResult release(long throughRevision, int countMax) {
        return (Result.ReleaseResult) apply(new Command.ReleaseTombstones(throughRevision, countMax));
    }

    /** Returns the value, or nothing. */
    Optional<String> get(String key) {
        return stored(key).filter(KeyRecord::live).map(entry -> entry.value().toUtf8());
    }

    /** Returns the record or tombstone of a key that has one. */
    KeyRecord record(String key) {
        return stored(key).orElseThrow();
    }

    Optional<KeyRecord> stored(String key) {
        return all().stream()
                .filter(entry -> entry.key().equals(Bytes.utf8(key)))
                .findFirst();
    }

    List<KeyRecord> all() {
        try (StoreView view = store.view()) {
            assertConsistent(view);
            return records(view);
        }
    }

    AppliedState applied() {
        return store.applied();
    }

    long stateHash() {
        return StateHash.of(store.applied());
    }
}
