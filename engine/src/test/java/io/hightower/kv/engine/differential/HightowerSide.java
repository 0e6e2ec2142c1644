package io.hightower.kv.engine.differential;

import io.hightower.kv.engine.Hightower;
import io.hightower.kv.engine.HistoryRetention;
import io.hightower.kv.engine.Options;
import io.hightower.kv.engine.StorageOptions;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.RequestRules;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.api.LeaseMoment;
import io.hightower.kv.statemachine.api.LeaseStatus;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.state.HashKv;
import io.hightower.kv.statemachine.state.ReadOnlyTxn;
import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.storage.log.SyncPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Our engine, called as a server would. <b>Used by one thread at a time.</b> */
final class HightowerSide implements Side {
    /** So small that a program has the store flush and merge. */
    private static final long MEMTABLE_BYTES = 64 << 10;

    /** What etcd sends for the compact revision before anything was compacted. */
    private static final long NOTHING_COMPACTED = -1;

    private final LocalEngine store;
    private final List<Watching> watches = new ArrayList<>();

    private HightowerSide(LocalEngine store) {
        this.store = store;
    }

    /** Opens an empty store with all its history in a new directory under this one. */
    static HightowerSide openIn(Path scratch) throws IOException {
        Options options = Options.at(Files.createTempDirectory(scratch, "store"))
                .withSync(SyncPolicy.never())
                .withHistory(HistoryRetention.forever())
                .withFreeDiskBytesMin(0);
        StorageOptions storage = options.storage().withMemtableBytes(MEMTABLE_BYTES);
        return new HightowerSide(Hightower.open(options.withStorage(storage)));
    }

    @Override
    public Answer range(Call.Range call) {
        return answered(() -> ranged(store.range(WireRequests.range(call))));
    }

    @Override
    public Answer put(Call.Put call) {
        return answered(() -> {
            Command.Put put = WireRequests.put(call);
            RequestRules.check(put);
            return submitted(put);
        });
    }

    @Override
    public Answer deleteRange(Call.DeleteRange call) {
        return answered(() -> submitted(WireRequests.deleteRange(call)));
    }

    @Override
    public Answer txn(Call.Txn call) {
        return answered(() -> {
            Command.Txn txn = WireRequests.txn(call);
            RequestRules.check(txn, RequestRules.TXN_OPERATIONS_DEFAULT);
            // One that changes nothing is answered without the log, so the engine decides how.
            return ReadOnlyTxn.is(txn) ? answer(store.txn(txn)) : submitted(txn);
        });
    }

    @Override
    public Answer compact(Call.Compact call) {
        return submitted(new Command.Compact(call.revision()));
    }

    @Override
    public Answer grant(Call.Grant call) {
        return answered(() -> {
            Result.LeaseResult granted = store.grantLease(call.id(), WireRequests.ttlSeconds(call));
            return new Answer.Granted(granted.revision(), granted.id(), granted.ttlSeconds());
        });
    }

    @Override
    public Answer revoke(Call.Revoke call) {
        return submitted(new Command.RevokeLease(call.id()));
    }

    @Override
    public Answer keepAlive(Call.KeepAlive call) {
        Result.LeaseResult renewed = store.renewLease(call.id());
        return new Answer.Renewed(renewed.revision(), renewed.id(), renewed.ttlSeconds());
    }

    @Override
    public Answer timeToLive(Call.TimeToLive call) {
        LeaseMoment moment = store.leaseMoment();
        Optional<LeaseStatus> status = call.keys() ? moment.findWithKeys(call.id()) : moment.find(call.id());
        if (status.isEmpty()) {
            return new Answer.Remaining(store.applied().revision(), call.id(), false, 0, List.of());
        }
        LeaseStatus lease = status.get();
        if (!Answer.Remaining.isPlausible(lease.remainingSeconds(), lease.grantedSeconds())) {
            throw new AssertionError("A lease that does not last: " + lease);
        }
        return new Answer.Remaining(store.applied().revision(), call.id(), true, lease.grantedSeconds(), lease.keys());
    }

    @Override
    public Answer leases(Call.Leases call) {
        LeaseMoment moment = store.leaseMoment();
        return new Answer.Listed(
                store.applied().revision(),
                moment.byExpiry().stream().map(LeaseStatus::id).toList());
    }

    @Override
    public Answer hash(Call.Hash call) {
        return answered(() -> {
            HashKv.Hash hash = store.hashKv(call.revision());
            long compacted = hash.compactRevision() == 0 ? NOTHING_COMPACTED : hash.compactRevision();
            return new Answer.Hashed(store.applied().revision(), hash.hash(), compacted);
        });
    }

    @Override
    public Answer watch(Call.Watch call) {
        if (WireRequests.watchedKeys(call.keys()).isEmpty()) {
            return new Answer.Refused("mvcc: watcher range is empty");
        }
        Watch watch = store.watch(WireRequests.watch(call));
        WatchMessage first = watch.poll().orElseThrow();
        watches.add(new HightowerWatch(watch, call.startRevision()));
        return new Answer.Watched(((WatchMessage.Created) first).revision());
    }

    @Override
    public List<Watching> watches() {
        return watches;
    }

    @Override
    public void awaitWatches(Moment moment) {
        watches.forEach(watch -> watch.told(moment.revision(), told -> true));
    }

    private Answer submitted(Command command) {
        return answer(store.submit(command));
    }

    private static Answer answered(Supplier<Answer> call) {
        try {
            return call.get();
        } catch (RefusedException e) {
            return refused(e.refusal());
        } catch (RevisionUnavailableException e) {
            return refused(e.isCompacted() ? Refusal.COMPACTED : Refusal.FUTURE_REVISION);
        }
    }

    private static Answer refused(Refusal refusal) {
        return new Answer.Refused(Refusal.WIRE_PREFIX + refusal.text());
    }

    private static Answer answer(Result result) {
        if (result instanceof Result.PutResult put) {
            return new Answer.Written(put.revision(), put.previous().map(HightowerSide::pair));
        } else if (result instanceof Result.DeleteRangeResult deleted) {
            return new Answer.Deleted(deleted.revision(), deleted.deleted(), pairs(deleted.previous()));
        } else if (result instanceof Result.RangeResult range) {
            return ranged(range);
        } else if (result instanceof Result.TxnResult txn) {
            return branch(txn, txn.revision());
        } else if (result instanceof Result.CompactResult compact) {
            return new Answer.Compacted(compact.revision());
        } else if (result instanceof Result.RevokeResult revoked) {
            return new Answer.Revoked(revoked.revision());
        } else if (result instanceof Result.Refused refused) {
            return refused(refused.refusal());
        }
        throw new AssertionError("Unknown result: " + result);
    }

    private static Answer branch(Result.TxnResult txn, long revision) {
        List<Answer> answers = new ArrayList<>();
        for (Result result : txn.results()) {
            // The header of a transaction inside is empty on the wire.
            answers.add(result instanceof Result.TxnResult inner ? branch(inner, 0) : answer(result));
        }
        return new Answer.Branch(revision, txn.succeeded(), answers);
    }

    private static Answer ranged(Result.RangeResult range) {
        return new Answer.Ranged(range.revision(), pairs(range.keyValues()), range.more(), range.count());
    }

    private static List<Answer.Pair> pairs(List<KeyValue> keyValues) {
        return keyValues.stream().map(HightowerSide::pair).toList();
    }

    static Answer.Pair pair(KeyValue found) {
        return new Answer.Pair(
                found.key(),
                found.value(),
                found.createRevision(),
                found.modRevision(),
                found.version(),
                found.lease());
    }

    @Override
    public void close() {
        store.close();
    }
}
