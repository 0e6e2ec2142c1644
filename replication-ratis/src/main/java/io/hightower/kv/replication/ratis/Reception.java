package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.JoinExchange.Admission;
import io.hightower.kv.replication.ratis.membership.JoinExchange.Answer;
import io.hightower.kv.replication.ratis.membership.JoinExchange.Question;
import io.hightower.kv.replication.ratis.membership.MemberRecord;
import io.hightower.kv.replication.ratis.membership.MemberSelf;
import io.hightower.kv.replication.ratis.membership.MemberTable;
import io.hightower.kv.statemachine.api.MemberId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Where other members introduce themselves: those with an empty directory learn who they are, those that start are remembered
 * and turned away if they were removed or have lost what they were. Thread-safe.
 */
final class Reception {
    private final Roster roster;
    private final MemberDirectory directory;
    private final Configuration configuration;
    private final Supplier<CompletableFuture<Void>> barrier;
    private final Map<MemberId, Long> heardNanos = new ConcurrentHashMap<>();

    /**
     * Prepares the answers.
     *
     * @param barrier completes once the roster has everything that was acknowledged
     */
    Reception(
            Roster roster,
            MemberDirectory directory,
            Configuration configuration,
            Supplier<CompletableFuture<Void>> barrier) {
        this.roster = roster;
        this.directory = directory;
        this.configuration = configuration;
        this.barrier = barrier;
    }

    /** Returns the answer to a greeting: one of those of {@link MemberProtocol}. */
    byte greet(MemberId member, String incarnation) {
        // On record alone does not count: a member that is still needed for a majority must not go.
        if (roster.table().isRemoved(member) && configuration.isSettledWithout(member)) {
            return MemberProtocol.REMOVED;
        }
        if (roster.table().record(member).isEmpty()
                && !roster.self().addresses().containsKey(member)) {
            // What is not on record is not remembered either: it might be said by anybody.
            return MemberProtocol.UNKNOWN_YET;
        }
        if (!directory.welcome(member, incarnation)) {
            return MemberProtocol.KNOWN_OTHERWISE;
        }
        heardNanos.put(member, System.nanoTime());
        return MemberProtocol.WELCOME;
    }

    /** Tells whether a member has greeted not longer ago than this. */
    boolean hasHeard(MemberId member, Duration within) {
        Long heard = heardNanos.get(member);
        return heard != null && System.nanoTime() - heard <= within.toNanos();
    }

    /** Answers a member with an empty directory; the future never fails. */
    CompletableFuture<Answer> whoAmI(Question question) {
        MemberSelf self = roster.self();
        if (!question.token().equals(self.token())) {
            return CompletableFuture.completedFuture(Answer.refused(
                    "The member that was asked is of another cluster. Check the initial cluster and its token:"
                            + " token=" + question.token() + " found=" + self.token()));
        }
        return barrier.get()
                .handle((confirmed, failure) -> failure == null
                        ? known(question, roster.table())
                        : Answer.later("The cluster does not answer at the moment: " + failure.getMessage()));
    }

    private Answer known(Question question, MemberTable table) {
        if (!question.formats().contains(table.format())) {
            return Answer.refused(question.formats().refusal(table.format()));
        }
        String address = question.address();
        Optional<MemberRecord> member = table.at(address);
        if (member.isEmpty()) {
            return Answer.refused("No member of the cluster has this peer address. Add it first, with"
                    + " 'hightower member add': address=" + address);
        }
        MemberRecord found = member.get();
        if (!found.name().isEmpty() || directory.hasSeen(found.id())) {
            return Answer.refused(
                    "The member with this peer address has taken part before; its directory is lost, and with"
                            + " it the votes that it gave. Restore the directory; or have the member removed, with 'hightower member"
                            + " remove " + found.id() + "', and add it again: address=" + address + " memberName="
                            + found.name());
        }
        return Answer.known(new Admission(roster.self().cluster(), found.id(), table.members()));
    }
}
