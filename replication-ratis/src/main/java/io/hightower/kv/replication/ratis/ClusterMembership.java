package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.ChangeExchange.Answer;
import io.hightower.kv.replication.ratis.membership.ChangeExchange.Request;
import io.hightower.kv.replication.ratis.membership.ChangeExchange.What;
import io.hightower.kv.replication.ratis.membership.Identities;
import io.hightower.kv.replication.ratis.membership.MemberRecord;
import io.hightower.kv.replication.ratis.membership.MemberTable;
import io.hightower.kv.statemachine.MembershipException;
import io.hightower.kv.statemachine.MembershipException.Reason;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.api.MemberList;
import io.hightower.kv.statemachine.api.Membership;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The members as any member shows and changes them: requests go to the leader, again if need be, since repeating them is safe.
 * Thread-safe.
 */
final class ClusterMembership implements Membership {
    private static final long BETWEEN_ATTEMPTS_MILLIS = 20;

    private final RatisOptions options;
    private final Roster roster;
    private final RaftMember member;
    private final PeerLinks links;
    private final Decisions decisions;

    /**
     * Where requests are decided and reads are confirmed.
     *
     * @param changes decide if this member leads
     * @param barrier completes once everything acknowledged is applied here
     */
    record Decisions(MemberChanges changes, Supplier<CompletableFuture<Void>> barrier) {}

    ClusterMembership(RatisOptions options, Roster roster, RaftMember member, PeerLinks links, Decisions decisions) {
        this.options = options;
        this.roster = roster;
        this.member = member;
        this.links = links;
        this.decisions = decisions;
    }

    @Override
    public MemberList list() {
        CompletableFuture<Void> confirmed = decisions.barrier().get();
        try {
            confirmed.get();
        } catch (ExecutionException e) {
            throw new ReadUnavailableException("The members cannot be confirmed now: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReadUnavailableException("Interrupted while the members were confirmed", e);
        }
        return local();
    }

    @Override
    public MemberList local() {
        List<MemberRecord> recorded = roster.table().members();
        // Until the first leader has written it down, what the founders were told holds.
        List<MemberRecord> members = recorded.isEmpty() ? roster.self().founders() : recorded;
        return new MemberList(
                roster.self().cluster(),
                roster.self().id(),
                member.leaderId().flatMap(MemberId::parse),
                member.term(),
                members.stream().map(MemberRecord::toMember).toList());
    }

    @Override
    public Added add(String peerAddress, Kind kind) {
        requireAddress(peerAddress);
        MemberId id = freshId(peerAddress);
        ask(new Request(What.ADD, id, peerAddress, kind, false));
        return new Added(id, list());
    }

    /** Returns an id that this member has never seen; the leader has the last word. */
    private MemberId freshId(String peerAddress) {
        MemberTable table = roster.table();
        long seconds = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
        String url = options.peerUrl(peerAddress);
        MemberId id = Identities.added(url, options.identity().token(), seconds);
        while (table.record(id).isPresent()) {
            seconds++;
            id = Identities.added(url, options.identity().token(), seconds);
        }
        return id;
    }

    @Override
    public MemberList remove(MemberId id) {
        ask(Request.of(What.REMOVE, id));
        return roster.self().id().equals(id) ? local() : list();
    }

    @Override
    public MemberList promote(MemberId id) {
        ask(Request.of(What.PROMOTE, id));
        return list();
    }

    @Override
    public MemberList updateAddress(MemberId id, String peerAddress) {
        requireAddress(peerAddress);
        ask(new Request(What.MOVE, id, peerAddress, Kind.VOTER, false));
        return list();
    }

    @Override
    public void transferLeadership(MemberId id) {
        ask(Request.of(What.LEAD, id));
    }

    private static void requireAddress(String address) {
        try {
            PeerAddress.require(address);
        } catch (IllegalArgumentException e) {
            throw new MembershipException(Reason.BAD_ADDRESS, Reason.BAD_ADDRESS.text() + ": " + e.getMessage());
        }
    }

    private void ask(Request first) {
        // A transfer may take as long as a request by itself.
        Duration patience = options.timeouts().request().multipliedBy(2);
        long deadline = System.nanoTime() + patience.toNanos();
        Request request = first;
        Answer last = Answer.notNow("No leader is known");
        while (System.nanoTime() - deadline < 0) {
            last = askOnce(request, deadline);
            switch (last.status()) {
                case DONE -> {
                    return;
                }
                case REFUSED -> throw last.refusal();
                case NOT_NOW -> {}
                case UNKNOWN -> request = request.again();
            }
            rest();
        }
        if (request.repeated()) {
            throw new OutcomeUnknownException("Whether the members were changed is not known; list them: waited="
                    + patience + " last=" + last.message());
        }
        throw new NotReplicatedException(
                NotReplicatedException.Reason.NO_LEADER,
                "The members could not be changed: waited=" + patience + " last=" + last.message());
    }

    private Answer askOnce(Request request, long deadline) {
        Optional<String> leader = member.leaderId();
        if (leader.isEmpty()) {
            return Answer.notNow("No leader is known");
        }
        Duration left = Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
        CompletableFuture<Answer> answer = leader.get().equals(member.peerId())
                ? decisions.changes().decide(request)
                : links.change(leader.get(), request.encode(), left).thenApply(Answer::decode);
        try {
            return answer.get(left.toMillis() + 1, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return Answer.unknown("The leader did not answer: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OutcomeUnknownException("Interrupted while the members were changed", e);
        }
    }

    private static void rest() {
        try {
            TimeUnit.MILLISECONDS.sleep(BETWEEN_ATTEMPTS_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OutcomeUnknownException("Interrupted while the members were changed", e);
        }
    }
}
