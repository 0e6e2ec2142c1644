package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.contract.StateStoreHistoryContract;

class HistoryStateStoreTest extends StateStoreHistoryContract {
    @Override
    protected StateStore open() {
        return new HistoryStateStore();
    }

    @Override
    protected StateStore reopen(StateStore present) {
        return present;
    }

    @Override
    protected StateStore copy(StateStore present) {
        return present;
    }
}
