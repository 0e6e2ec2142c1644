package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.TxnOp;
import io.hightower.kv.statemachine.spi.ChangeFeed.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the commands of one entry changed. The store shows an entry when it is published as a whole; a transaction that reads
 * a revision of an earlier command of its own entry finds it here, and who listens is told of it. <b>Confined to the apply thread.</b>
 */
final class EntryHistory {
    private final List<Change> changes = new ArrayList<>(1);

    /** Tells whether a command of the entry may ask for older revisions; most entries have none, and nothing is noted then. */
    static boolean isNeededFor(Entry entry) {
        for (Command command : entry.commands()) {
            Command asked = command instanceof Command.InSession inSession ? inSession.command() : command;
            if (asked instanceof Command.Txn txn && readsOlder(txn)) {
                return true;
            }
        }
        return false;
    }

    private static boolean readsOlder(Command.Txn txn) {
        return readsOlder(txn.success()) || readsOlder(txn.failure());
    }

    private static boolean readsOlder(List<TxnOp> branch) {
        for (TxnOp op : branch) {
            boolean older = op instanceof RangeRequest range && range.revision() != RangeRequest.NEWEST;
            if (older || (op instanceof Command.Txn inner && readsOlder(inner))) {
                return true;
            }
        }
        return false;
    }

    /** Returns all that was noted, in order. */
    List<Change> changes() {
        return changes;
    }

    void note(KeyRecord written, Optional<KeyRecord> before) {
        changes.add(new Change(written, before));
    }

    /** Takes back what was changed after a main revision, and returns what held a value then, in key order. */
    List<KeyRecord> rewind(List<KeyRecord> newest, KeyRange range, long atRevision) {
        TreeMap<Bytes, KeyRecord> rewound = new TreeMap<>();
        for (KeyRecord entry : newest) {
            rewound.put(entry.key(), entry);
        }
        for (int i = changes.size() - 1; i >= 0; i--) {
            Change last = changes.get(i);
            if (last.written().modified().main() <= atRevision) {
                break;
            }
            Bytes key = last.written().key();
            if (range.contains(key)) {
                rewound.remove(key);
                last.before().filter(KeyRecord::live).ifPresent(before -> rewound.put(key, before));
            }
        }
        return List.copyOf(rewound.values());
    }
}
