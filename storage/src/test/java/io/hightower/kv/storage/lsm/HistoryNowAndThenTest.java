package io.hightower.kv.storage.lsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** History that is kept in one life of a store and not in the next. */
class HistoryNowAndThenTest {
    private final SimulatedDisk disk = SimulatedDisk.empty();

    @Test
    void whatAMergeWithoutHistoryDroppedIsNotTakenForHistoryLater() {
        try (LogStructuredStore store = open(true)) {
            put(store, "first");
            put(store, "second");
            store.checkpoint();
        }
        try (LogStructuredStore store = open(false)) {
            // Nothing is flushed: the merge alone drops the first value.
            store.compact();
        }
        try (LogStructuredStore store = open(true);
                StoreView view = store.view()) {
            assertThat(view.oldestRevision()).isEqualTo(3);
            assertThatThrownBy(() -> view.at(2)).isInstanceOf(RevisionUnavailableException.class);
            assertThatThrownBy(() -> view.changes(2)).isInstanceOf(RevisionUnavailableException.class);
        }
    }

    private LogStructuredStore open(boolean keepHistory) {
        return LogStructuredStore.open(
                disk,
                StoreFixture.STORE_ID,
                StoreFixture.tiny().withKeepHistory(keepHistory),
                BackgroundWork.onCallersThread());
    }

    private static void put(LogStructuredStore store, String value) {
        long next = store.applied().position().index() + 1;
        new KvState(store)
                .apply(
                        new LogPosition(0, next),
                        new Entry(0, List.of(Command.put(Bytes.utf8("key"), Bytes.utf8(value)))));
    }
}
