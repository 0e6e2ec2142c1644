package io.hightower.kv.storage.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** What a merge may drop is decided by what is durable. */
class DurableHorizonTest {
    private static final Bytes KEY = Bytes.utf8("k");
    private static final StoreOptions OPTIONS = StoreFixture.tiny().withKeepHistory(true);

    private final Queue<Runnable> merges = new ArrayDeque<>();

    @Test
    void aCompactRevisionThatPowerLossTakesBackHasDroppedNothing() {
        SimulatedDisk disk = SimulatedDisk.empty();
        LogStructuredStore store = LogStructuredStore.open(
                disk, StoreFixture.STORE_ID, OPTIONS, new BackgroundWork(Runnable::run, merges::add, () -> {}));
        for (long revision = 2; revision <= 9; revision++) {
            StateStore.Edit edit = store.edit();
            edit.write(version(revision));
            edit.publish(state(revision - 1, revision, 0));
            store.checkpoint();
        }
        store.edit().publish(state(9, 9, 9));
        while (!merges.isEmpty()) {
            merges.remove().run();
        }
        store.close();

        SimulatedDisk after = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        try (LogStructuredStore reopened = LogStructuredStore.open(
                        after, StoreFixture.STORE_ID, OPTIONS, BackgroundWork.onCallersThread());
                StoreView view = reopened.view()) {
            assertThat(view.applied().compactRevision()).isZero();
            for (long revision = 2; revision <= 9; revision++) {
                assertThat(view.at(revision).get(KEY))
                        .as("revision %s", revision)
                        .hasValue(version(revision).toKeyValue());
            }
        }
    }

    private static KeyRecord version(long revision) {
        Bytes value = Bytes.utf8("at " + revision);
        return new KeyRecord(KEY, true, value, 2, new Revision(revision, 0), revision - 1, revision);
    }

    private static AppliedState state(long index, long revision, long compactRevision) {
        return new AppliedState(new LogPosition(0, index), revision, revision, 0, compactRevision, 0, 1, 0, 0);
    }
}
