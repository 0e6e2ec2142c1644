package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When history is compacted, and how far, by a clock that the test moves. */
class AutoCompactionTest {
    private final HandMovedReplication replication = new HandMovedReplication();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);

    @AfterEach
    void close() {
        replication.close();
    }

    private AutoCompaction keeping(HistoryRetention retention) {
        return new AutoCompaction(replication, replication.store, retention, nanos::get);
    }

    /** Lets a time pass with one write a second, tending each time. */
    private void write(AutoCompaction compaction, Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            replication.apply(Command.put(Bytes.utf8("k"), Bytes.EMPTY));
            compaction.tend();
        }
    }

    private long revision() {
        return replication.store.applied().revision();
    }

    private long compactRevision() {
        return replication.store.applied().compactRevision();
    }

    @Test
    void byAgeTheFirstCompactionComesAfterTheWholeTimeAndKeepsWhatWasNewestWithinIt() {
        AutoCompaction compaction = keeping(HistoryRetention.ofAge(Duration.ofMinutes(10)));
        compaction.tend();
        write(compaction, Duration.ofSeconds(599));
        assertThat(replication.proposed).isEmpty();

        write(compaction, Duration.ofSeconds(1));
        // What was the newest when the first note was taken, which was before the first write.
        assertThat(replication.proposed).containsExactly(new Command.Compact(1));

        write(compaction, Duration.ofMinutes(10).minusSeconds(1));
        assertThat(replication.proposed).hasSize(1);
        write(compaction, Duration.ofSeconds(1));
        assertThat(compactRevision()).isEqualTo(revision() - 600);
    }

    @Test
    void byAgeALongTimeIsCompactedEveryHourAndKeptToTheSixMinutes() {
        AutoCompaction compaction = keeping(HistoryRetention.ofAge(Duration.ofHours(3)));
        compaction.tend();
        write(compaction, Duration.ofHours(3).minusSeconds(1));
        assertThat(replication.proposed).isEmpty();
        write(compaction, Duration.ofHours(2).plusMinutes(4));
        assertThat(replication.proposed).hasSize(3);
        assertThat(revision() - compactRevision()).isBetween(3 * 3600L, 4 * 3600L);
        assertThat((compactRevision() - 1) % 360).isZero();
    }

    @Test
    void theIntervalIsAKnobOfItsOwn() {
        AutoCompaction compaction =
                keeping(HistoryRetention.ofAge(Duration.ofMinutes(10)).every(Duration.ofMinutes(2)));
        compaction.tend();
        write(compaction, Duration.ofMinutes(20));
        assertThat(replication.proposed).hasSize(6);
    }

    @Test
    void byNumberItIsCompactedEveryFiveMinutesToSoManyBeforeTheNewest() {
        AutoCompaction compaction = keeping(HistoryRetention.ofRevisions(100));
        compaction.tend();
        write(compaction, Duration.ofSeconds(299));
        assertThat(replication.proposed).isEmpty();
        write(compaction, Duration.ofSeconds(1));
        assertThat(compactRevision()).isEqualTo(revision() - 100);
        write(compaction, Duration.ofMinutes(5));
        assertThat(compactRevision()).isEqualTo(revision() - 100);
        assertThat(replication.proposed).hasSize(2);
    }

    @Test
    void aStoreThatNobodyWritesToIsCompactedOnceAndOneWithFewRevisionsNever() {
        AutoCompaction byAge = keeping(HistoryRetention.ofAge(Duration.ofMinutes(1)));
        AutoCompaction byNumber = keeping(HistoryRetention.ofRevisions(1000));
        replication.apply(Command.put(Bytes.utf8("k"), Bytes.EMPTY));
        for (int second = 0; second < 3600; second++) {
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            byAge.tend();
            byNumber.tend();
        }
        assertThat(replication.proposed).containsExactly(new Command.Compact(2));
    }

    @Test
    void whatSomebodyElseCompactedFurtherIsLeftAsItIs() {
        AutoCompaction compaction = keeping(HistoryRetention.ofAge(Duration.ofMinutes(1)));
        write(compaction, Duration.ofSeconds(30));
        replication.apply(new Command.Compact(revision()));
        write(compaction, Duration.ofSeconds(60));
        assertThat(replication.proposed).isEmpty();
        write(compaction, Duration.ofSeconds(1));
        assertThat(replication.proposed).hasSize(1);
    }

    @Test
    void aCompactionThatSomebodyElseForestalledIsAsGoodAsDone() {
        AutoCompaction compaction = keeping(HistoryRetention.ofRevisions(100));
        compaction.tend();
        write(compaction, Duration.ofSeconds(299));
        replication.precede(new Command.Compact(300));
        write(compaction, Duration.ofSeconds(1));
        assertThat(replication.proposed).hasSize(1);
        assertThat(compactRevision()).isEqualTo(300);
        write(compaction, Duration.ofSeconds(299));
        assertThat(replication.proposed).hasSize(1);
    }

    @Test
    void aFollowerCompactsNothingAndGoesOnWhereTheLeaderStoppedWhenItLeads() {
        AutoCompaction compaction = keeping(HistoryRetention.ofAge(Duration.ofMinutes(10)));
        replication.follow();
        write(compaction, Duration.ofMinutes(30));
        assertThat(replication.proposed).isEmpty();

        replication.lead(0);
        compaction.tend();
        assertThat(compactRevision()).isBetween(revision() - 660, revision() - 600);
    }

    @Test
    void changesOfTheLeaderDoNotPutOffACompactionByNumber() {
        AutoCompaction compaction = keeping(HistoryRetention.ofRevisions(100));
        write(compaction, Duration.ofMinutes(4));
        assertThat(replication.proposed).isEmpty();
        replication.follow();
        write(compaction, Duration.ofMinutes(4));
        replication.lead(0);
        write(compaction, Duration.ofSeconds(1));
        assertThat(replication.proposed).hasSize(1);
    }

    @Test
    void anInstalledStateIsOfNoAge() {
        AutoCompaction compaction = keeping(HistoryRetention.ofAge(Duration.ofMinutes(10)));
        write(compaction, Duration.ofMinutes(9));
        compaction.stateReplaced();
        write(compaction, Duration.ofMinutes(10));
        assertThat(replication.proposed).isEmpty();
        write(compaction, Duration.ofSeconds(1));
        assertThat(replication.proposed).hasSize(1);
    }

    @Test
    void whatCouldNotBeProposedIsTriedAgainAndNotAfterAnInterval() {
        AutoCompaction compaction = keeping(HistoryRetention.ofAge(Duration.ofMinutes(10)));
        write(compaction, Duration.ofMinutes(10));
        replication.refuse(true);
        assertThatThrownBy(() -> write(compaction, Duration.ofSeconds(1))).isInstanceOf(NotReplicatedException.class);
        replication.refuse(false);
        compaction.tend();
        assertThat(compactRevision()).isPositive();
    }

    @Test
    void nothingIsCompactedUnaskedWhereHistoryIsForeverOrNotKept() {
        for (HistoryRetention retention : List.of(HistoryRetention.forever(), HistoryRetention.none())) {
            AutoCompaction compaction = keeping(retention);
            write(compaction, Duration.ofHours(3));
            compaction.compactNow();
        }
        assertThat(replication.proposed).isEmpty();
    }

    @Test
    void compactingNowKeepsTheRetentionAndNotTheInterval() {
        AutoCompaction compaction = keeping(HistoryRetention.ofRevisions(100));
        write(compaction, Duration.ofMinutes(3));
        compaction.compactNow();
        assertThat(compactRevision()).isEqualTo(revision() - 100);
    }
}
