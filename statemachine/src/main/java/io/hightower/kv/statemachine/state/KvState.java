package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.spi.ChangeFeed;
import io.hightower.kv.statemachine.spi.StateStore;
import java.util.ArrayList;
import java.util.List;

/**
 * The deterministic state machine: equal states and equal entries give equal results and equal states, on every member
 * and in every mode.
 *
 * <p><b>Ordering.</b> Entries are applied in the order of their positions, their commands in order. <b>Durability.</b> None
 * of its own: the log has the entry before it comes here. <b>Threads.</b> Confined to the apply thread. <b>Failure.</b>
 * Anything thrown leaves the store without the entry and must stop the caller: applying may not be refused.
 */
public final class KvState {
    private final StateStore store;
    private final ChangeFeed feed;
    private final StateHash hash = new StateHash();

    /** Goes on from what {@code store} contains, unheard. */
    public KvState(StateStore store) {
        this(store, ChangeFeed.NOBODY);
    }

    /** Goes on from what {@code store} contains, and tells {@code feed} of every change. */
    public KvState(StateStore store, ChangeFeed feed) {
        this.store = store;
        this.feed = feed;
    }

    /** Returns where the state is kept. Whoever drives this state machine changes it in no other way. */
    public StateStore store() {
        return store;
    }

    /**
     * Applies one entry and publishes it as a whole.
     *
     * @param position where the log has the entry; beyond every position applied before
     * @return one result per command, in order
     */
    public List<Result> apply(LogPosition position, Entry entry) {
        requireNext(position);
        boolean heard = feed.begin();
        try {
            EntryApplication application = new EntryApplication(store, hash, entry, heard);
            List<Result> results = new ArrayList<>(entry.commands().size());
            for (Command command : entry.commands()) {
                results.add(application.apply(command));
            }
            application.publish(position);
            if (heard && !application.changes().isEmpty()) {
                feed.changed(application.changes());
            }
            return results;
        } finally {
            feed.end();
        }
    }

    /**
     * Puts a staged state into the place of the present one.
     *
     * @param position where in the log it counts as applied
     * @param continued whether it is a later moment of the same history, as another member of the cluster had it
     */
    public void install(StateStore.Staged staged, LogPosition position, boolean continued) {
        staged.install(position);
        feed.replaced(store.applied(), continued);
    }

    /** Records that the log holds no command at {@code position}: the entry was the log's own. */
    public void skip(LogPosition position) {
        requireNext(position);
        store.edit().publish(store.applied().at(position));
    }

    private void requireNext(LogPosition position) {
        LogPosition applied = store.applied().position();
        if (position.compareTo(applied) <= 0) {
            throw new InvariantViolation(
                    "entries are applied once and in order: applied=" + applied + " offered=" + position);
        }
    }
}
