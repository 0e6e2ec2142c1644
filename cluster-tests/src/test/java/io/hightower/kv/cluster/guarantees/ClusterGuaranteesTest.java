package io.hightower.kv.cluster.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The guarantees hold in a cluster whose leader goes and comes back, for watchers on every member, and for leases meanwhile. */
class ClusterGuaranteesTest {
    private static final long SECONDS = Long.getLong("hightower.guaranteeSeconds", 6);

    /** Lives from before the first change of leader to after the last. */
    private static final long KEPT_LEASE = 77;

    private static final long KEPT_SECONDS = 60 + 2 * SECONDS;

    @Test
    void everyGuaranteeHoldsAcrossChangesOfLeader(@TempDir Path directory, TestInfo test) {
        SeededRuns.of(test).count(1).checkEach(random -> {
            try (Members members = Members.cluster(directory.resolve(Long.toString(System.nanoTime())), 3)) {
                leader(members);
                GuaranteeRun run = new GuaranteeRun(members, random);
                hangKeyOnLease(run, leader(members));
                for (int part = 0; part < 2; part++) {
                    run.work(Duration.ofMillis(SECONDS * 1000 / 4));
                    String leader = leader(members);
                    members.close(leader);
                    run.work(Duration.ofMillis(SECONDS * 1000 / 8));
                    leader(members);
                    members.open(leader);
                }
                run.work(Duration.ofMillis(SECONDS * 1000 / 4));
                String leader = leader(members);
                assertThat(run.client("keeper", leader).renewLease(KEPT_LEASE).ttlSeconds())
                        .as("the lease that was granted before the first change of leader")
                        .isEqualTo(KEPT_SECONDS);
                assertThat(run.client("keeper", leader).revokeLease(KEPT_LEASE).deleted())
                        .isEqualTo(1);
                run.settle();
                run.judge("cluster");
            }
        });
    }

    private static void hangKeyOnLease(GuaranteeRun run, String member) {
        run.client("keeper", member).grantLease(KEPT_LEASE, KEPT_SECONDS);
        run.client("keeper", member)
                .put(new Command.Put(
                        Bytes.utf8("kept"), Bytes.utf8("kept"), Command.NO_VERSION, PutOptions.lease(KEPT_LEASE)));
    }

    private static String leader(Members members) {
        Awaitility.await("a member leads")
                .atMost(Duration.ofSeconds(GuaranteeRun.PATIENCE_SECONDS))
                .until(() -> members.leader().isPresent());
        return members.leader().orElseThrow();
    }
}
