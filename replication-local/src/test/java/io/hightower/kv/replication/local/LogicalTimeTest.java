package io.hightower.kv.replication.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.api.StateSnapshot;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the entries of a store without a cluster say about the time, and what moves it. */
class LogicalTimeTest {
    private static final long HOUR_MILLIS = 3_600_000;

    private final AtomicLong nanos = new AtomicLong(-5);
    private TreeMapStateStore store = new TreeMapStateStore();
    private ListCommitLog log = new ListCommitLog();
    private LocalReplication replication = open();

    private LocalReplication open() {
        LocalOptions defaults = LocalReplicationTest.options(100);
        return LocalReplication.open(
                new KvState(store),
                log,
                new LocalOptions(
                        defaults.limits(),
                        defaults.queueCommandsMax(),
                        defaults.queueBytesMax(),
                        defaults.enqueueTimeout(),
                        nanos::get,
                        defaults.metrics()));
    }

    @AfterEach
    void close() {
        replication.close();
    }

    @Test
    void entriesCarryTheTimeThatHasPassedByTheMonotonicClock() {
        write();
        pass(20);
        write();
        write();
        pass(HOUR_MILLIS);
        write();
        assertThat(times(log)).containsExactly(0L, 20L, 20L, HOUR_MILLIS + 20);
        assertThat(store.applied().logicalTimeMillis()).isEqualTo(HOUR_MILLIS + 20);
    }

    @Test
    void timePassesWithoutCommandsAndIsThatOfTheNextEntry() {
        write();
        pass(1_500);
        assertThat(replication.logicalTimeMillis()).hasValue(1_500);
        write();
        assertThat(times(log)).containsExactly(0L, 1_500L);
    }

    @Test
    void timeGoesOnWhereTheLogStoodWhenAProcessThatDiedIsStartedAgain() {
        pass(700);
        write();
        pass(HOUR_MILLIS);
        restart(new TreeMapStateStore(), log.afterCrash());

        assertThat(replication.logicalTimeMillis()).hasValue(700);
        pass(5);
        write();
        assertThat(times(log)).containsExactly(700L, 705L);
    }

    @Test
    void timeGoesOnWhereTheStateStoodWhenTheLogIsGone() {
        pass(700);
        write();
        replication.close();
        pass(HOUR_MILLIS);
        restart(store.reopen(), new ListCommitLog());

        write();
        pass(5);
        write();
        assertThat(times(log)).containsExactly(700L, 705L);
    }

    @Test
    void aClockWithAnotherOriginAsAfterABootOfTheMachineChangesNothing() {
        pass(HOUR_MILLIS);
        write();
        replication.close();
        for (long origin : new long[] {0, Long.MIN_VALUE, Long.MAX_VALUE}) {
            nanos.set(origin);
            restart(store.reopen(), new ListCommitLog());
            assertThat(replication.logicalTimeMillis()).hasValue(HOUR_MILLIS);
            replication.close();
        }
    }

    @Test
    void anInstalledStateBringsItsOwnTime() throws IOException {
        pass(40);
        write();
        byte[] exported = export();
        pass(HOUR_MILLIS);
        write();

        replication.installSnapshot(new ByteArrayInputStream(exported));
        assertThat(replication.logicalTimeMillis()).hasValue(40);
        pass(2);
        write();
        assertThat(store.applied().logicalTimeMillis()).isEqualTo(42);
    }

    private byte[] export() throws IOException {
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        try (StateSnapshot snapshot = replication.snapshotState()) {
            snapshot.writeTo(exported);
        }
        return exported.toByteArray();
    }

    @Test
    void timeIsNotTurnedBackForAnEntryThatTheLogRefused() {
        pass(40);
        log.failNextCommit(new DiskFullException("no space"));
        assertThatThrownBy(this::write).isInstanceOf(HightowerException.class);
        assertThat(replication.logicalTimeMillis()).hasValue(40);
        write();
        assertThat(times(log)).containsExactly(40L);
    }

    @Test
    void thereIsNoTimeOnceTheStoreIsClosedOrHasFailed() {
        log.failNextCommit(new StorageException("sync failed"));
        assertThatThrownBy(this::write).isInstanceOf(HightowerException.class);
        assertThat(replication.logicalTimeMillis()).isEmpty();

        restart(new TreeMapStateStore(), new ListCommitLog());
        assertThat(replication.logicalTimeMillis()).hasValue(0);
        replication.close();
        assertThat(replication.logicalTimeMillis()).isEmpty();
    }

    private void restart(TreeMapStateStore foundStore, ListCommitLog foundLog) {
        replication.close();
        store = foundStore;
        log = foundLog;
        replication = open();
    }

    private void pass(long millis) {
        nanos.addAndGet(millis * 1_000_000);
    }

    private void write() {
        replication.submitAndWait(Command.put(Bytes.utf8("k"), Bytes.utf8("v")));
    }

    private static List<Long> times(ListCommitLog log) {
        return log.entries().values().stream()
                .map(EntryCodec::decode)
                .map(Entry::logicalTimeMillis)
                .toList();
    }
}
