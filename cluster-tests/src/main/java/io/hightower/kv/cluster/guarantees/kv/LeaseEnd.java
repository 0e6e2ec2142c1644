package io.hightower.kv.cluster.guarantees.kv;

import io.hightower.kv.cluster.guarantees.history.Change;
import io.hightower.kv.cluster.guarantees.history.EventLog;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.TxnOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A revision at which keys went because their lease ended. <b>Immutable.</b>
 *
 * @param lease which lease
 * @param revision at which
 * @param kind what brought it about
 * @param attached the keys that hung on it just before, in key order
 * @param deleted the keys that the revision deleted, in the order of the log
 */
record LeaseEnd(long lease, long revision, Kind kind, List<Bytes> attached, List<Bytes> deleted) {
    /** What brought the end of a lease about. */
    enum Kind {
        /** A client revoked it. */
        REVOKED,
        /** Its time was over: nobody can have deleted these keys. */
        EXPIRED,
        /** An operation of unknown outcome may have deleted these keys. */
        UNCLEAR
    }

    LeaseEnd {
        attached = List.copyOf(attached);
        deleted = List.copyOf(deleted);
    }

    /** Finds all of them in the order of the log. */
    static List<LeaseEnd> find(History history) {
        EventLog log = history.log();
        List<Operation> unknown = history.operations().stream()
                .filter(next -> next.mayHaveEffect() && next.answer().isEmpty())
                .toList();
        Map<Long, Set<Bytes>> attached = new HashMap<>();
        Map<Bytes, Long> leases = new HashMap<>();
        List<LeaseEnd> ends = new ArrayList<>();
        for (long revision = 1; revision <= log.last(); revision++) {
            List<Change> changes = log.at(revision);
            for (Map.Entry<Long, Kind> end :
                    findAt(revision, log, unknown, leases).entrySet()) {
                List<Bytes> hanging = List.copyOf(attached.getOrDefault(end.getKey(), Set.of()));
                ends.add(new LeaseEnd(end.getKey(), revision, end.getValue(), hanging, deletedBy(changes)));
            }
            changes.forEach(change -> attach(change, attached, leases));
        }
        return ends;
    }

    private static List<Bytes> deletedBy(List<Change> changes) {
        return changes.stream()
                .filter(change -> change.current().isEmpty())
                .map(Change::key)
                .toList();
    }

    private static Map<Long, Kind> findAt(
            long revision, EventLog log, List<Operation> unknown, Map<Bytes, Long> leases) {
        Map<Long, Kind> found = new TreeMap<>();
        Operation cause = log.cause(revision).orElse(null);
        for (Change change : log.at(revision)) {
            long lease = leases.getOrDefault(change.key(), KeyRecord.NO_LEASE);
            if (change.current().isPresent() || lease == KeyRecord.NO_LEASE) {
                continue;
            }
            if (cause == null) {
                boolean unclear = unknown.stream().anyMatch(next -> mayDelete(next, change.key(), lease));
                found.merge(lease, unclear ? Kind.UNCLEAR : Kind.EXPIRED, LeaseEnd::lessClear);
            } else if (cause.command().orElse(null) instanceof Command.RevokeLease revoke && revoke.id() == lease) {
                found.put(lease, Kind.REVOKED);
            }
        }
        return found;
    }

    private static Kind lessClear(Kind one, Kind other) {
        return one == Kind.UNCLEAR ? one : other;
    }

    private static boolean mayDelete(Operation operation, Bytes key, long lease) {
        Command command = operation.command().orElseThrow();
        if (command instanceof Command.RevokeLease revoke) {
            return revoke.id() == lease;
        }
        return command instanceof Command.Txn txn ? mayDelete(txn, key) : deletes(command, key);
    }

    private static boolean deletes(Command command, Bytes key) {
        if (command instanceof Command.Delete delete) {
            return delete.key().equals(key);
        }
        if (command instanceof Command.DeleteRange range) {
            return range.range().contains(key);
        }
        return command instanceof Command.Batch batch
                && batch.commands().stream().anyMatch(next -> deletes(next, key));
    }

    private static boolean mayDelete(Command.Txn txn, Bytes key) {
        return mayDelete(txn.success(), key) || mayDelete(txn.failure(), key);
    }

    private static boolean mayDelete(List<TxnOp> branch, Bytes key) {
        return branch.stream()
                .anyMatch(op -> op instanceof Command.Txn inner
                        ? mayDelete(inner, key)
                        : op instanceof Command command && deletes(command, key));
    }

    private static void attach(Change change, Map<Long, Set<Bytes>> attached, Map<Bytes, Long> leases) {
        Long old = leases.remove(change.key());
        if (old != null) {
            attached.getOrDefault(old, Set.of()).remove(change.key());
        }
        long lease = change.current().map(KeyValue::lease).orElse(KeyRecord.NO_LEASE);
        if (lease != KeyRecord.NO_LEASE) {
            leases.put(change.key(), lease);
            attached.computeIfAbsent(lease, id -> new TreeSet<>()).add(change.key());
        }
    }
}
