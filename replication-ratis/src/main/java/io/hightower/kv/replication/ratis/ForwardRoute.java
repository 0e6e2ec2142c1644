package io.hightower.kv.replication.ratis;

import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of commands to the leader while another member leads: one link at a time.
 *
 * <p><b>Ordering.</b> Nothing goes another way, by another link or into this member's own log, while the link used last owes
 * answers: what it may still refuse comes before everything behind it. <b>Failure.</b> A member that another one has replaced
 * gets an election timeout to answer, for it may have stopped without a word; then its link is broken off, and the outcome of
 * what it owes is unknown. <b>Used by one thread at a time</b>, the one that proposes.
 */
final class ForwardRoute {
    /** The links to other members. */
    interface Links {
        /** Returns an open link to the leader; nothing if it cannot be reached now. Waits about a second at most. */
        Optional<ForwardLink> forward(String leaderId) throws InterruptedException;
    }

    /** Whether the link used last may still be used. */
    private enum Standing {
        IN_USE,
        /** The member asked refuses, and has yet to tell what became of what it took before. */
        REFUSING,
        /** Another member leads, or did so last. */
        REPLACED
    }

    private final Proposer.Member member;
    private final Links links;
    private final RatisOptions.Timeouts timeouts;
    private final LongSupplier nanoClock;

    private @Nullable ForwardLink lastLink;
    private String lastLeader = "";
    private Standing standing = Standing.IN_USE;
    private long standingSinceNanos;

    /** Begins with no link. The clock is monotonic, in nanoseconds. */
    ForwardRoute(Proposer.Member member, Links links, RatisOptions.Timeouts timeouts, LongSupplier nanoClock) {
        this.member = member;
        this.links = links;
        this.timeouts = timeouts;
        this.nanoClock = nanoClock;
    }

    /** Tells whether nothing that was sent is unanswered, and nothing refused waits to be taken back. */
    boolean isClear() {
        ForwardLink link = lastLink;
        return link == null || link.owesNothing();
    }

    /**
     * Returns a link to the leader, with room for one batch reserved.
     *
     * @return nothing if no other member is known to lead or to hear, if it has no room in time, or if the link used last must
     *     answer first
     */
    Optional<ForwardLink> reserve(long patienceMillis) throws InterruptedException {
        Optional<String> leader = member.leaderId().filter(id -> !id.equals(member.peerId()));
        if (leader.isEmpty() || !(isLastTo(leader.get()) || isClear())) {
            return Optional.empty();
        }
        ForwardLink link = links.forward(leader.get()).orElse(null);
        // The link used last may have ceased to be the one to this leader meanwhile.
        if (link == null || (link != lastLink && !isClear())) {
            return Optional.empty();
        }
        lastLink = link;
        lastLeader = leader.get();
        return link.awaitRoom(patienceMillis) ? Optional.of(link) : Optional.empty();
    }

    private boolean isLastTo(String leaderId) {
        return lastLink != null && !lastLink.isBroken() && lastLeader.equals(leaderId);
    }

    /** Hands over, once, what was sent and is certain not to be replicated, in the order in which it was sent. */
    List<Batch> takeRefused() {
        ForwardLink link = lastLink;
        return link == null ? List.of() : link.takeRefused();
    }

    /** Breaks off the link used last if it owes answers for too long after it ceased to be the way to the leader. */
    void review() {
        ForwardLink link = lastLink;
        if (link == null) {
            return;
        }
        Standing now = standingOf(link);
        if (now != standing) {
            standing = now;
            standingSinceNanos = nanoClock.getAsLong();
        } else if (now != Standing.IN_USE && nanoClock.getAsLong() - standingSinceNanos >= graceNanos(now)) {
            link.breakOff(new IllegalStateException("It leads no more: memberId=" + lastLeader));
        }
    }

    private Standing standingOf(ForwardLink link) {
        Optional<String> leader = member.leaderId();
        boolean replaced = leader.isPresent() ? !leader.get().equals(lastLeader) : standing == Standing.REPLACED;
        if (replaced) {
            return Standing.REPLACED;
        }
        return link.isBroken() ? Standing.REFUSING : Standing.IN_USE;
    }

    private long graceNanos(Standing of) {
        // Who refuses is alive and answers; after the request timeout nobody waits for the answers any more.
        return (of == Standing.REPLACED ? timeouts.electionMin() : timeouts.request()).toNanos();
    }
}
