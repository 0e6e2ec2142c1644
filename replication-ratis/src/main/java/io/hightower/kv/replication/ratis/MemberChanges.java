package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.ChangeExchange.Answer;
import io.hightower.kv.replication.ratis.membership.ChangeExchange.Request;
import io.hightower.kv.replication.ratis.membership.ChangeExchange.What;
import io.hightower.kv.replication.ratis.membership.MemberRecord;
import io.hightower.kv.replication.ratis.membership.MemberTable;
import io.hightower.kv.replication.ratis.membership.MembershipRules;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.MembershipException;
import io.hightower.kv.statemachine.MembershipException.Reason;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The leader's decisions about changes of members. A change is written if it is allowed by what is on record, and only if
 * that is still so when it is applied; {@link MembershipLoop} then brings it about.
 *
 * <p><b>Threads.</b> {@link #decide} may be called from any; the work is done on the membership thread, one after the other. To
 * have another member lead changes no record and may take a while: each such request has a thread of its own.
 */
final class MemberChanges {
    private static final int ATTEMPTS = 5;
    private static final long POLL_MILLIS = 20;

    private final Roster roster;
    private final RaftMember member;
    private final Configuration configuration;
    private final Cluster cluster;
    private final RatisOptions.Timeouts timeouts;

    /**
     * The ways to the log.
     *
     * @param submit has a command applied
     * @param barrier completes once everything acknowledged is applied here
     * @param queue runs a task on the membership thread; false if that has ended
     */
    record Cluster(
            Function<Command, CompletableFuture<Result>> submit,
            Supplier<CompletableFuture<Void>> barrier,
            Function<Runnable, Boolean> queue) {}

    MemberChanges(
            Roster roster,
            RaftMember member,
            Configuration configuration,
            Cluster cluster,
            RatisOptions.Timeouts timeouts) {
        this.roster = roster;
        this.member = member;
        this.configuration = configuration;
        this.cluster = cluster;
        this.timeouts = timeouts;
    }

    /** Decides about a request; the future never fails. */
    CompletableFuture<Answer> decide(Request request) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Runnable decision = () -> {
            try {
                answer.complete(decideNow(request));
            } finally {
                // Nobody is left waiting, whatever was thrown.
                answer.complete(Answer.unknown("The change failed for a reason that is in the leader's log"));
            }
        };
        if (request.what() == What.LEAD) {
            MemberThreads.named("hightower-hand-over").newThread(decision).start();
        } else if (!cluster.queue().apply(decision)) {
            answer.complete(Answer.notNow("The member is closing"));
        }
        return answer;
    }

    private Answer decideNow(Request request) {
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                if (!member.leads()) {
                    return Answer.notNow("The member that was asked does not lead");
                }
                await(cluster.barrier().get());
                MemberTable table = roster.table();
                if (table.member(roster.self().id()).isEmpty()) {
                    return Answer.notNow("The leader is not on record yet, or leaves");
                }
                if (request.repeated() && isDone(request, table)) {
                    return Answer.DONE;
                }
                if (request.what() == What.LEAD) {
                    return lead(request.id(), table);
                }
                if (isWritten(table, allowed(request, table))) {
                    return Answer.DONE;
                }
            }
            return Answer.notNow("Other changes of members came between each time");
        } catch (MembershipException e) {
            return Answer.refused(e);
        } catch (NotReplicatedException | ReadUnavailableException e) {
            return Answer.notNow(String.valueOf(e.getMessage()));
        } catch (HightowerException e) {
            return Answer.unknown(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.unknown("The member is closing");
        }
    }

    private static boolean isDone(Request request, MemberTable table) {
        Optional<MemberRecord> found = table.member(request.id());
        return switch (request.what()) {
            case ADD ->
                found.filter(record -> record.address().equals(request.address()))
                        .isPresent();
            case REMOVE -> table.isRemoved(request.id());
            case PROMOTE -> found.filter(record -> record.kind() == Kind.VOTER).isPresent();
            case MOVE ->
                found.filter(record -> record.address().equals(request.address()))
                        .isPresent();
            case LEAD -> false;
        };
    }

    /** As {@link #changed}; but a voter that does not answer has the time of an election to do so. */
    private MemberRecord allowed(Request request, MemberTable table) throws InterruptedException {
        long deadline = System.nanoTime() + timeouts.electionMax().toNanos();
        while (true) {
            try {
                return changed(request, table);
            } catch (MembershipException e) {
                if (e.reason() != Reason.UNHEALTHY || System.nanoTime() - deadline > 0) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
    }

    private MemberRecord changed(Request request, MemberTable table) {
        long answersWithin = timeouts.electionMax().toMillis();
        MembershipRules rules = new MembershipRules(table, configuration.answering(answersWithin));
        return switch (request.what()) {
            case ADD -> rules.add(request.id(), request.address(), request.kind());
            case REMOVE -> rules.remove(request.id());
            case PROMOTE -> rules.promote(request.id(), isCaughtUp(request.id(), answersWithin));
            case MOVE -> rules.move(request.id(), request.address());
            case LEAD -> throw new IllegalArgumentException("Leading is not on record");
        };
    }

    private boolean isCaughtUp(MemberId id, long answersWithin) {
        return configuration.answering(answersWithin).contains(id) && configuration.isCaughtUp(id);
    }

    /** Returns false if another change came between. */
    private boolean isWritten(MemberTable table, MemberRecord record) throws InterruptedException {
        Result result = await(cluster.submit().apply(new Command.WriteSystem(table.change(List.of(record)))));
        return ((Result.SystemResult) result).written();
    }

    private Answer lead(MemberId id, MemberTable table) throws InterruptedException {
        boolean votes =
                table.member(id).filter(record -> record.kind() == Kind.VOTER).isPresent()
                        && configuration
                                .settled()
                                .filter(now -> now.voters().contains(id))
                                .isPresent();
        if (!votes) {
            throw new MembershipException(
                    Reason.BAD_TRANSFEREE, Reason.BAD_TRANSFEREE.text() + ": No voter has the id: memberId=" + id);
        }
        if (id.equals(roster.self().id())) {
            return Answer.DONE;
        }
        Duration patience = timeouts.request();
        long deadline = System.nanoTime() + patience.toNanos();
        while (!member.leaderId().filter(id.toString()::equals).isPresent()) {
            if (System.nanoTime() - deadline > 0) {
                throw new MembershipException(
                        Reason.TRANSFER_TIMED_OUT,
                        Reason.TRANSFER_TIMED_OUT.text() + ": memberId=" + id + " waited=" + patience);
            }
            // Refused while the configuration changes; returns at once if another member leads already.
            member.handOverTo(id, timeouts.electionMax());
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return Answer.DONE;
    }

    private <T> T await(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get(timeouts.request().toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() instanceof CompletionException inner && inner.getCause() != null
                    ? inner.getCause()
                    : e.getCause();
            if (cause instanceof HightowerException failure) {
                throw failure;
            }
            throw new IllegalStateException("A command failed with what no caller expects", cause);
        } catch (TimeoutException e) {
            throw new IllegalStateException("A command did not end by itself", e);
        }
    }
}
