package io.hightower.kv.replication.ratis.read;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The leader's side of read index: rounds of heartbeats by which a majority confirms that it still follows. One round is
 * under way at a time; whoever asks meanwhile shares the next one, which begins after they asked.
 *
 * <p>Only an answer to a request that was made after the round began counts, and only in the term in which it began. A member
 * that was deposed, cut off or paused gets no such majority: whoever took its place has one that refuses its term.
 *
 * <p><b>Threads.</b> Thread-safe. Rounds end on the callback executor.
 */
public final class ConfirmationRounds {
    /** What a round ends with if this member does not lead, or ceased to. */
    public static final long NOT_LEADING = -1;

    private static final System.Logger LOGGER = System.getLogger(ConfirmationRounds.class.getName());

    private final Leadership leadership;
    private final Executor callbacks;
    private final Set<Sender> senders = ConcurrentHashMap.newKeySet();

    private final SharedRounds<Round> rounds = new SharedRounds<>(Round::new, this::begin);

    /** Guards what is in the rounds. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Sends requests to one follower, each with a higher number than the one before, and is told to send a heartbeat. */
    public interface Sender {
        /** Returns the follower's id. */
        String followerId();

        /** Returns a number that no request made so far has, and that every later one has or exceeds. */
        long nextCallId();

        /** Has a heartbeat sent soon. It may be forgotten if a request is just being made. Never blocks. */
        void sendHeartbeat();
    }

    private static final class Round {
        final CompletableFuture<Long> ended = new CompletableFuture<>();
        final Map<Sender, Long> firstCallIds = new HashMap<>();
        final Set<String> acknowledged = new HashSet<>();
        long term = NOT_LEADING;
        long index = NOT_LEADING;

        boolean awaits(Sender sender) {
            return !acknowledged.contains(sender.followerId());
        }

        /** Senders made after the round began have made all their requests after it. */
        long firstCallId(Sender sender) {
            return firstCallIds.getOrDefault(sender, Long.MIN_VALUE);
        }
    }

    /** Makes no round yet. */
    public ConfirmationRounds(Leadership leadership, Executor callbacks) {
        this.leadership = leadership;
        this.callbacks = callbacks;
    }

    /**
     * Confirms that this member leads.
     *
     * @return the commit index from before the confirmation, or {@link #NOT_LEADING}. Stays open as long as this member
     *     believes that it leads and no majority answers
     */
    public CompletableFuture<Long> confirm() {
        return rounds.share().ended.copy();
    }

    private void begin(Round round) {
        try {
            ask(round);
        } catch (RuntimeException e) {
            // What is asked here may be closing. Nobody must wait for a round that did not begin.
            LOGGER.log(System.Logger.Level.WARNING, "A confirmation of the leadership could not begin", e);
            end(round, NOT_LEADING);
        }
    }

    private void ask(Round round) {
        long term = leadership.termReady();
        long index = leadership.committedIndex();
        lock.lock();
        try {
            // The term first: an index seen later can only be higher.
            round.term = term;
            round.index = index;
            for (Sender sender : senders) {
                round.firstCallIds.put(sender, sender.nextCallId());
            }
        } finally {
            lock.unlock();
        }
        if (term == NOT_LEADING) {
            end(round, NOT_LEADING);
            return;
        }
        senders.forEach(Sender::sendHeartbeat);
        // A member that is alone is its own majority.
        endIfConfirmed(round);
    }

    /** Takes notice that requests will be sent through {@code sender}, before the first one is made. */
    public void senderBegan(Sender sender) {
        senders.add(sender);
    }

    /** Takes notice that {@code sender} sends nothing more. */
    public void senderEnded(Sender sender) {
        senders.remove(sender);
    }

    /** Takes notice that a follower accepted the request with that number, made in that term. */
    public void acknowledged(Sender sender, long term, long callId) {
        Round round = rounds.underWay().orElse(null);
        if (round == null) {
            return;
        }
        lock.lock();
        try {
            // What still arrives through a sender that has ended may have been on its way since before the round.
            boolean counts = senders.contains(sender) && round.term == term && callId >= round.firstCallId(sender);
            if (!counts || !round.acknowledged.add(sender.followerId())) {
                return;
            }
        } finally {
            lock.unlock();
        }
        endIfConfirmed(round);
    }

    /**
     * Tells whether the round under way needs another heartbeat through {@code sender}: the follower has not answered, and no
     * request was made since the round began.
     */
    public boolean awaits(Sender sender) {
        Round round = rounds.underWay().orElse(null);
        if (round == null) {
            return false;
        }
        lock.lock();
        try {
            // With a request under way that counts, another one would only cost.
            return round.term != NOT_LEADING
                    && round.awaits(sender)
                    && sender.nextCallId() <= round.firstCallId(sender);
        } finally {
            lock.unlock();
        }
    }

    private void endIfConfirmed(Round round) {
        Set<String> acknowledged;
        lock.lock();
        try {
            acknowledged = Set.copyOf(round.acknowledged);
        } finally {
            lock.unlock();
        }
        if (leadership.isMajority(acknowledged::contains)) {
            end(round, round.index);
        }
    }

    /** Ends the round under way if it can no longer be confirmed. To be called when the leadership changes, and now and then. */
    public void review() {
        Round round = rounds.underWay().orElse(null);
        if (round == null) {
            return;
        }
        long term;
        lock.lock();
        try {
            term = round.term;
        } finally {
            lock.unlock();
        }
        if (term != NOT_LEADING && leadership.termReady() != term) {
            end(round, NOT_LEADING);
        }
    }

    /** Ends a round; if several threads do so, the first one's outcome counts. */
    private void end(Round round, long outcome) {
        callbacks.execute(() -> round.ended.complete(outcome));
        rounds.ended(round);
    }
}
