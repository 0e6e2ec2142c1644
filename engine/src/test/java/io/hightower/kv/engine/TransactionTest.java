package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.api.LocalEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions, ranges and compaction as users of the library see them, on the real store. */
class TransactionTest {
    private static final Bytes KEY = Bytes.utf8("k");

    private static Command.Put put(String key, String value) {
        return Command.put(Bytes.utf8(key), Bytes.utf8(value));
    }

    @Test
    void theFirstOfTwoCreatorsWins() {
        try (LocalEngine store = Hightower.inMemory()) {
            assertThat(create(store, "one").succeeded()).isTrue();
            Result.TxnResult second = create(store, "two");
            assertThat(second.succeeded()).isFalse();
            Result.RangeResult found = (Result.RangeResult) second.results().get(0);
            assertThat(found.keyValues()).extracting(KeyValue::value).containsExactly(Bytes.utf8("one"));
        }
    }

    private static Result.TxnResult create(LocalEngine store, String value) {
        return store.txn(new Command.Txn(
                List.of(Compare.number(KeyRange.single(KEY), Compare.Target.CREATE, Compare.Operator.EQUAL, 0)),
                List.of(put("k", value)),
                List.of(RangeRequest.of(KeyRange.single(KEY)))));
    }

    @Test
    void aPrefixIsReadSortedAndCut() {
        try (LocalEngine store = Hightower.inMemory()) {
            store.put(Bytes.utf8("a"), Bytes.utf8("3"));
            store.put(Bytes.utf8("b"), Bytes.utf8("1"));
            store.put(Bytes.utf8("c"), Bytes.utf8("2"));
            Result.RangeResult found = store.range(RangeRequest.of(KeyRange.all())
                    .sorted(RangeRequest.Direction.DESCENDING, RangeRequest.SortTarget.VALUE)
                    .limited(2));
            assertThat(found.keyValues())
                    .extracting(pair -> pair.key().toUtf8())
                    .containsExactly("a", "c");
            assertThat(found.more()).isTrue();
            assertThat(found.count()).isEqualTo(3);
        }
    }

    @Test
    void historyIsReadDownToTheCompactRevisionAlsoAfterMergesAndARestart(@TempDir Path directory) {
        Options keeping = Options.at(directory).withHistory(HistoryRetention.forever());
        try (LocalEngine store = Hightower.open(keeping)) {
            for (int i = 2; i <= 9; i++) {
                assertThat(store.put(KEY, Bytes.utf8("v" + i)).revision()).isEqualTo(i);
            }
            assertThat(store.compact(5).compactRevision()).isEqualTo(5);
            store.runCompactionNow();
            assertHistory(store);
            assertThatThrownBy(() -> store.compact(5))
                    .isInstanceOfSatisfying(
                            RefusedException.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.COMPACTED));
        }
        try (LocalEngine store = Hightower.open(keeping)) {
            assertHistory(store);
        }
    }

    @Test
    void historyIsCompactedByItselfAsFarAsConfigured(@TempDir Path directory) {
        Options options = Options.at(directory)
                .withMaintenanceInterval(Duration.ofMillis(10))
                .withHistory(HistoryRetention.ofRevisions(3).every(Duration.ofSeconds(1)));
        try (LocalEngine store = Hightower.open(options)) {
            for (int i = 2; i <= 8; i++) {
                store.put(KEY, Bytes.utf8("v" + i));
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> store.applied().compactRevision() == 5);
            store.put(KEY, Bytes.utf8("v9"));
            assertHistory(store);
        }
    }

    @Test
    void compactingNowKeepsTheRetention(@TempDir Path directory) {
        Options options = Options.at(directory)
                .withHistory(HistoryRetention.ofRevisions(4).every(Duration.ofDays(1)));
        try (LocalEngine store = Hightower.open(options)) {
            for (int i = 2; i <= 9; i++) {
                store.put(KEY, Bytes.utf8("v" + i));
            }
            store.runCompactionNow();
            assertHistory(store);
        }
    }

    private static void assertHistory(LocalEngine store) {
        for (int revision = 5; revision <= 9; revision++) {
            assertThat(store.range(RangeRequest.of(KeyRange.single(KEY)).atRevision(revision))
                            .keyValues())
                    .extracting(KeyValue::value)
                    .containsExactly(Bytes.utf8("v" + revision));
        }
        assertThatThrownBy(
                        () -> store.range(RangeRequest.of(KeyRange.single(KEY)).atRevision(4)))
                .isInstanceOf(RevisionUnavailableException.class);
        assertThatThrownBy(
                        () -> store.range(RangeRequest.of(KeyRange.single(KEY)).atRevision(10)))
                .isInstanceOf(RevisionUnavailableException.class);
    }
}
