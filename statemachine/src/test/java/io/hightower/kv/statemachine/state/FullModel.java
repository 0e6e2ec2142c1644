package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.SystemWrite;
import io.hightower.kv.statemachine.TxnOp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The rules of all commands written down a second time, without a thought for speed: a copy of all keys for every revision that
 * there ever was. Conditions of transactions look at the copy from before the transaction.
 */
final class FullModel {
    /** All keys at each main revision, from that of the empty store on. */
    private final List<TreeMap<Bytes, KeyRecord>> states = new ArrayList<>(List.of(new TreeMap<>()));

    /** What is granted: time-to-live in seconds, end in milliseconds. */
    final TreeMap<Long, long[]> leases = new TreeMap<>();

    /** The system key space without leases. */
    final TreeMap<Bytes, SystemValue> system = new TreeMap<>();

    final TreeMap<Long, ModelSession> sessions = new TreeMap<>();

    long systemRevision;
    long latestVersion;
    long releasedRevision;
    long compactRevision;
    long nowMillis;

    /** All keys as the present command has them. */
    private TreeMap<Bytes, KeyRecord> work = new TreeMap<>();

    private int made;

    /** Every answer so far, the last of which is kept; the others only count. */
    record ModelSession(long ttlMillis, long usedMillis, List<Result> answers) {}

    record SystemValue(Bytes value, long modRevision) {}

    long revision() {
        return states.size();
    }

    private Map<Bytes, KeyRecord> before() {
        return states.get(states.size() - 1);
    }

    List<KeyRecord> records() {
        return List.copyOf(before().values());
    }

    List<Bytes> keysOn(long lease) {
        List<Bytes> keys = new ArrayList<>();
        for (KeyRecord cell : work.values()) {
            if (cell.lease() == lease) {
                keys.add(cell.key());
            }
        }
        return keys;
    }

    Result apply(Command command, long entryMillis) {
        nowMillis = Math.max(nowMillis, entryMillis);
        work = new TreeMap<>(before());
        made = 0;
        Result result = command instanceof Command.InSession inSession ? inSession(inSession) : step(command);
        if (made > 0) {
            states.add(work);
        } else {
            states.set(states.size() - 1, work);
        }
        return result;
    }

    private Result inSession(Command.InSession command) {
        ModelSession session = sessions.get(command.session());
        if (session == null || session.usedMillis() + session.ttlMillis() < nowMillis) {
            return refused(Refusal.SESSION_EXPIRED);
        }
        List<Result> answers = new ArrayList<>(session.answers());
        if (command.sequence() > answers.size() + 1) {
            return refused(Refusal.SESSION_SEQUENCE_AHEAD);
        } else if (command.sequence() < answers.size()) {
            return refused(Refusal.SESSION_SEQUENCE_PASSED);
        } else if (command.sequence() > answers.size()) {
            answers.add(step(command.command()));
        }
        sessions.put(command.session(), new ModelSession(session.ttlMillis(), nowMillis, answers));
        systemRevision++;
        return answers.get(answers.size() - 1);
    }

    private Optional<Result> session(Command command) {
        if (command instanceof Command.OpenSession open) {
            if (sessions.containsKey(open.id())) {
                return Optional.of(refused(Refusal.SESSION_EXISTS));
            }
            sessions.put(open.id(), new ModelSession(open.ttlMillis(), nowMillis, List.of()));
            systemRevision++;
            return Optional.of(new Result.SessionResult(revision(), open.id(), open.ttlMillis()));
        } else if (command instanceof Command.CloseSession close) {
            ModelSession session = sessions.get(close.id());
            if (session == null || session.usedMillis() + session.ttlMillis() < nowMillis) {
                return Optional.of(refused(Refusal.SESSION_EXPIRED));
            }
            sessions.remove(close.id());
            systemRevision++;
            return Optional.of(new Result.SessionResult(revision(), close.id(), 0));
        } else if (command instanceof Command.ExpireSessions expire) {
            List<Long> expired = new ArrayList<>(sessions.keySet());
            expired.removeIf(
                    id -> sessions.get(id).usedMillis() + sessions.get(id).ttlMillis() >= nowMillis);
            expired.sort(Long::compareUnsigned);
            int forgotten = Math.min(expired.size(), expire.countMax());
            sessions.keySet().removeAll(expired.subList(0, forgotten));
            systemRevision += forgotten;
            return Optional.of(new Result.ReleaseResult(revision(), forgotten, expired.size() > forgotten));
        }
        return Optional.empty();
    }

