package io.hightower.kv.engine.differential;

import io.hightower.kv.statemachine.Refusal;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where etcd 3.4.23 answers otherwise than later releases, which we follow; and, last, where we do. Each says as narrowly as it can
 * what etcd answers instead, and is shown by {@link ListedDifferenceTest}.
 */
enum ListedDifference {
    /** The hash at exactly the compact revision is given since 3.5.5, see etcd-io/etcd#14457. */
    HASH_AT_THE_COMPACT_REVISION {
        @Override
        boolean covers(Compared compared) {
            return compared.call() instanceof Call.Hash hash
                    && hash.revision() == compared.before().compactRevision()
                    && compared.etcd().equals(refused(Refusal.COMPACTED))
                    && compared.ours() instanceof Answer.Hashed;
        }
    },

    /**
     * Of several operations of a transaction that cannot be carried out, 3.6 and later name the first, see
     * etcd-io/etcd#16372; before, puts came before readings.
     */
    PUTS_CHECKED_BEFORE_READINGS {
        @Override
        boolean covers(Compared compared) {
            return compared.call() instanceof Call.Txn
                    && isOneOf(compared.etcd(), Refusal.KEY_NOT_FOUND, Refusal.LEASE_NOT_FOUND)
                    && isOneOf(compared.ours(), Refusal.COMPACTED, Refusal.FUTURE_REVISION);
        }
    },

    /**
     * Of a put in a transaction that lacks both, key and lease, 3.7 names the lease, see etcd-io/etcd#19811; before, it was the
     * key, though not for a put by itself.
     */
    KEY_LOOKED_AT_BEFORE_LEASE {
        @Override
        boolean covers(Compared compared) {
            return compared.call() instanceof Call.Txn
                    && isOneOf(compared.etcd(), Refusal.KEY_NOT_FOUND)
                    && isOneOf(compared.ours(), Refusal.LEASE_NOT_FOUND);
        }
    },

    /**
     * A watch that begins at exactly the compact revision gets the deletes of that revision since 3.4.34 and 3.5.16, see
     * etcd-io/etcd#18089 and #19179. {@link WatchComparison} looks for it.
     */
    DELETE_AT_THE_COMPACT_REVISION_NOT_WATCHED {
        @Override
        boolean covers(Compared compared) {
            return false;
        }
    },

    /**
     * What a key held before its change at the compact revision is compacted, and etcd does not show it; a watch of ours that
     * begins there may still show it, out of memory. {@link WatchComparison} looks for it.
     */
    PREVIOUS_OF_THE_COMPACT_REVISION_STILL_KNOWN {
        @Override
        boolean covers(Compared compared) {
            return false;
        }
    };

    /**
     * A call with what both sides answered.
     *
     * @param before where both stood
     */
    record Compared(Call call, Moment before, Answer etcd, Answer ours) {}

    /** Tells whether the answers differ in this way. */
    abstract boolean covers(Compared compared);

    /** Returns the one that explains why answers differ, if one does. */
    static Optional<ListedDifference> of(Compared compared) {
        return Arrays.stream(values())
                .filter(difference -> difference.covers(compared))
                .findFirst();
    }

    private static boolean isOneOf(Answer answer, Refusal... refusals) {
        return Arrays.stream(refusals).anyMatch(refusal -> answer.equals(refused(refusal)));
    }

    private static Answer refused(Refusal refusal) {
        return new Answer.Refused(Refusal.WIRE_PREFIX + refusal.text());
    }
}
