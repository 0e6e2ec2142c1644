package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import java.util.List;
import java.util.Optional;

/**
 * Reading inside a transaction: the newest state with what the transaction wrote so far, or an older revision. Revisions that
 * the present entry made are rewound from the edit; those before it are read from the store's history. <b>Confined to the
 * apply thread.</b>
 */
final class TxnReading {
    private final StateStore store;
    private final EntryEdit edit;

    TxnReading(StateStore store, EntryEdit edit) {
        this.store = store;
        this.edit = edit;
    }

    /** Returns why a revision cannot be read. Decided by the replicated state, not by what this store happens to keep. */
    Optional<Refusal> refusal(RangeRequest request) {
        if (request.revision() == RangeRequest.NEWEST) {
            return Optional.empty();
        }
        if (request.revision() > edit.revision()) {
            return Optional.of(Refusal.FUTURE_REVISION);
        }
        return request.revision() < edit.compactRevision() ? Optional.of(Refusal.COMPACTED) : Optional.empty();
    }

    Result range(RangeRequest request) {
        if (request.revision() == RangeRequest.NEWEST) {
            return found(request, edit.live(request.range()));
        }
        if (request.revision() >= edit.publishedRevision()) {
            return found(request, edit.liveAt(request.range(), request.revision()));
        }
        try (StoreView view = store.view()) {
            Result.RangeResult older = RangeReading.read(view, request);
            return new Result.RangeResult(edit.settle(), older.keyValues(), older.more(), older.count());
        } catch (RevisionUnavailableException e) {
            // A store without kept history. The answer to this one reading is all that depends on it; the state does
            // not.
            return edit.refused(Refusal.COMPACTED);
        }
    }

    private Result found(RangeRequest request, List<KeyRecord> living) {
        RangeCollector collector = new RangeCollector(request);
        boolean descending = collector.isDescending();
        for (int i = 0; i < living.size(); i++) {
            KeyRecord next = living.get(descending ? living.size() - 1 - i : i);
            if (!collector.offer(next.toKeyValue())) {
                break;
            }
        }
        return collector.result(edit.settle(), living.size());
    }
}
