package io.hightower.kv.cluster.guarantees.history;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.TxnOp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A model of the store that runs one operation on the log: what it has to answer, and what it has to change. It shares no code
 * with the store and keeps everything in plain maps.
 *
 * <p>Two things are not in a history of clients and are therefore taken from the answer: whether an explicit write version was
 * newer than what the key had, and what became of commands that change no keys. <b>Used by one thread at a time</b>, once.
 */
final class Replay {
    private final EventLog log;
    private final long before;
    private final Moment base;

    /** What the operation made of keys so far; nothing for a key that it deleted. */
    private final TreeMap<Bytes, Optional<KeyValue>> written = new TreeMap<>();

    /** One change per key, in the order of the last changes. */
    private final Map<Bytes, Change> changes = new LinkedHashMap<>();

    Replay(EventLog log, long before) {
        this.log = log;
        this.before = before;
        this.base = log.moment(before);
    }

    List<Change> changes() {
        return List.copyOf(changes.values());
    }

    Result run(Command command, Result answer) {
        if (answer instanceof Result.Refused) {
            return answer;
        }
        if (command instanceof Command.Put put) {
            return put(put, answer);
        }
        if (command instanceof Command.Delete delete) {
            return delete(delete, answer);
        }
        if (command instanceof Command.DeleteRange delete) {
            return deleteRange(delete);
        }
        if (command instanceof Command.Batch batch) {
            return batch(batch, answer);
        }
        if (command instanceof Command.Txn txn) {
            return txn(txn, answer);
        }
        return command instanceof Command.RevokeLease revoke ? revoke(revoke) : answer;
    }

    private long revision() {
        return changes.isEmpty() ? before : before + 1;
    }

    private Optional<KeyValue> find(Bytes key) {
        Optional<KeyValue> own = written.get(key);
        return own == null ? base.find(key) : own;
    }

    private List<KeyValue> scan(KeyRange range) {
        TreeMap<Bytes, KeyValue> found = new TreeMap<>();
        base.scan(range).forEach(held -> found.put(held.key(), held));
        written.forEach((key, held) -> {
            if (range.contains(key)) {
                found.remove(key);
                held.ifPresent(now -> found.put(key, now));
            }
        });
        return List.copyOf(found.values());
    }

    private void change(Bytes key, Optional<KeyValue> current) {
        written.put(key, current);
        changes.remove(key);
        changes.put(key, new Change(key, before + 1, current));
    }

    private Result put(Command.Put put, Result answer) {
        Optional<KeyValue> old = find(put.key());
        Optional<KeyValue> previous = put.options().previous() ? old : Optional.empty();
        if (put.version() != Command.NO_VERSION
                && answer instanceof Result.PutResult told
                && told.outcome() == ApplyOutcome.IGNORED_STALE) {
            return new Result.PutResult(revision(), ApplyOutcome.IGNORED_STALE, 0, previous);
        }
        Bytes value = put.options().ignoreValue() ? old.map(KeyValue::value).orElse(put.value()) : put.value();
        long lease = put.options().ignoreLease()
                ? old.map(KeyValue::lease).orElse(KeyRecord.NO_LEASE)
                : put.options().lease();
        long now = before + 1;
        long create = old.map(KeyValue::createRevision).orElse(now);
        long version = old.map(KeyValue::version).orElse(0L) + 1;
        change(put.key(), Optional.of(new KeyValue(put.key(), value, create, now, version, 0, lease)));
        return new Result.PutResult(revision(), ApplyOutcome.APPLIED, 0, previous);
    }

    private Result delete(Command.Delete delete, Result answer) {
        boolean explicit = delete.version() != Command.NO_VERSION;
        if (explicit && answer instanceof Result.DeleteResult told && told.outcome() == ApplyOutcome.IGNORED_STALE) {
            return new Result.DeleteResult(revision(), ApplyOutcome.IGNORED_STALE, false);
        }
        boolean existed = find(delete.key()).isPresent();
        if (existed || explicit) {
            change(delete.key(), Optional.empty());
        }
        return new Result.DeleteResult(revision(), ApplyOutcome.REMOVED, existed);
    }

    private Result deleteRange(Command.DeleteRange delete) {
        List<KeyValue> living = scan(delete.range());
        living.forEach(held -> change(held.key(), Optional.empty()));
        return new Result.DeleteRangeResult(revision(), living.size(), delete.previous() ? living : List.of());
    }

