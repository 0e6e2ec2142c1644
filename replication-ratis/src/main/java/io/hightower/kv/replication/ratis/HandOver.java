package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.api.MemberId;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The giving up of leadership by a leader that others can do without, one attempt at a time, on a thread of its own.
 * Thread-safe; returns at once.
 */
final class HandOver {
    private static final System.Logger LOGGER = System.getLogger(HandOver.class.getName());

    private final RaftMember member;
    private final Duration patience;
    private final AtomicBoolean busy = new AtomicBoolean();

    /** Hands over for {@code member}; an attempt takes at most about {@code patience}. */
    HandOver(RaftMember member, Duration patience) {
        this.member = member;
        this.patience = patience;
    }

    /** Asks the others to take over, the most advanced first, if this member leads. */
    void toAnybody(String reason) {
        begin(reason, () -> member.handOver(patience));
    }

    /** Asks one member to take over, if this one leads. */
    void to(MemberId other, String reason) {
        begin(reason, () -> member.handOverTo(other, patience));
    }

    private void begin(String reason, Runnable attempt) {
        if (!member.leads() || !busy.compareAndSet(false, true)) {
            return;
        }
        LOGGER.log(System.Logger.Level.WARNING, "Another member is asked to lead: " + reason);
        MemberThreads.named("hightower-hand-over")
                .newThread(() -> {
                    try {
                        attempt.run();
                    } finally {
                        busy.set(false);
                    }
                })
                .start();
    }
}
