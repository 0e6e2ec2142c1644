package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.contract.ReplicationContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, kept by a follower of three members: every command and every barrier goes to the leader first. */
final class FollowerContractTest extends ReplicationContract {
    @TempDir
    Path directory;

    private TestCluster cluster;
    private String name;

    @Override
    protected ReplicationHandle open() throws Exception {
        if (cluster == null) {
            cluster = TestCluster.of(3, directory).startAll();
            name = cluster.follower();
            return cluster.member(name);
        }
        cluster.stop(name);
        return cluster.start(name);
    }

    @AfterEach
    void closeOthers() {
        cluster.close();
    }
}
