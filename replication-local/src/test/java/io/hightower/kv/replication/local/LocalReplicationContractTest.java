package io.hightower.kv.replication.local;

import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.contract.ReplicationSnapshotContract;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;

/** The promises that every replication makes, kept by a local one. */
class LocalReplicationContractTest extends ReplicationSnapshotContract {
    private TreeMapStateStore store = new TreeMapStateStore();
    private ListCommitLog log = new ListCommitLog();
    private boolean openedBefore;

    @Override
    protected ReplicationHandle open() {
        if (openedBefore) {
            store = store.reopen();
            log = log.afterCrash();
        }
        openedBefore = true;
        return LocalReplication.open(new KvState(store), log, LocalReplicationTest.options(8192));
    }

    @Override
    protected StateStore emptyStore() {
        return new TreeMapStateStore();
    }
}
