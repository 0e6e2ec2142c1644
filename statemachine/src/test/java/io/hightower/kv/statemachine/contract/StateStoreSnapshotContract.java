package io.hightower.kv.statemachine.contract;

import static io.hightower.kv.statemachine.contract.StateReading.assertConsistent;
import static io.hightower.kv.statemachine.contract.StateReading.records;
import static io.hightower.kv.statemachine.contract.StateReading.systemRecords;
import static io.hightower.kv.statemachine.contract.StateReading.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.codec.StateArchive;
import io.hightower.kv.statemachine.random.RandomCommands;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What every {@link StateStore} must keep about checkpoints, exporting and installing, besides {@link
 * StateStoreSystemContract}. */
public abstract class StateStoreSnapshotContract extends StateStoreSystemContract {
    @Test
    public void checkpointMakesRecordsAndScalarsDurable() throws Exception {
        applyRandom(200);
        AppliedState before = store.applied();
        List<KeyRecord> kept = recordsNow();

        assertThat(store.checkpoint()).isEqualTo(before.position());
        assertThat(store.durable()).isEqualTo(before.position());
        reopen();

        assertThat(store.applied()).isEqualTo(before);
        assertThat(store.durable()).isEqualTo(before.position());
        assertThat(recordsNow()).isEqualTo(kept);
    }

    @Test
    public void editAfterCheckpointIsNotDurableAndSaysSo() throws Exception {
        apply(put("a", "1"));
        LogPosition durable = store.checkpoint();
        apply(put("a", "2"), put("b", "2"));
        assertThat(store.durable()).isEqualTo(durable);

        reopen();

        assertThat(store.applied().position()).isEqualTo(durable);
        assertThat(textNow("a")).isEqualTo("1");
        assertThat(textNow("b")).isEmpty();
    }

    @Test
    public void checkpointOfAnEmptyStoreIsEmpty() throws Exception {
        assertThat(store.checkpoint()).isEqualTo(LogPosition.START);
        reopen();
        assertThat(store.applied()).isEqualTo(AppliedState.EMPTY);
        assertThat(recordsNow()).isEmpty();
    }

    @Test
    public void eachCheckpointReplacesTheOneBefore() throws Exception {
        for (int i = 1; i <= 3; i++) {
            apply(put("a", "" + i), put("k" + i, "v"), Command.delete(Bytes.utf8("k" + (i - 1))));
            store.checkpoint();
        }
        List<KeyRecord> kept = recordsNow();

        reopen();

        assertThat(recordsNow()).isEqualTo(kept);
        assertThat(textNow("a")).isEqualTo("3");
    }

    @Test
    public void deletedKeyStaysDeletedAcrossCheckpointAndReopening() throws Exception {
        apply(put("k", "old"));
        store.checkpoint();
        apply(put("k", "newer"), Command.delete(Bytes.utf8("k")));
        store.checkpoint();
        reopen();
        assertThat(textNow("k")).isEmpty();

        apply(new Command.Put(Bytes.utf8("k"), Bytes.utf8("stale"), 1));
        assertThat(textNow("k")).isEmpty();
    }

    @Test
    public void leasesSurviveCheckpointsMergesAndExports() throws Exception {
        StateStore.Edit edit = store.edit();
        leasedRecords().forEach(edit::write);
        publish(edit);
        store.checkpoint();
        assertLeasedNow();
        reopen();
        assertLeasedNow();
        store.compact();
        assertLeasedNow();
        byte[] exported = export();
        apply(put("long", "without a lease"));
        install(exported);
        assertLeasedNow();
        reopen();
        assertLeasedNow();
    }

    private void assertLeasedNow() {
        try (StoreView view = store.view()) {
            assertLeased(view, leasedRecords());
        }
    }

    @Test
    public void checkpointMakesSystemRecordsDurable() throws Exception {
        writeSystem("s", "1");
        assertThat(store.checkpoint()).isEqualTo(store.applied().position());
        reopen();
        assertThat(systemNow()).containsExactly(new SystemRecord(Bytes.utf8("s"), Bytes.utf8("1"), 1));

        apply(put("a", "1"));
        store.checkpoint();
        writeSystem("t", "2");
        apply(put("a", "2"));
        store.checkpoint();
        List<SystemRecord> kept = systemNow();
        writeSystem("s", "not durable");
        reopen();

        assertThat(systemNow()).isEqualTo(kept).hasSize(2);
        assertThat(textNow("a")).isEqualTo("2");
        assertThat(store.edit().system().revision()).isEqualTo(2);
    }

