package io.hightower.kv.storage.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two stores that began as copies of one give different files the same names. */
class DivergedCopyTest {
    private final SimulatedDisk home = SimulatedDisk.empty();
    private final SimulatedDisk away = SimulatedDisk.empty();

    @Test
    void refusesTheStateOfAnotherCopyAndKeepsItsOwn() {
        try (LogStructuredStore store = open(home)) {
            put(store, "common");
            store.checkpointTo(away);
            put(store, "here");
            store.checkpoint();
            try (LogStructuredStore copy = open(away)) {
                put(copy, "there");
                try (StateStore.PinnedState state = copy.pin()) {
                    assertThatThrownBy(() -> store.stage(state))
                            .isInstanceOf(StorageException.class)
                            .hasMessageContaining("same name");
                }
            }
        }
        SimulatedDisk found = home.reopenAfterPowerLoss(LossPolicy.ALL_SURVIVES, 0);
        try (LogStructuredStore store = open(found);
                StoreView view = store.view()) {
            StateReading.assertConsistent(view);
            assertThat(StateReading.text(view, "here")).hasValue("value");
            assertThat(StateReading.text(view, "there")).isEmpty();
        }
    }

    private static LogStructuredStore open(SimulatedDisk disk) {
        return LogStructuredStore.open(
                disk, StoreFixture.STORE_ID, StoreFixture.tiny(), BackgroundWork.onCallersThread());
    }

    private static void put(LogStructuredStore store, String key) {
        long next = store.applied().position().index() + 1;
        new KvState(store)
                .apply(
                        new LogPosition(0, next),
                        new Entry(0, List.of(Command.put(Bytes.utf8(key), Bytes.utf8("value")))));
    }
}
