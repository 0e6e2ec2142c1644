package io.hightower.kv.engine;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.Sessions;
import java.util.OptionalLong;

/**
 * Has expired sessions forgotten, while this member leads: proposes it, and the state machine judges once more by the time of the
 * entry. Nothing but room hangs on it, since an expired session refuses every command anyway; so it is not in a hurry, and
 * no entry is logged for the time of sessions alone.
 *
 * <p>Used by one thread at a time.
 */
final class SessionExpiry {
    /** Sessions forgotten by one command; bounds the time that applying it takes. */
    private static final int FORGOTTEN_AT_ONCE = 1000;

    private final ReplicationHandle replication;

    SessionExpiry(ReplicationHandle replication) {
        this.replication = replication;
    }

    /** Proposes what is due, and waits for it. */
    void tend() {
        boolean more = isDue();
        while (more && !Thread.currentThread().isInterrupted()) {
            Result result = replication.submitAndWait(new Command.ExpireSessions(FORGOTTEN_AT_ONCE));
            more = ((Result.ReleaseResult) result).more();
        }
    }

    private boolean isDue() {
        OptionalLong now = replication.logicalTimeMillis();
        if (now.isEmpty()) {
            return false;
        }
        try (StoreView view = replication.view()) {
            return !Sessions.of(view.system()).expired(now.getAsLong(), 1).isEmpty();
        }
    }
}
