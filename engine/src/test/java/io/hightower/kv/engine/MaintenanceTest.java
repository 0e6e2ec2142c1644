package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.replication.local.LocalOptions;
import io.hightower.kv.replication.local.LocalReplication;
import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.log.LogOptions;
import io.hightower.kv.storage.log.SegmentedCommitLog;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import io.hightower.kv.storage.lsm.StoreOptions;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MaintenanceTest {
    private static final Duration GRACE = Duration.ofMinutes(5);

    private final SimulatedDisk disk = SimulatedDisk.empty();
    private final LogStructuredStore store =
            LogStructuredStore.open(disk, Bytes.wrap(new byte[16]), StoreOptions.ofMemory(8 << 20));
    private final LocalReplication replication = LocalReplication.open(
            new KvState(store),
            SegmentedCommitLog.open(disk, LogOptions.defaults(Bytes.wrap(new byte[16]))),
            localOptions());
    private final AtomicLong nanos = new AtomicLong();
    private final Options options =
            Options.at(Path.of("simulated")).withFreeDiskBytesMin(0).withTombstoneGrace(GRACE);
    private final Maintenance maintenance =
            new Maintenance(replication, store, new Admission(disk, options), options, nanos::get);

    @AfterEach
    void close() {
        maintenance.close();
        replication.close();
        store.close();
    }

    @Test
    void keepsATombstoneUntilItsGraceHasPassed() {
        deleteVersion(10);
        maintenance.runNow();

        pass(GRACE.minusSeconds(1));
        maintenance.runNow();
        assertThat(store.applied().tombstones()).isEqualTo(1);
        assertThat(putVersion(9)).isEqualTo(ApplyOutcome.IGNORED_STALE);

        pass(Duration.ofSeconds(1));
        maintenance.runNow();
        assertThat(store.applied().tombstones()).isZero();
    }

    @Test
    void neverReleasesATombstoneYoungerThanItsGrace() {
        submit(Command.put(Bytes.utf8("first"), Bytes.EMPTY));
        maintenance.runNow();
        pass(GRACE.minusSeconds(1));
        deleteVersion(10);

        pass(Duration.ofSeconds(1));
        maintenance.runNow();
        assertThat(store.applied().tombstones()).isEqualTo(1);

        pass(GRACE);
        maintenance.runNow();
        assertThat(store.applied().tombstones()).isZero();
    }

    @Test
    void releasesMoreTombstonesThanOneCommandTakes() {
        for (int i = 0; i < 2500; i++) {
            submit(new Command.Delete(Bytes.utf8("k" + i), 1));
        }
        maintenance.runNow();
        pass(GRACE);
        maintenance.runNow();
        assertThat(store.applied().tombstones()).isZero();
    }

    @Test
    void guardsTombstonesOfAStateThatReplacedANewerOne() {
        for (int i = 0; i < 10; i++) {
            submit(Command.put(Bytes.utf8("k" + i), Bytes.EMPTY));
        }
        maintenance.runNow();
        pass(GRACE);
        maintenance.stateReplaced();
        deleteVersion(10);

        maintenance.runNow();

        assertThat(store.applied().tombstones()).isEqualTo(1);
    }

    @Test
    void doesNotCountTheLogThatACheckpointContains() {
        submit(Command.put(Bytes.utf8("k"), Bytes.wrap(new byte[10_000])));
        assertThat(replication.logBytes()).isGreaterThan(10_000);

        maintenance.runNow();

        assertThat(replication.logBytes()).isLessThan(100);
    }

    @Test
    void runningNowWritesTheStateAndDropsTheLogItReplaces() {
        submit(Command.put(Bytes.utf8("k"), Bytes.wrap(new byte[10_000])));
        assertThat(store.durable().index()).isZero();

        maintenance.runNow();

        assertThat(store.durable()).isEqualTo(store.applied().position());
    }

    private void deleteVersion(long version) {
        submit(new Command.Delete(Bytes.utf8("k"), version));
    }

    private ApplyOutcome putVersion(long version) {
        return ((Result.PutResult) submit(new Command.Put(Bytes.utf8("k"), Bytes.EMPTY, version))).outcome();
    }

    private Result submit(Command command) {
        return replication.submit(command).join();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static LocalOptions localOptions() {
        return new LocalOptions(Limits.defaults(), 100, 64L << 20, Duration.ofSeconds(5), () -> 1, Metrics.none());
    }
}
