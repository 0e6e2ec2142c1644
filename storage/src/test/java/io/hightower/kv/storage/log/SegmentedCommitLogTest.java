package io.hightower.kv.storage.log;

import static io.hightower.kv.storage.log.LogFixture.OPTIONS;
import static io.hightower.kv.storage.log.LogFixture.commit;
import static io.hightower.kv.storage.log.LogFixture.entries;
import static io.hightower.kv.storage.log.LogFixture.entriesEnd;
import static io.hightower.kv.storage.log.LogFixture.openEmpty;
import static io.hightower.kv.storage.log.LogFixture.reopen;
import static io.hightower.kv.storage.log.LogFixture.segments;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.TooLargeException;
import io.hightower.kv.statemachine.spi.CommitLog;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class SegmentedCommitLogTest {
    private final SimulatedDisk disk = SimulatedDisk.empty();

    @Test
    void startsEmptyWithIndexOne() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS);

        assertThat(log.firstIndex()).isEqualTo(1);
        assertThat(log.lastIndex()).isZero();
        assertThat(log.bytes()).isZero();
    }

    @Test
    void replaysEntriesFromTheGivenIndexOn() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS);
        commit(log, "a", "", "c");
        commit(log, "d");
        log.close();

        assertThat(entries(disk)).containsExactly("1=a", "2=", "3=c", "4=d");
        assertThat(entries(disk, 3)).containsExactly("3=c", "4=d");
        assertThat(entries(disk, 5)).isEmpty();
        assertThat(entries(disk, 99)).isEmpty();
    }

    @Test
    void writesGroupDurablyOnceAndThenMarks() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS);
        commit(log, "first");
        long before = disk.operations();

        commit(log, "a", "b", "c");

        long durableWriteAndMark = 2;
        assertThat(disk.operations() - before).isEqualTo(durableWriteAndMark);
    }

    @Test
    void holdsEntriesOf64MebibytesAndOfZeroBytes() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS);
        Bytes large = LogModel.payload(1, 64 << 20);
        log.append(1, large);
        log.append(2, Bytes.EMPTY);
        log.commit();
        log.close();

        SegmentedCommitLog reopened = SegmentedCommitLog.open(disk, OPTIONS);
        reopened.replay(1, (index, payload) -> assertThat(payload.equals(index == 1 ? large : Bytes.EMPTY))
                .isTrue());
        assertThat(reopened.lastIndex()).isEqualTo(2);
    }

    @Test
    void refusesEntryBeyondTheFormat() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS);
        Bytes tooLarge = Bytes.wrap(new byte[LogFormat.PAYLOAD_BYTES_MAX + 1]);

        assertThatThrownBy(() -> log.append(1, tooLarge)).isInstanceOf(TooLargeException.class);
        assertThat(log.lastIndex()).isZero();
    }

    @Test
    void refusesGapsInIndexes() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS);

        assertThatThrownBy(() -> log.append(2, Bytes.EMPTY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("index=2 lastIndex=0");
    }

    @Test
    void refusesUseBeforeReplayAndAfterClose() {
        SegmentedCommitLog log = SegmentedCommitLog.open(disk, OPTIONS);
        assertThatThrownBy(() -> log.append(1, Bytes.EMPTY)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(log::lastIndex).isInstanceOf(IllegalStateException.class);

        log.close();
        log.close();

        assertThatThrownBy(log::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> log.trim(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void rollsToNewSegmentAndTrimsWholeSegments() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSegmentBytes(256));
        for (int i = 0; i < 10; i++) {
            commit(log, "x".repeat(50));
        }
        assertThat(segments(disk))
                .containsExactly(
                        LogFormat.fileName(1),
                        LogFormat.fileName(3),
                        LogFormat.fileName(5),
                        LogFormat.fileName(7),
                        LogFormat.fileName(9));

        log.trim(5);

        assertThat(segments(disk)).containsExactly(LogFormat.fileName(5), LogFormat.fileName(7), LogFormat.fileName(9));
        assertThat(log.firstIndex()).isEqualTo(5);
        assertThat(log.bytes())
                .isEqualTo(segments(disk).stream()
                        .mapToLong(name -> entriesEnd(disk.content(name)))
                        .sum());
        assertThat(entries(disk, 6)).hasSize(5);
    }

    @Test
    void trimsOnAnotherThreadWhileEntriesAreAppended() throws InterruptedException {
        int count = 500;
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSegmentBytes(256));
        AtomicLong acknowledged = new AtomicLong();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread trimmer = new Thread(() -> {
            while (acknowledged.get() < count) {
                log.trim(acknowledged.get() / 2);
            }
        });
        trimmer.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
        trimmer.start();
        for (int i = 1; i <= count; i++) {
            commit(log, "entry " + i);
            acknowledged.set(i);
        }
        trimmer.join();
        log.trim(count / 2);

        assertThat(failure.get()).isNull();
        assertThat(log.firstIndex()).isBetween(count / 2 - 10L, count / 2 + 1L);
        assertThat(entries(disk, log.firstIndex())).endsWith("500=entry 500");
    }

    @Test
    void neverTrimsTheLastSegment() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSegmentBytes(256));
        commit(log, "a");
        log.trim(Long.MAX_VALUE);
        log.close();

        assertThat(entries(disk)).containsExactly("1=a");
    }

    @Test
    void resetForgetsEverythingAndGoesOnAtTheGivenIndex() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS);
        commit(log, "a", "b");

        log.reset(50);
        assertThat(log.firstIndex()).isEqualTo(50);
        assertThat(log.lastIndex()).isEqualTo(49);
        commit(log, "fifty");

        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        assertThat(entries(found, 50)).containsExactly("50=fifty");
    }

    @Test
    void resetRefusesIndexThatWasUsed() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS);
        commit(log, "a", "b");

        assertThatThrownBy(() -> log.reset(2)).isInstanceOf(IllegalArgumentException.class);
        commit(log, "c");
        assertThat(entries(disk)).containsExactly("1=a", "2=b", "3=c");
    }

    @Test
    void deletesLeftoversOfInterruptedSegmentCreation() {
        disk.place(LogFormat.fileName(7) + ".tmp", new byte[3]);
        disk.place("snapshot.tmp", new byte[3]);

        commit(openEmpty(disk, OPTIONS), "a");

        assertThat(disk.list()).containsExactly(LogFormat.fileName(1), "snapshot.tmp");
    }

    @Test
    void intervalSyncsWhenDueAndSaysWhen() {
        AtomicLong now = new AtomicLong();
        SegmentedCommitLog log = openEmpty(
                disk,
                OPTIONS.withSyncPolicy(SyncPolicy.interval(Duration.ofNanos(100)))
                        .withNanoClock(now::get));
        assertThat(log.syncDueNanos()).isEqualTo(CommitLog.NOTHING_TO_SYNC);

        commit(log, "a");
        now.set(40);
        assertThat(log.syncDueNanos()).isEqualTo(60);
        long operations = disk.operations();
        log.commit();
        assertThat(disk.operations()).as("nothing was due").isEqualTo(operations);
        now.set(170);
        assertThat(log.syncDueNanos()).isZero();
        log.commit();

        assertThat(log.syncDueNanos()).isEqualTo(CommitLog.NOTHING_TO_SYNC);
        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        assertThat(entries(found)).containsExactly("1=a");
    }

    @Test
    void afterBytesSyncsOnceSoManyWait() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSyncPolicy(SyncPolicy.afterBytes(100)));
        commit(log, "first");
        long operations = disk.operations();
        commit(log, "x");
        assertThat(disk.operations() - operations).as("write only").isEqualTo(1);

        commit(log, "x".repeat(50));

        assertThat(disk.operations() - operations)
                .as("write; write, sync, mark")
                .isEqualTo(4);
        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        assertThat(entries(found)).hasSize(3);
    }

    @Test
    void neverSyncsUntilAskedOrClosed() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSyncPolicy(SyncPolicy.never()));
        commit(log, "a");
        long operations = disk.operations();
        commit(log, "b");
        assertThat(disk.operations() - operations).isEqualTo(1);
        assertThat(log.syncDueNanos()).isEqualTo(CommitLog.NOTHING_TO_SYNC);

        log.sync();

        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        assertThat(entries(found)).containsExactly("1=a", "2=b");
    }

    @Test
    void closeMakesEverythingDurableWhateverThePolicy() {
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withSyncPolicy(SyncPolicy.never()));
        commit(log, "a");
        log.close();

        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1);
        assertThat(entries(found)).containsExactly("1=a");
    }

    @Test
    void countsWhatItDoes() {
        CountingMetrics metrics = new CountingMetrics();
        SegmentedCommitLog log = openEmpty(disk, OPTIONS.withMetrics(metrics));
        commit(log, "ab", "c");

        assertThat(metrics.counts)
                .containsEntry("log.append.entries", 2L)
                .containsEntry("log.append.groups", 1L)
                .containsEntry("log.append.bytes", 2L * LogFormat.RECORD_HEADER_BYTES + 3)
                .containsEntry("log.sync", 1L);
        assertThat(metrics.gauges.get("log.segments").getAsLong()).isEqualTo(1);
        assertThat(metrics.gauges.get("log.bytes").getAsLong()).isEqualTo(log.bytes());
    }

    @Test
    void reopensManyTimesWithoutGrowing() {
        commit(openEmpty(disk, OPTIONS), "a");
        disk.endProcess();
        reopen(disk, OPTIONS);
        int length = disk.content(LogFormat.fileName(1)).length;

        for (int i = 0; i < 5; i++) {
            disk.endProcess();
            reopen(disk, OPTIONS).close();
        }

        assertThat(disk.content(LogFormat.fileName(1))).hasSize(length);
    }

    private static final class CountingMetrics implements Metrics {
        private final Map<String, Long> counts = new TreeMap<>();
        private final Map<String, LongSupplier> gauges = new TreeMap<>();

        @Override
        public Counter counter(String name, String help) {
            return amount -> counts.merge(name, amount, Long::sum);
        }

        @Override
        public Timer timer(String name, String help) {
            return new Timer() {
                @Override
                public long start() {
                    return 1;
                }

                @Override
                public void stop(long started) {
                    counts.merge(name, started, Long::sum);
                }
            };
        }

        @Override
        public Distribution distribution(String name, String help) {
            return Metrics.none().distribution(name, help);
        }

        @Override
        public Metrics labelled(String label, String value) {
            return this;
        }

        @Override
        public Scope scope() {
            return Metrics.none().scope();
        }

        @Override
        public void gauge(String name, String help, LongSupplier value) {
            gauges.put(name, value);
        }
    }
}