    @Test
    public void aStoreWhoseSystemRecordsWereRemovedGoesOnCounting() throws Exception {
        writeSystem("s", "1");
        store.checkpoint();
        StateStore.Edit edit = store.edit();
        edit.system(edit.system().without(Bytes.utf8("s")));
        publish(edit);
        store.checkpoint();
        reopen();
        assertThat(systemNow()).isEmpty();

        writeSystem("s", "2");

        assertThat(systemNow()).containsExactly(new SystemRecord(Bytes.utf8("s"), Bytes.utf8("2"), 3));
    }

    @Test
    public void systemRecordsAreExportedAndInstalledWithTheRest() throws Exception {
        byte[] without = export();
        applyRandom(20);
        writeSystem("s", "exported");
        List<SystemRecord> exportedRecords = systemNow();
        byte[] exported = export();
        writeSystem("s", "later");
        writeSystem("t", "later");
        try (StoreView open = store.view()) {
            install(exported);
            assertThat(systemRecords(open)).as("an open view keeps its moment").hasSize(2);
        }
        assertThat(systemNow()).isEqualTo(exportedRecords);
        reopen();
        assertThat(systemNow()).isEqualTo(exportedRecords);
        writeSystem("t", "after");
        assertThat(systemNow()).hasSize(2);

        install(without);
        assertThat(systemNow()).isEmpty();
        reopen();
        assertThat(systemNow()).isEmpty();
    }

    @Test
    public void pinnedStateKeepsItsSystemRecords() throws Exception {
        writeSystem("s", "1");
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        try (StateStore.PinnedState pinned = store.pin()) {
            for (int i = 2; i < 5; i++) {
                writeSystem("s", "" + i);
                store.checkpoint();
                store.compact();
            }
            StateArchive.write(pinned, exported);
            assertThat(systemRecords(pinned.view()))
                    .containsExactly(new SystemRecord(Bytes.utf8("s"), Bytes.utf8("1"), 1));
        }
        install(exported.toByteArray());
        assertThat(systemNow()).containsExactly(new SystemRecord(Bytes.utf8("s"), Bytes.utf8("1"), 1));
    }

    @Test
    public void openViewOutlivesCheckpoints() {
        apply(put("a", "1"));
        try (StoreView view = store.view()) {
            apply(put("a", "2"));
            store.checkpoint();
            apply(put("a", "3"));
            store.checkpoint();
            assertThat(text(view, "a")).contains("1");
            assertConsistent(view);
        }
    }

    @Test
    public void exportedStateIsInstalledWhole() throws Exception {
        applyRandom(300);
        AppliedState exportedState = store.applied();
        List<KeyRecord> exportedRecords = recordsNow();
        byte[] exported = export();
        applyRandom(100);
        List<KeyRecord> later = recordsNow();
        LogPosition position = new LogPosition(3, store.applied().position().index() + 1);

        try (StateStore.Staged staged = store.stage(archive(exported));
                StoreView open = store.view()) {
            assertThat(staged.applied()).isEqualTo(exportedState);
            assertThat(recordsNow()).as("staging leaves the live state alone").isEqualTo(later);

            staged.install(position);

            assertThat(records(open)).as("an open view keeps its moment").isEqualTo(later);
        }
        assertThat(store.applied()).isEqualTo(exportedState.at(position));
        assertThat(store.durable()).isEqualTo(position);
        assertThat(recordsNow()).isEqualTo(exportedRecords);
        reopen();
        assertThat(store.applied()).isEqualTo(exportedState.at(position));
        assertThat(recordsNow()).isEqualTo(exportedRecords);
    }

    @Test
    public void editsGoOnAfterInstalling() throws Exception {
        apply(put("a", "1"), put("b", "1"), Command.delete(Bytes.utf8("b")));
        byte[] exported = export();
        install(exported);

        apply(put("c", "1"), new Command.Put(Bytes.utf8("b"), Bytes.utf8("stale"), 1));

        assertThat(textNow("a")).isEqualTo("1");
        assertThat(textNow("b")).isEmpty();
        assertThat(textNow("c")).isEqualTo("1");
        assertThat(store.edit().tombstones(Long.MAX_VALUE, 9)).hasSize(1);
        try (StoreView view = store.view()) {
            assertConsistent(view);
        }
    }