    private long revisionNow() {
        return made == 0 ? revision() : revision() + 1;
    }

    private Result refused(Refusal refusal) {
        return new Result.Refused(revisionNow(), refusal, compactRevision);
    }

    private Result step(Command command) {
        if (command instanceof Command.Put put) {
            boolean noLease = put.options().lease() != 0
                    && !leases.containsKey(put.options().lease());
            return noLease
                    ? refused(Refusal.LEASE_NOT_FOUND)
                    : lacksKey(put) ? refused(Refusal.KEY_NOT_FOUND) : put(put);
        } else if (command instanceof Command.Delete delete) {
            return delete(delete);
        } else if (command instanceof Command.DeleteRange delete) {
            return deleteRange(delete);
        } else if (command instanceof Command.Batch batch) {
            List<Result> results = new ArrayList<>();
            batch.commands().forEach(inner -> results.add(step(inner)));
            return new Result.BatchResult(revisionNow(), results);
        } else if (command instanceof Command.ReleaseTombstones release) {
            return release(release);
        } else if (command instanceof Command.Txn txn) {
            Optional<Refusal> refusal = refusal(txn);
            return refusal.isPresent() ? refused(refusal.get()) : txn(txn);
        } else if (command instanceof Command.Compact compact) {
            return compact(compact.revision());
        } else if (command instanceof Command.WriteSystem write) {
            return writeSystem(write);
        } else if (command instanceof Command.AdvanceTime) {
            return new Result.TimeResult(revision(), nowMillis);
        }
        return session(command).orElseGet(() -> lease(command));
    }

    private Result lease(Command command) {
        if (command instanceof Command.GrantLease grant) {
            if (leases.containsKey(grant.id())) {
                return refused(Refusal.LEASE_EXISTS);
            }
            return begin(grant.id(), grant.ttlSeconds());
        } else if (command instanceof Command.RenewLease renew) {
            long[] lease = leases.get(renew.id());
            if (lease == null || lease[1] < nowMillis) {
                return new Result.LeaseResult(revision(), renew.id(), 0);
            }
            return begin(renew.id(), lease[0]);
        } else if (command instanceof Command.RevokeLease revoke) {
            return leases.containsKey(revoke.id()) ? end(revoke.id()) : refused(Refusal.LEASE_NOT_FOUND);
        }
        long id = ((Command.ExpireLease) command).id();
        boolean due = leases.containsKey(id) && leases.get(id)[1] < nowMillis;
        return due ? end(id) : new Result.RevokeResult(revision(), false, 0);
    }

    private Result begin(long id, long ttlSeconds) {
        leases.put(id, new long[] {ttlSeconds, nowMillis + 1000 * ttlSeconds});
        systemRevision++;
        return new Result.LeaseResult(revision(), id, ttlSeconds);
    }

    private Result end(long id) {
        List<Bytes> keys = keysOn(id);
        keys.forEach(key -> kill(key, 0));
        leases.remove(id);
        systemRevision++;
        return new Result.RevokeResult(revisionNow(), true, keys.size());
    }

    private boolean lacksKey(Command.Put put) {
        boolean keeps = put.options().ignoreValue() || put.options().ignoreLease();
        return keeps && living(before(), KeyRange.single(put.key())).isEmpty();
    }

    private Result put(Command.Put put) {
        KeyRecord old = work.get(put.key());
        boolean alive = old != null && old.live();
        Optional<KeyValue> shown = put.options().previous() && alive ? Optional.of(old.toKeyValue()) : Optional.empty();
        long stored = old == null ? 0 : old.writeVersion();
        if (put.version() > 0 && put.version() <= stored) {
            return new Result.PutResult(revisionNow(), ApplyOutcome.IGNORED_STALE, stored, shown);
        }
        Bytes kept = alive ? old.value() : Bytes.EMPTY;
        long keptLease = alive ? old.lease() : 0;
        write(new KeyRecord(
                put.key(),
                true,
                put.options().ignoreValue() ? kept : put.value(),
                alive ? old.createRevision() : revision() + 1,
                new Revision(revision() + 1, made),
                alive ? old.version() + 1 : 1,
                version(put.version(), stored),
                put.options().ignoreLease() ? keptLease : put.options().lease()));
        return new Result.PutResult(
                revisionNow(), ApplyOutcome.APPLIED, work.get(put.key()).writeVersion(), shown);
    }

