package io.hightower.kv.storage.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every version of a key has the lease that it was written with, wherever it lies by now. */
class LeaseVersionsTest {
    private static final Bytes KEY = Bytes.utf8("k");
    private static final long LAST = 12;

    private final SimulatedDisk disk = SimulatedDisk.empty();

    /** Keys written with a lease, without one, and deleted, in turn. */
    private static KeyRecord version(long revision) {
        return switch ((int) (revision % 4)) {
            case 0 -> KeyRecord.tombstone(KEY, new Revision(revision, 0), revision);
            case 1 -> value(revision, KeyRecord.NO_LEASE);
            case 2 -> value(revision, revision);
            default -> value(revision, Long.MAX_VALUE - revision);
        };
    }

    private static KeyRecord value(long revision, long lease) {
        Bytes value = Bytes.utf8("at " + revision);
        return new KeyRecord(KEY, true, value, revision, new Revision(revision, 0), 1, revision, lease);
    }

    @Test
    void inMemoryInTablesAndAfterMergesAndReopening() {
        try (LogStructuredStore store = open()) {
            for (long revision = 2; revision <= LAST; revision++) {
                write(store, revision);
            }
            check(store);
        }
        disk.list().forEach(disk::delete);
        try (LogStructuredStore store = open()) {
            for (long revision = 2; revision <= LAST; revision++) {
                write(store, revision);
                store.checkpoint();
            }
            check(store);
            store.compact();
            check(store);
        }
        try (LogStructuredStore store = open()) {
            check(store);
        }
    }

    private LogStructuredStore open() {
        return LogStructuredStore.open(
                disk,
                StoreFixture.STORE_ID,
                StoreFixture.tiny().withKeepHistory(true),
                BackgroundWork.onCallersThread());
    }

    private static void write(LogStructuredStore store, long revision) {
        KeyRecord written = version(revision);
        StateStore.Edit edit = store.edit();
        edit.write(written);
        edit.publish(new AppliedState(
                new LogPosition(0, revision),
                revision,
                revision,
                0,
                0,
                0,
                written.live() ? 1 : 0,
                written.live() ? 0 : 1,
                StateReading.recordsHash(List.of(written))));
    }

    private static void check(LogStructuredStore store) {
        try (StoreView view = store.view()) {
            for (long revision = 2; revision <= LAST; revision++) {
                KeyRecord expected = version(revision);
                try (ReadView then = view.at(revision)) {
                    assertThat(then.get(KEY).isPresent()).isEqualTo(expected.live());
                    if (expected.live()) {
                        assertThat(then.get(KEY)).contains(expected.toKeyValue());
                        assertThat(then.scan(KeyRange.all(), ReadView.NO_LIMIT)).containsExactly(expected.toKeyValue());
                    }
                }
            }
            List<KeyRecord> changes = new ArrayList<>();
            try (StoreView.RecordCursor cursor = view.changes(2)) {
                while (cursor.next()) {
                    changes.add(cursor.current());
                }
            }
            assertThat(changes).hasSize((int) LAST - 1).allSatisfy(found -> assertThat(found)
                    .isEqualTo(version(found.modified().main())));
            StateReading.assertConsistent(view);
        }
    }
}
