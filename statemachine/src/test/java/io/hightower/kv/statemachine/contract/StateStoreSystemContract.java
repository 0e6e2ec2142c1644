package io.hightower.kv.statemachine.contract;

import static io.hightower.kv.statemachine.contract.StateReading.assertConsistent;
import static io.hightower.kv.statemachine.contract.StateReading.records;
import static io.hightower.kv.statemachine.contract.StateReading.systemRecords;
import static io.hightower.kv.statemachine.contract.StateReading.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link StateStore} must keep about the leases of records and the system key space, while it is open. */
public abstract class StateStoreSystemContract extends StateStoreContract {
    @Test
    public void recordsKeepTheirLeases() {
        List<KeyRecord> leased = leasedRecords();
        StateStore.Edit edit = store.edit();
        leased.forEach(edit::write);
        assertThat(edit.newest(key("long"))).contains(leased.get(1));
        assertThat(edit.live(KeyRange.all())).isEqualTo(leased);
        publish(edit);

        assertThat(store.edit().newest(key("negative"))).contains(leased.get(2));
        try (StoreView view = store.view()) {
            assertLeased(view, leased);
            assertConsistent(view);
        }
    }

    /** Reads records in every way there is. */
    static void assertLeased(StoreView view, List<KeyRecord> leased) {
        List<KeyValue> values = leased.stream().map(KeyRecord::toKeyValue).toList();
        assertThat(records(view)).isEqualTo(leased);
        assertThat(view.scan(KeyRange.all(), ReadView.NO_LIMIT)).isEqualTo(values);
        for (KeyValue value : values) {
            assertThat(view.get(value.key())).contains(value);
            assertThat(view.at(view.revision()).get(value.key())).contains(value);
        }
    }

    @Test
    public void aKeyLosesItsLeaseByBeingWrittenWithoutOne() {
        StateStore.Edit edit = store.edit();
        edit.write(leased("k", 2, 77));
        publish(edit);
        edit = store.edit();
        edit.write(value("k", 3));
        publish(edit);
        try (StoreView view = store.view()) {
            assertThat(view.get(key("k")).orElseThrow().lease()).isEqualTo(KeyRecord.NO_LEASE);
        }
    }

    @Test
    public void showsSystemRecordsOnceTheirEditIsPublished() {
        StateStore.Edit edit = store.edit();
        assertThat(edit.system().size()).isZero();
        edit.system(edit.system().with(key("s"), key("1")));
        assertThat(edit.system().get(key("s")).orElseThrow().value()).isEqualTo(key("1"));
        try (StoreView before = store.view()) {
            assertThat(before.system().size()).isZero();
            publish(edit);
            assertThat(before.system().size()).as("a view keeps its moment").isZero();
        }
        writeSystem("s", "2");
        try (StoreView after = store.view()) {
            assertThat(systemRecords(after)).containsExactly(new SystemRecord(key("s"), key("2"), 2));
            assertThat(after.system().revision()).isEqualTo(2);
            assertThat(after.revision()).as("the revision of the data").isEqualTo(Revision.EMPTY_STORE);
            assertConsistent(after);
        }
    }

    @Test
    public void systemRecordsOfADroppedEditLeaveNoTrace() {
        writeSystem("s", "1");
        StateStore.Edit dropped = store.edit();
        dropped.system(dropped.system().with(key("s"), key("9")).with(key("new"), key("9")));

        StateStore.Edit next = store.edit();

        assertThat(next.system().size()).isEqualTo(1);
        assertThat(next.system().get(key("s")).orElseThrow().value()).isEqualTo(key("1"));
        try (StoreView view = store.view()) {
            assertThat(systemRecords(view)).containsExactly(new SystemRecord(key("s"), key("1"), 1));
        }
    }

    @Test
    public void systemRecordsShareNoKeySpaceWithData() {
        writeSystem("k", "of the system");
        try (StoreView view = store.view()) {
            assertThat(view.get(key("k"))).isEmpty();
            assertThat(records(view)).isEmpty();
            assertThat(view.len()).isZero();
        }
        apply(put("k", "of a user"), Command.delete(key("k")), put("k", "again"));
        try (StoreView view = store.view()) {
            assertThat(text(view, "k")).contains("again");
            assertThat(systemRecords(view)).containsExactly(new SystemRecord(key("k"), key("of the system"), 1));
            assertConsistent(view);
        }
        StateStore.Edit edit = store.edit();
        edit.system(edit.system().without(key("k")));
        publish(edit);
        try (StoreView view = store.view()) {
            assertThat(text(view, "k")).contains("again");
            assertThat(view.system().size()).isZero();
        }
    }

    /** Publishes an edit without tombstones, with scalars that describe what it leaves. */
    final void publish(StateStore.Edit edit) {
        List<KeyRecord> records = edit.live(KeyRange.all());
        AppliedState before = store.applied();
        long revision = records.stream()
                .mapToLong(entry -> entry.modified().main())
                .max()
                .orElse(before.revision());
        edit.publish(new AppliedState(
                new LogPosition(1, before.position().index() + 1),
                revision,
                Math.max(before.latestVersion(), revision),
                before.releasedRevision(),
                before.compactRevision(),
                before.logicalTimeMillis(),
                records.size(),
                before.tombstones(),
                StateReading.recordsHash(records),
                edit.system().hash()));
    }

    /** Writes a record of the system key space, and nothing else. */
    final void writeSystem(String key, String value) {
        StateStore.Edit edit = store.edit();
        edit.system(edit.system().with(key(key), key(value)));
        AppliedState before = store.applied();
        edit.publish(new AppliedState(
                new LogPosition(1, before.position().index() + 1),
                before.revision(),
                before.latestVersion(),
                before.releasedRevision(),
                before.compactRevision(),
                before.logicalTimeMillis(),
                before.liveKeys(),
                before.tombstones(),
                before.recordsHash(),
                edit.system().hash()));
    }

    /** Returns records in key order, with leases of all sizes and without. */
    static List<KeyRecord> leasedRecords() {
        return List.of(
                leased("least", 2, 1),
                leased("long", 3, Long.MAX_VALUE),
                leased("negative", 4, -7),
                value("none", 5),
                leased("small", 6, 300));
    }

    private static KeyRecord leased(String key, long revision, long lease) {
        return new KeyRecord(key(key), true, key("v"), revision, new Revision(revision, 0), 1, revision, lease);
    }
}
