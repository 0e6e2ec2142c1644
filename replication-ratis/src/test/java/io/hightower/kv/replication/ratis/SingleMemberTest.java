package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.contract.ReplicationContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract, kept by a cluster of one member. */
final class SingleMemberTest extends ReplicationContract {
    @TempDir
    Path directory;

    private TestCluster cluster;

    @Override
    protected ReplicationHandle open() throws Exception {
        if (cluster == null) {
            cluster = TestCluster.of(1, directory);
        } else {
            cluster.stop("m1");
        }
        return cluster.start("m1");
    }
}
