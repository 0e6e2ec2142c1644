package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.contract.StateStoreSnapshotContract;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.storage.simulated.SimulatedDisk;

class MemoryStateStoreContractTest extends StateStoreSnapshotContract {
    private final SimulatedDisk disk = SimulatedDisk.empty();

    @Override
    protected StateStore open() {
        return MemoryStateStore.open(disk, MemoryStoreOptions.of(StoreDriver.STORE_ID));
    }
}
