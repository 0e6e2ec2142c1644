package io.hightower.kv.statemachine.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.StateHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What tests read from a view, and what every state must fulfil, whoever keeps it. */
public final class StateReading {
    private StateReading() {}

    /** Returns all records in the order of the view, tombstones included. */
    public static List<KeyRecord> records(StoreView view) {
        return all(view.records());
    }

    /** Returns all records as they were at an older main revision, in the order of the view, tombstones included. */
    public static List<KeyRecord> recordsAt(StoreView view, long mainRevision) {
        return all(view.recordsAt(mainRevision));
    }

    /** Returns all changes of a main revision and later, in their order. */
    public static List<KeyRecord> changes(StoreView view, long fromRevision) {
        return all(view.changes(fromRevision));
    }

    private static List<KeyRecord> all(StoreView.RecordCursor opened) {
        List<KeyRecord> records = new ArrayList<>();
        try (StoreView.RecordCursor cursor = opened) {
            while (cursor.next()) {
                records.add(cursor.current());
            }
        }
        return records;
    }

    /** Returns the value of a key that is written as text. */
    public static Optional<String> text(StoreView view, String key) {
        return view.get(Bytes.utf8(key)).map(KeyValue::value).map(Bytes::toUtf8);
    }

    /** Returns all records of the system key space in key order. */
    public static List<SystemRecord> systemRecords(StoreView view) {
        List<SystemRecord> records = new ArrayList<>();
        view.system().all().forEach(records::add);
        return records;
    }

    /** Computes the sum of the records' hashes anew. */
    public static long recordsHash(List<KeyRecord> records) {
        StateHash hash = new StateHash();
        long sum = 0;
        for (KeyRecord entry : records) {
            sum += hash.of(entry);
        }
        return sum;
    }

    /** Checks that the scalars of a view describe its records, and that the records can have come about. */
    public static void assertConsistent(StoreView view) {
        AppliedState applied = view.applied();
        List<KeyRecord> records = records(view);
        long living = records.stream().filter(KeyRecord::live).count();
        assertThat(applied.liveKeys()).as("liveKeys").isEqualTo(living);
        assertThat(applied.tombstones()).as("tombstones").isEqualTo(records.size() - living);
        assertThat(applied.recordsHash()).as("recordsHash").isEqualTo(recordsHash(records));
        assertThat(applied.systemHash())
                .as("systemHash")
                .isEqualTo(view.system().hash())
                .isEqualTo(systemRecords(view).stream()
                        .mapToLong(SystemRecord::hash)
                        .sum());
        Bytes before = Bytes.EMPTY;
        for (KeyRecord entry : records) {
            assertThat(entry.key()).as("key order").isGreaterThan(before);
            assertPossible(entry, applied);
            before = entry.key();
        }
        assertThat(records.stream().map(KeyRecord::modified).distinct().count())
                .as("no two records share a place in history")
                .isEqualTo(records.size());
    }

    private static void assertPossible(KeyRecord entry, AppliedState applied) {
        assertThat(entry.modified()).as("%s", entry).isGreaterThan(new Revision(Revision.EMPTY_STORE, 0));
        assertThat(entry.modified().main()).as("%s", entry).isLessThanOrEqualTo(applied.revision());
        assertThat(entry.writeVersion()).as("%s", entry).isBetween(1L, applied.latestVersion());
        if (entry.live()) {
            assertThat(entry.version()).as("%s", entry).isPositive();
            assertThat(entry.createRevision())
                    .as("%s", entry)
                    .isBetween(Revision.EMPTY_STORE + 1, entry.modified().main());
        } else {
            assertThat(entry).isEqualTo(KeyRecord.tombstone(entry.key(), entry.modified(), entry.writeVersion()));
        }
    }
}
