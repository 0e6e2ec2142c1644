package io.hightower.kv.statemachine.contract;

import static io.hightower.kv.statemachine.contract.StateReading.records;
import static io.hightower.kv.statemachine.contract.StateReading.recordsHash;
import static io.hightower.kv.statemachine.contract.StateReading.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.api.StateSnapshot;
import io.hightower.kv.statemachine.codec.StateArchive;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.StateHash;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What every {@link ReplicationHandle} must keep about snapshots, besides {@link ReplicationContract}. */
public abstract class ReplicationSnapshotContract extends ReplicationContract {
    /** Opens an empty store of the kind that the replication keeps its state in; the test closes it. */
    protected abstract StateStore emptyStore() throws Exception;

    /** Tells whether the state may be replaced by an exported one; not so in a member of a cluster. */
    protected boolean installsSnapshots() {
        return true;
    }

    @Test
    public void snapshotHasEverythingAcknowledgedBefore() {
        runRandom(100);
        StateOf state = stateNow();

        try (StateSnapshot snapshot = handle.snapshotState()) {
            assertThat(snapshot.stateHash()).isEqualTo(state.stateHash());
            assertThat(snapshot.stateHash()).isEqualTo(StateHash.of(snapshot.applied()));
            assertThat(snapshot.applied().recordsHash()).isEqualTo(recordsHash(state.records()));
            assertThat(snapshot.applied().revision()).isEqualTo(state.revision());
            assertThat(snapshot.view().revision()).isEqualTo(state.revision());
            assertThat(snapshot.view().scan(KeyRange.all(), ReadView.NO_LIMIT))
                    .hasSize((int) snapshot.applied().liveKeys());
        }
    }

    @Test
    public void snapshotDoesNotShowLaterCommands() throws Exception {
        submit(put("k", "old"));
        try (StateSnapshot snapshot = handle.snapshotState()) {
            submit(put("k", "new"));
            handle.checkpoint();

            assertThat(snapshot.view().get(Bytes.utf8("k")).orElseThrow().value())
                    .isEqualTo(Bytes.utf8("old"));
            assertThat(snapshot.applied().revision()).isEqualTo(2);
            try (StateStore copy = staged(exported(snapshot));
                    StoreView view = copy.view()) {
                assertThat(text(view, "k")).contains("old");
            }
        }
    }

    @Test
    public void exportedSnapshotEqualsTheState() throws Exception {
        runRandom(300);
        StateOf state = stateNow();
        byte[] exported = exportNow();

        try (StateStore copy = staged(exported);
                StoreView view = copy.view()) {
            assertThat(records(view)).isEqualTo(state.records());
            assertThat(view.revision()).isEqualTo(state.revision());
            assertThat(StateHash.of(view.applied())).isEqualTo(state.stateHash());
        }
    }

    @Test
    public void installedSnapshotReplacesTheStateDurably() throws Exception {
        Assumptions.assumeTrue(installsSnapshots());
        runRandom(100);
        StateOf exportedState = stateNow();
        byte[] exported = exportNow();
        runRandom(40);
        submit(put("later", "v"));

        handle.installSnapshot(new ByteArrayInputStream(exported));

        assertThat(stateNow()).isEqualTo(exportedState);
        handle.close();
        handle = open();
        assertThat(stateNow()).isEqualTo(exportedState);
        assertThat(submit(put("after", "v")).revision()).isEqualTo(exportedState.revision() + 1);
        assertThat(read("after")).isEqualTo("v");
        assertThat(read("later")).isEmpty();
    }

    @Test
    public void commandsAfterInstallingSurviveReopening() throws Exception {
        Assumptions.assumeTrue(installsSnapshots());
        submit(put("k", "1"));
        byte[] exported = exportNow();
        submit(put("k", "2"));
        handle.installSnapshot(new ByteArrayInputStream(exported));
        submit(put("l", "3"));
        StateOf state = stateNow();

        handle.close();
        handle = open();

        assertThat(stateNow()).isEqualTo(state);
        assertThat(read("k")).isEqualTo("1");
        assertThat(read("l")).isEqualTo("3");
    }

    @Test
    public void damagedSnapshotLeavesTheStateAsItWas() throws Exception {
        Assumptions.assumeTrue(installsSnapshots());
        runRandom(50);
        byte[] exported = exportNow();
        submit(put("later", "v"));
        AppliedState before = appliedNow();
        // In the list of files: the content of a file that is here already is not looked at.
        byte[] cut = Arrays.copyOf(exported, 30);
        byte[] flipped = exported.clone();
        flipped[30] ^= 1;

        assertThatThrownBy(() -> handle.installSnapshot(new ByteArrayInputStream(cut)))
                .isInstanceOf(CorruptionException.class);
        assertThatThrownBy(() -> handle.installSnapshot(new ByteArrayInputStream(flipped)))
                .isInstanceOf(CorruptionException.class);

        assertThat(appliedNow()).isEqualTo(before);
        submit(put("still", "writable"));
        assertThat(read("still")).isEqualTo("writable");
    }

    @Test
    public void memberOfAClusterRefusesToInstall() throws Exception {
        Assumptions.assumeFalse(installsSnapshots());
        submit(put("k", "v"));
        byte[] exported = exportNow();
        StateOf before = stateNow();

        assertThatThrownBy(() -> handle.installSnapshot(new ByteArrayInputStream(exported)))
                .isInstanceOf(UnsupportedOperationException.class);

        assertThat(stateNow()).isEqualTo(before);
    }

    @Test
    public void snapshotClosesTwiceWithoutHarm() {
        submit(put("k", "v"));
        StateSnapshot snapshot = handle.snapshotState();
        snapshot.close();
        snapshot.close();
        assertThat(read("k")).isEqualTo("v");
    }

    private AppliedState appliedNow() {
        barrier();
        try (StoreView view = handle.view()) {
            return view.applied();
        }
    }

    private byte[] exportNow() throws IOException {
        try (StateSnapshot snapshot = handle.snapshotState()) {
            return exported(snapshot);
        }
    }

    private static byte[] exported(StateSnapshot snapshot) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        assertThat(snapshot.writeTo(target)).isEqualTo(target.size());
        return target.toByteArray();
    }

    private StateStore staged(byte[] exported) throws Exception {
        StateStore copy = emptyStore();
        try (StateStore.Staged staged = copy.stage(new StateArchive.Reader(new ByteArrayInputStream(exported)))) {
            staged.install(staged.applied().position());
        }
        return copy;
    }
}