    @Test
    public void pinnedStateKeepsItsMoment() throws Exception {
        apply(put("a", "1"));
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        try (StateStore.PinnedState pinned = store.pin()) {
            apply(put("a", "2"));
            store.checkpoint();
            store.compact();
            assertThat(StateArchive.write(pinned, exported)).isEqualTo(exported.size());
            assertThat(text(pinned.view(), "a")).contains("1");
            assertThat(pinned.applied()).isEqualTo(pinned.view().applied());
        }
        install(exported.toByteArray());
        assertThat(textNow("a")).isEqualTo("1");
    }

    @Test
    public void exportsAndInstallsAnEmptyStore() throws Exception {
        byte[] exported = export();
        apply(put("a", "1"));
        install(exported);
        assertThat(recordsNow()).isEmpty();
        assertThat(store.applied().at(LogPosition.START)).isEqualTo(AppliedState.EMPTY);
    }

    @Test
    public void equalStatesAreExportedAsEqualBytes() throws Exception {
        applyRandom(50);
        assertThat(export()).isEqualTo(export());
    }

    @Test
    public void stagedStateThatIsNotInstalledLeavesNoTrace() throws Exception {
        apply(put("a", "1"));
        byte[] exported = export();
        apply(put("a", "2"));
        StateStore.Staged staged = store.stage(archive(exported));
        staged.close();
        staged.close();
        store.checkpoint();
        assertThat(textNow("a")).isEqualTo("2");
        reopen();
        assertThat(textNow("a")).isEqualTo("2");
    }

    @Test
    public void refusesAnExportCutShortAtAnyByte() throws Exception {
        byte[] exported = exportOfAnotherState();
        for (int length = 0; length < exported.length; length++) {
            assertRefused(Arrays.copyOf(exported, length), "cut to " + length);
        }
    }

    @Test
    public void refusesAnExportWithAnyBitFlipped() throws Exception {
        byte[] exported = exportOfAnotherState();
        for (int bit = 0; bit < exported.length * 8; bit++) {
            byte[] damaged = exported.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(damaged, "bit " + bit);
        }
    }

    @Test
    public void saysThatForeignBytesAreNoSnapshot() {
        byte[] foreign = "PK these bytes are of another program. ".repeat(200).getBytes(UTF_8);
        assertThatThrownBy(() -> store.stage(archive(foreign))).isInstanceOf(FormatException.class);
    }

    @Test
    public void passesOnThatTheStreamCannotBeRead() throws IOException {
        apply(put("a", "1"));
        InputStream failing = InputStream.nullInputStream();
        failing.close();
        assertThatThrownBy(() -> store.stage(archive(failing))).isInstanceOf(IOException.class);
        assertThat(textNow("a")).isEqualTo("1");
    }

    private void assertRefused(byte[] damaged, String what) {
        List<KeyRecord> before = recordsNow();
        assertThatThrownBy(() -> store.stage(archive(damaged)).close())
                .as(what)
                .isInstanceOfAny(CorruptionException.class, FormatException.class);
        assertThat(recordsNow()).as(what).isEqualTo(before);
        // What arrived whole would not be transferred again.
        store.compact();
    }

    /** Exports something, and leaves the store without it: what is here would not be transferred. */
    private byte[] exportOfAnotherState() throws Exception {
        byte[] empty = export();
        applyRandom(12);
        writeSystem("s", "of another state");
        byte[] exported = export();
        install(empty);
        return exported;
    }

    private void reopen() throws Exception {
        store.close();
        store = open();
        try (StoreView view = store.view()) {
            assertConsistent(view);
        }
    }

    private byte[] export() throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (StateStore.PinnedState pinned = store.pin()) {
            assertThat(StateArchive.write(pinned, target)).isEqualTo(target.size());
        }
        return target.toByteArray();
    }

    private static StateFiles archive(byte[] exported) throws IOException {
        return archive(new ByteArrayInputStream(exported));
    }

    private static StateFiles archive(InputStream exported) throws IOException {
        return new StateArchive.Reader(exported);
    }

    private void install(byte[] exported) throws IOException {
        try (StateStore.Staged staged = store.stage(archive(exported))) {
            staged.install(new LogPosition(1, store.applied().position().index() + 1));
        }
    }

    private void applyRandom(int count) {
        RandomCommands commands = new RandomCommands(new SplittableRandom(count));
        for (int i = 0; i < count; i++) {
            apply(commands.next());
        }
    }

    private List<KeyRecord> recordsNow() {
        try (StoreView view = store.view()) {
            return records(view);
        }
    }

    private List<SystemRecord> systemNow() {
        try (StoreView view = store.view()) {
            return systemRecords(view);
        }
    }

    private String textNow(String key) {
        try (StoreView view = store.view()) {
            return text(view, key).orElse("");
        }
    }
}
