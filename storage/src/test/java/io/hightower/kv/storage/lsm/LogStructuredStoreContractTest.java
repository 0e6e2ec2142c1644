package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.contract.StateStoreSnapshotContract;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.storage.simulated.SimulatedDisk;

/** Holds the store to what every state store must keep, with everything in the background done at once. */
class LogStructuredStoreContractTest extends StateStoreSnapshotContract {
    private final SimulatedDisk disk = SimulatedDisk.empty();

    @Override
    protected StateStore open() {
        return LogStructuredStore.open(
                disk, StoreFixture.STORE_ID, StoreOptions.ofMemory(64 << 20), BackgroundWork.onCallersThread());
    }

    /** Random commands flush and merge all the time. */
    @Override
    protected StateStore openAnother() {
        return LogStructuredStore.open(
                SimulatedDisk.empty(), StoreFixture.STORE_ID, StoreFixture.tiny(), BackgroundWork.onCallersThread());
    }
}