    private long version(long offered, long stored) {
        long version = offered > 0 ? offered : Math.max(stored + 1, revision() + 1);
        latestVersion = Math.max(latestVersion, version);
        return version;
    }

    private void write(KeyRecord written) {
        KeyRecord old = work.put(written.key(), written);
        long oldLease = old == null ? 0 : old.lease();
        if (oldLease != written.lease()) {
            systemRevision += (oldLease == 0 ? 0 : 1) + (written.lease() == 0 ? 0 : 1);
        }
        made++;
    }

    private void kill(Bytes key, long offered) {
        KeyRecord old = work.get(key);
        long version = version(offered, old == null ? 0 : old.writeVersion());
        write(KeyRecord.tombstone(key, new Revision(revision() + 1, made), version));
    }

    private Result delete(Command.Delete delete) {
        KeyRecord old = work.get(delete.key());
        if (delete.version() > 0 && old != null && delete.version() <= old.writeVersion()) {
            return new Result.DeleteResult(revisionNow(), ApplyOutcome.IGNORED_STALE, false);
        }
        boolean existed = old != null && old.live();
        if (existed || delete.version() > 0) {
            kill(delete.key(), delete.version());
        }
        return new Result.DeleteResult(revisionNow(), ApplyOutcome.REMOVED, existed);
    }

    private Result deleteRange(Command.DeleteRange delete) {
        List<KeyValue> living = living(work, delete.range());
        living.forEach(each -> kill(each.key(), 0));
        return new Result.DeleteRangeResult(revisionNow(), living.size(), delete.previous() ? living : List.of());
    }

    private Result release(Command.ReleaseTombstones release) {
        List<KeyRecord> oldest = new ArrayList<>(work.values());
        oldest.removeIf(cell -> cell.live() || cell.modified().main() > release.throughRevision());
        oldest.sort(Comparator.comparing(KeyRecord::modified));
        int released = Math.min(oldest.size(), release.countMax());
        oldest.subList(0, released).forEach(cell -> work.remove(cell.key()));
        boolean more = oldest.size() > released;
        if (!more) {
            releasedRevision = Math.max(releasedRevision, Math.min(release.throughRevision(), revision()));
        }
        return new Result.ReleaseResult(revision(), released, more);
    }

    private Result compact(long at) {
        if (at <= compactRevision && !(at == 0 && compactRevision == 0)) {
            return refused(Refusal.COMPACTED);
        } else if (at > revision()) {
            return refused(Refusal.FUTURE_REVISION);
        }
        compactRevision = at;
        return new Result.CompactResult(revision(), at);
    }

    private Result writeSystem(Command.WriteSystem command) {
        for (SystemWrite write : command.writes()) {
            SystemValue stored = system.get(write.key());
            long found = stored == null ? 0 : stored.modRevision();
            if (write.expectedRevision() >= 0 && write.expectedRevision() != found) {
                return new Result.SystemResult(revision(), false, systemRevision);
            }
        }
        for (SystemWrite write : command.writes()) {
            if (!write.removal()) {
                system.put(write.key(), new SystemValue(write.value(), ++systemRevision));
            } else if (system.remove(write.key()) != null) {
                systemRevision++;
            }
        }
        return new Result.SystemResult(revision(), true, systemRevision);
    }

    private boolean succeeds(Command.Txn txn) {
        return txn.compares().stream().allMatch(this::holds);
    }

    private boolean holds(Compare compare) {
        List<KeyValue> living = living(before(), compare.range());
        if (living.isEmpty()) {
            return compare.target() != Compare.Target.VALUE
                    && holds(compare, new KeyValue(Bytes.EMPTY, Bytes.EMPTY, 0, 0, 0, 0, 0));
        }
        return living.stream().allMatch(each -> holds(compare, each));
    }

