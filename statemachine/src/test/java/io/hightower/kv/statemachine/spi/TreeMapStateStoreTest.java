package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.contract.StateStoreSnapshotContract;

class TreeMapStateStoreTest extends StateStoreSnapshotContract {
    private TreeMapStateStore place = new TreeMapStateStore();

    @Override
    protected StateStore open() {
        place = place.reopen();
        return place;
    }
}
