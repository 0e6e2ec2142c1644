package io.hightower.kv.statemachine.contract;

import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;

class SynchronousReplicationTest extends ReplicationSnapshotContract {
    private TreeMapStateStore place = new TreeMapStateStore();

    @Override
    protected ReplicationHandle open() {
        place = place.reopen();
        return new SynchronousReplication(place, Limits.defaults());
    }

    @Override
    protected StateStore emptyStore() {
        return new TreeMapStateStore();
    }
}