    private Result batch(Command.Batch batch, Result answer) {
        List<Result> told = answer instanceof Result.BatchResult whole ? whole.results() : List.of();
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < batch.commands().size(); i++) {
            results.add(run(batch.commands().get(i), toldAt(told, i, answer)));
        }
        return new Result.BatchResult(revision(), results);
    }

    private Result txn(Command.Txn txn, Result answer) {
        boolean succeeded = txn.compares().stream().allMatch(compare -> Condition.holds(compare, base));
        List<TxnOp> branch = succeeded ? txn.success() : txn.failure();
        List<Result> told = answer instanceof Result.TxnResult whole ? whole.results() : List.of();
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < branch.size(); i++) {
            TxnOp op = branch.get(i);
            Result toldHere = toldAt(told, i, answer);
            // A store that keeps no history refuses a reading inside by itself.
            boolean refused = toldHere instanceof Result.Refused && toldHere != answer;
            if (op instanceof RangeRequest range) {
                results.add(refused ? toldHere : read(range));
            } else {
                results.add(run((Command) op, toldHere));
            }
        }
        return new Result.TxnResult(revision(), succeeded, results);
    }

    private static Result toldAt(List<Result> told, int index, Result otherwise) {
        return index < told.size() ? told.get(index) : otherwise;
    }

    private Result revoke(Command.RevokeLease revoke) {
        List<KeyValue> attached = scan(KeyRange.all()).stream()
                .filter(held -> held.lease() == revoke.id())
                .toList();
        attached.forEach(held -> change(held.key(), Optional.empty()));
        return new Result.RevokeResult(revision(), true, attached.size());
    }

    /** Reads as a transaction would, behind what was written so far. */
    Result read(RangeRequest request) {
        boolean older = request.revision() != RangeRequest.NEWEST && request.revision() <= before;
        List<KeyValue> living = older ? log.moment(request.revision()).scan(request.range()) : scan(request.range());
        if (request.content() == RangeRequest.Content.COUNT) {
            return new Result.RangeResult(revision(), List.of(), false, living.size());
        }
        List<KeyValue> shown = new ArrayList<>(living);
        shown.removeIf(held -> !passes(request.filter(), held));
        boolean more = request.limit() != RangeRequest.NO_LIMIT && shown.size() > request.limit();
        if (more
                && request.sort().direction() == RangeRequest.Direction.NONE
                && request.filter().isEmpty()) {
            // As in etcd: of the first keys, one more than the limit, the last in the order goes.
            shown.subList((int) request.limit() + 1, shown.size()).clear();
        }
        shown.sort(request.sort().comparator());
        if (more) {
            shown.subList((int) request.limit(), shown.size()).clear();
        }
        if (request.content() == RangeRequest.Content.KEYS) {
            shown.replaceAll(Replay::withoutValue);
        }
        return new Result.RangeResult(revision(), shown, more, living.size());
    }

    private static boolean passes(RangeRequest.RevisionFilter filter, KeyValue held) {
        return within(held.modRevision(), filter.modifyLeast(), filter.modifyMost())
                && within(held.createRevision(), filter.createLeast(), filter.createMost());
    }

    private static boolean within(long revision, long least, long most) {
        return revision >= least && (most == 0 || revision <= most);
    }

    private static KeyValue withoutValue(KeyValue held) {
        return new KeyValue(
                held.key(), Bytes.EMPTY, held.createRevision(), held.modRevision(), held.version(), 0, held.lease());
    }

    /** Returns an answer without what is not compared: write versions. */
    static Result comparable(Result answer) {
        if (answer instanceof Result.PutResult put) {
            return new Result.PutResult(
                    put.revision(), put.outcome(), 0, put.previous().map(Change::comparable));
        }
        if (answer instanceof Result.DeleteRangeResult delete) {
            return new Result.DeleteRangeResult(delete.revision(), delete.deleted(), comparable(delete.previous()));
        }
        if (answer instanceof Result.RangeResult range) {
            return new Result.RangeResult(range.revision(), comparable(range.keyValues()), range.more(), range.count());
        }
        if (answer instanceof Result.BatchResult batch) {
            return new Result.BatchResult(
                    batch.revision(),
                    batch.results().stream().map(Replay::comparable).toList());
        }
        if (answer instanceof Result.TxnResult txn) {
            return new Result.TxnResult(
                    txn.revision(),
                    txn.succeeded(),
                    txn.results().stream().map(Replay::comparable).toList());
        }
        return answer;
    }

    private static List<KeyValue> comparable(List<KeyValue> shown) {
        return shown.stream().map(Change::comparable).toList();
    }
}