    private static boolean holds(Compare compare, KeyValue stored) {
        int order =
                switch (compare.target()) {
                    case VALUE -> stored.value().compareTo(compare.value());
                    case VERSION -> Long.compare(stored.version(), compare.number());
                    case CREATE -> Long.compare(stored.createRevision(), compare.number());
                    case MODIFY -> Long.compare(stored.modRevision(), compare.number());
                    case LEASE -> Long.compare(stored.lease(), compare.number());
                };
        return switch (compare.operator()) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
        };
    }

    private Optional<Refusal> refusal(Command.Txn txn) {
        for (TxnOp op : succeeds(txn) ? txn.success() : txn.failure()) {
            Optional<Refusal> refusal = Optional.empty();
            if (op instanceof Command.Put put) {
                if (put.options().lease() != 0
                        && !leases.containsKey(put.options().lease())) {
                    refusal = Optional.of(Refusal.LEASE_NOT_FOUND);
                } else if (lacksKey(put)) {
                    refusal = Optional.of(Refusal.KEY_NOT_FOUND);
                }
            } else if (op instanceof RangeRequest range && range.revision() > revision()) {
                refusal = Optional.of(Refusal.FUTURE_REVISION);
            } else if (op instanceof RangeRequest range && range.revision() > 0 && range.revision() < compactRevision) {
                refusal = Optional.of(Refusal.COMPACTED);
            } else if (op instanceof Command.Txn inner) {
                refusal = refusal(inner);
            }
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    private Result txn(Command.Txn txn) {
        boolean succeeded = succeeds(txn);
        List<Result> results = new ArrayList<>();
        for (TxnOp op : succeeded ? txn.success() : txn.failure()) {
            if (op instanceof Command.Put put) {
                results.add(put(put));
            } else if (op instanceof Command.DeleteRange delete) {
                results.add(deleteRange(delete));
            } else if (op instanceof Command.Txn inner) {
                results.add(txn(inner));
            } else {
                RangeRequest range = (RangeRequest) op;
                boolean newest = range.revision() == 0;
                results.add(range(range, newest ? work : states.get((int) range.revision() - 1), revisionNow()));
            }
        }
        return new Result.TxnResult(revisionNow(), succeeded, results);
    }

    /** Reads what a view of the newest state would answer. */
    Result range(RangeRequest request) {
        int at = request.revision() == 0 ? states.size() : (int) request.revision();
        return range(request, states.get(at - 1), revision());
    }

    private static Result range(RangeRequest request, Map<Bytes, KeyRecord> cells, long header) {
        List<KeyValue> found = living(cells, request.range());
        final long count = found.size();
        RangeRequest.RevisionFilter filter = request.filter();
        found.removeIf(each -> each.modRevision() < filter.modifyLeast()
                || each.createRevision() < filter.createLeast()
                || (filter.modifyMost() != 0 && each.modRevision() > filter.modifyMost())
                || (filter.createMost() != 0 && each.createRevision() > filter.createMost()));
        Comparator<KeyValue> order =
                switch (request.sort().target()) {
                    case KEY -> Comparator.comparing(KeyValue::key);
                    case VALUE -> Comparator.comparing(KeyValue::value);
                    case VERSION -> Comparator.comparing(KeyValue::version);
                    case CREATE -> Comparator.comparing(KeyValue::createRevision);
                    case MODIFY -> Comparator.comparing(KeyValue::modRevision);
                };
        boolean more = request.limit() > 0 && found.size() > request.limit();
        if (more && request.sort().direction() == RangeRequest.Direction.NONE && filter.isEmpty()) {
            found = new ArrayList<>(found.subList(0, (int) request.limit() + 1));
        }
        // Sorting is stable, and what is sorted comes in key order.
        found.sort(request.sort().direction() == RangeRequest.Direction.DESCENDING ? order.reversed() : order);
        if (request.content() == RangeRequest.Content.COUNT) {
            return new Result.RangeResult(header, List.of(), false, count);
        }
        List<KeyValue> shown = more ? found.subList(0, (int) request.limit()) : found;
        if (request.content() == RangeRequest.Content.KEYS) {
            shown.replaceAll(each -> new KeyValue(
                    each.key(),
                    Bytes.EMPTY,
                    each.createRevision(),
                    each.modRevision(),
                    each.version(),
                    each.writeVersion(),
                    each.lease()));
        }
        return new Result.RangeResult(header, shown, more, count);
    }

    private static List<KeyValue> living(Map<Bytes, KeyRecord> cells, KeyRange range) {
        List<KeyValue> living = new ArrayList<>();
        cells.forEach((key, cell) -> {
            if (cell.live() && range.contains(key)) {
                living.add(cell.toKeyValue());
            }
        });
        return living;
    }
}
