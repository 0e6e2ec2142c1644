package io.hightower.kv.replication.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Threads that wait and threads that do not, at once: each acknowledged command is logged and applied once, a refused one
 * never, and the commands of one thread in its order, whatever comes in between.
 */
class TrafficTest {
    private static final int THREADS = 5;
    private static final int COMMANDS = 120;

    /** What disturbs the traffic once it is under way. */
    private interface Disturbance {
        void disturb(CountedTraffic traffic, LocalReplication replication, ListCommitLog log);
    }

    @Test
    void everyCommandIsAppliedOnce(TestInfo test) {
        SeededRuns.of(test).count(10).checkEach(random -> {
            CountedTraffic traffic = run(random, (undisturbed, replication, log) -> {});
            assertThat(traffic.acknowledged()).hasSize(THREADS * COMMANDS);
        });
    }

    @Test
    void interruptsLoseAndBreakNothing(TestInfo test) {
        SeededRuns.of(test).count(10).checkEach(random -> {
            CountedTraffic traffic = run(random, (disturbed, replication, log) -> {
                for (int i = 0; i < 200; i++) {
                    disturbed.interrupt(i);
                    Thread.onSpinWait();
                }
            });
            // Interrupted while it waited for room in the queue: the queue is never full here.
            assertThat(traffic.refused()).isEmpty();
        });
    }

    @Test
    void closingAnswersEveryCommand(TestInfo test) {
        SeededRuns.of(test)
                .count(10)
                .checkEach(random -> run(random, (traffic, replication, log) -> replication.close()));
    }

    @Test
    void aFailingDiskGivesTheTwoTypedErrorsOnly(TestInfo test) {
        SeededRuns.of(test)
                .count(10)
                .checkEach(random -> run(random, (failing, replication, log) -> {
                    log.failNextCommit(new StorageException("planted"));
                    assertThatThrownBy(() -> {
                                for (int i = 0; i <= THREADS * COMMANDS; i++) {
                                    replication.submitAndWait(Command.put(Bytes.utf8("breaking-" + i), Bytes.EMPTY));
                                }
                            })
                            .isInstanceOf(HightowerException.class);
                }));
    }

    private static CountedTraffic run(RandomGenerator random, Disturbance disturbance) throws InterruptedException {
        TreeMapStateStore store = new TreeMapStateStore();
        ListCommitLog log = new ListCommitLog();
        CountedTraffic traffic;
        try (LocalReplication replication =
                LocalReplication.open(new KvState(store), log, LocalReplicationTest.options(8192))) {
            traffic = new CountedTraffic(replication);
            traffic.begin(THREADS, COMMANDS, random.nextLong(1_000_000));
            traffic.awaitAcknowledged(random.nextInt(THREADS * COMMANDS / 2));
            disturbance.disturb(traffic, replication, log);
            traffic.awaitEnd();
        }
        Map<String, Integer> logged = logged(log);
        assertThat(logged.keySet()).containsAll(traffic.acknowledged());
        assertThat(traffic.refused()).noneMatch(logged::containsKey);
        try (StoreView view = store.view()) {
            assertThat(view.len()).isEqualTo(logged.size());
            assertThat(view.revision()).isEqualTo(1L + logged.size());
        }
        return traffic;
    }

    /** Returns the keys in the log, and checks that each is there once and that the keys of a thread are in order. */
    private static Map<String, Integer> logged(ListCommitLog log) {
        Map<String, Integer> keys = new HashMap<>();
        Map<String, Integer> lastOfThread = new HashMap<>();
        log.committed().values().forEach(payload -> {
            for (Command command : EntryCodec.decode(payload).commands()) {
                String key = new String(((Command.Put) command).key().toByteArray(), StandardCharsets.UTF_8);
                assertThat(keys.put(key, keys.size())).as(key).isNull();
                List<String> parts = List.of(key.split("-"));
                int number = Integer.parseInt(parts.get(1));
                Integer before = lastOfThread.put(parts.get(0), number);
                assertThat(before == null ? -1 : before).as(key).isLessThan(number);
            }
        });
        return keys;
    }
}
