package io.hightower.kv.engine.planted;

import io.hightower.kv.replication.local.LocalOptions;
import io.hightower.kv.replication.local.LocalReplication;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.log.LogOptions;
import io.hightower.kv.storage.log.SegmentedCommitLog;
import io.hightower.kv.storage.lsm.BackgroundWork;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import io.hightower.kv.storage.lsm.StoreOptions;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** A store with its log, so small that a few writes flush, merge and fill segments. */
final class TinyStore implements AutoCloseable {
    static final Bytes ID = Bytes.utf8("0123456789abcdef");

    private static final int KIB = 1024;
    private static final long SEGMENT_BYTES = 2 * KIB;

    private final LogStructuredStore store;
    private final LocalReplication replication;

    private TinyStore(LogStructuredStore store, LocalReplication replication) {
        this.store = store;
        this.replication = replication;
    }

    /** Opens a store whose background work is done at once. */
    static TinyStore open(Disk disk) {
        return open(disk, ID, BackgroundWork.onCallersThread());
    }

    static TinyStore open(Disk disk, Bytes id, BackgroundWork background) {
        LogStructuredStore store = LogStructuredStore.open(disk, id, options(), background);
        LogOptions logOptions = LogOptions.defaults(id)
                .withSegmentBytes(SEGMENT_BYTES)
                .withNanoClock(() -> 0)
                .withBackground(Runnable::run);
        try {
            SegmentedCommitLog log = SegmentedCommitLog.open(disk, logOptions);
            LocalOptions options =
                    new LocalOptions(new Limits(1 << 20), 1024, 16 << 20, Duration.ZERO, () -> 0, Metrics.none());
            return new TinyStore(store, LocalReplication.open(new KvState(store), log, options));
        } catch (Throwable e) {
            store.close();
            throw e;
        }
    }

    static StoreOptions options() {
        return new StoreOptions(
                4 << 20, 4 * KIB, Long.MAX_VALUE, 4 * KIB, true, 4 * KIB, 2, 256 * KIB, false, false, Metrics.none());
    }

    LogStructuredStore store() {
        return store;
    }

    LocalReplication replication() {
        return replication;
    }

    void put(String key, String value) {
        replication.submitAndWait(Command.put(Bytes.utf8(key), Bytes.utf8(value)));
    }

    void delete(String key) {
        replication.submitAndWait(Command.delete(Bytes.utf8(key)));
    }

    /** Looks the key up, as a point lookup does. */
    String get(String key) {
        try (StoreView view = store.view()) {
            return view.get(Bytes.utf8(key)).orElseThrow().value().toUtf8();
        }
    }

    /** Returns everything that the store shows. */
    Map<String, String> content() {
        return content(store);
    }

    static Map<String, String> content(LogStructuredStore store) {
        try (StoreView view = store.view()) {
            return content(view);
        }
    }

    static Map<String, String> content(ReadView view) {
        Map<String, String> content = new TreeMap<>();
        for (KeyValue found : view.scan(KeyRange.all(), ReadView.NO_LIMIT)) {
            content.put(found.key().toUtf8(), found.value().toUtf8());
        }
        return content;
    }

    @Override
    public void close() {
        replication.close();
        store.close();
    }

    /** Closes a store whose disk may be gone, without a flush. */
    void abandon() {
        store.close();
        try {
            replication.close();
        } catch (RuntimeException e) {
            // The disk is gone.
        }
    }
}
