package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.contract.StateStoreHistoryContract;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.IOException;

/** Holds the store to what every state store with history must keep, while it flushes and merges all the time. */
class KeptHistoryContractTest extends StateStoreHistoryContract {
    private SimulatedDisk disk = SimulatedDisk.empty();
    private int stores;
    private Bytes storeId = Bytes.EMPTY;

    @Override
    protected StateStore open() {
        return openEmptyDirectory();
    }

    private LogStructuredStore openEmptyDirectory() {
        disk = SimulatedDisk.empty();
        storeId = Bytes.utf8("the store of " + (100 + stores++));
        return openDirectory();
    }

    private LogStructuredStore openDirectory() {
        return LogStructuredStore.open(
                disk, storeId, StoreFixture.tiny().withKeepHistory(true), BackgroundWork.onCallersThread());
    }

    @Override
    protected StateStore reopen(StateStore present) {
        present.close();
        return openDirectory();
    }

    /** Copies by links and by a transfer, in turn. */
    @Override
    protected StateStore copy(StateStore present) throws IOException {
        return present.applied().position().index() % 2 == 0 ? linked(present) : installed(present);
    }

    private StateStore linked(StateStore present) {
        SimulatedDisk target = SimulatedDisk.empty();
        ((LogStructuredStore) present).checkpointTo(target);
        present.close();
        disk = target;
        return openDirectory();
    }

    private StateStore installed(StateStore present) throws IOException {
        StateStore other = openEmptyDirectory();
        try (present;
                StateStore.PinnedState pinned = present.pin();
                StateStore.Staged staged = other.stage(pinned)) {
            staged.install(present.applied().position());
        }
        return other;
    }
}
