package io.hightower.kv.engine;

import io.hightower.kv.replication.local.LocalOptions;
import io.hightower.kv.replication.local.LocalReplication;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.contract.ReplicationSnapshotContract;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.FileDisk;
import io.hightower.kv.storage.log.LogOptions;
import io.hightower.kv.storage.log.SegmentedCommitLog;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import io.hightower.kv.storage.lsm.StoreOptions;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** The promises that every replication makes, kept by a local one on the real storage in a real directory. */
class LocalOnDiskContractTest extends ReplicationSnapshotContract {
    @TempDir
    private Path directory;

    @Override
    protected ReplicationHandle open() {
        FileDisk disk = FileDisk.open(directory);
        StateStore store = openStore(disk);
        SegmentedCommitLog log = SegmentedCommitLog.open(disk, LogOptions.defaults(Bytes.wrap(new byte[16])));
        return LocalReplication.open(
                new KvState(store),
                log,
                new LocalOptions(
                        Limits.defaults(), 8192, 64L << 20, Duration.ofSeconds(5), System::nanoTime, Metrics.none()));
    }

    @Override
    protected StateStore emptyStore() {
        return openStore(SimulatedDisk.empty());
    }

    private static StateStore openStore(Disk disk) {
        return LogStructuredStore.open(disk, Bytes.wrap(new byte[16]), StoreOptions.ofMemory(8 << 20));
    }
}
