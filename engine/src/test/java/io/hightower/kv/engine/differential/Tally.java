package io.hightower.kv.engine.differential;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many calls and answers of each kind were compared. <b>Used by one thread at a time.</b> */
final class Tally {
    private static final int LEAST = 3;

    private static final List<String> KINDS = List.of(
            "Compact -> Compacted",
            "Compact -> Refused etcdserver: mvcc: required revision has been compacted",
            "Compact -> Refused etcdserver: mvcc: required revision is a future revision",
            "DeleteRange -> Deleted",
            "DeleteRange -> Refused etcdserver: key is not provided",
            "Grant -> Granted",
            "Grant -> Refused etcdserver: lease already exists",
            "Grant -> Refused etcdserver: too large lease TTL",
            "Hash -> Hashed",
            "Hash -> Refused etcdserver: mvcc: required revision has been compacted",
            "Hash -> Refused etcdserver: mvcc: required revision is a future revision",
            "KeepAlive -> Renewed",
            "Leases -> Listed",
            "Put -> Refused etcdserver: key is not provided",
            "Put -> Refused etcdserver: key not found",
            "Put -> Refused etcdserver: lease is provided",
            "Put -> Refused etcdserver: requested lease not found",
            "Put -> Refused etcdserver: value is provided",
            "Put -> Written",
            "Range -> Ranged",
            "Range -> Refused etcdserver: key is not provided",
            "Range -> Refused etcdserver: mvcc: required revision has been compacted",
            "Range -> Refused etcdserver: mvcc: required revision is a future revision",
            "Revoke -> Refused etcdserver: requested lease not found",
            "Revoke -> Revoked",
            "TimeToLive -> Remaining",
            "Txn -> Branch",
            "Txn -> Refused etcdserver: duplicate key given in txn request",
            "Txn -> Refused etcdserver: key is not provided",
            "Txn -> Refused etcdserver: key not found",
            "Txn -> Refused etcdserver: lease is provided",
            "Txn -> Refused etcdserver: mvcc: required revision has been compacted",
            "Txn -> Refused etcdserver: mvcc: required revision is a future revision",
            "Txn -> Refused etcdserver: requested lease not found",
            "Txn -> Refused etcdserver: too many operations in txn request",
            "Txn -> Refused etcdserver: value is provided",
            "Watch -> Refused mvcc: watcher range is empty",
            "Watch -> Watched",
            "in Txn -> Branch",
            "in Txn -> Deleted",
            "in Txn -> Ranged",
            "in Txn -> Written",
            "of Watch -> compacted",
            "of Watch -> events",
            "of Watch -> open to the end");

    private final Map<String, Long> counts = new TreeMap<>();
    private long calls;

    /** Counts a call and the answer that both gave to it. */
    void add(Call call, Answer answer) {
        calls++;
        add(call.getClass().getSimpleName() + " -> " + answer.kind());
        if (answer instanceof Answer.Branch branch) {
            branch.answers().forEach(inside -> add("in Txn -> " + inside.kind()));
        }
    }

    void add(String kind) {
        add(kind, 1);
    }

    void add(String kind, long count) {
        counts.merge(kind, count, Long::sum);
    }

    /**
     * Refuses a run in which something never happened: a call that was carried out, an error that clients know, an operation in
     * a transaction, something that watches tell.
     */
    void requireEveryKind() {
        List<String> never = KINDS.stream()
                .filter(kind -> counts.getOrDefault(kind, 0L) < LEAST)
                .toList();
        if (!never.isEmpty()) {
            throw new AssertionError("Hardly ever compared: " + never + "\n" + this);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("calls compared: ").append(calls);
        counts.forEach((kind, count) -> text.append(String.format("%n%9d  %s", count, kind)));
        return text.toString();
    }
}
