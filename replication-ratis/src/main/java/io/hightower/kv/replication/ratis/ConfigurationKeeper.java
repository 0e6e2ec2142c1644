package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.ConfigurationPlan;
import io.hightower.kv.replication.ratis.membership.ConfigurationPlan.Action;
import io.hightower.kv.replication.ratis.membership.ConfigurationPlan.Sight;
import io.hightower.kv.replication.ratis.membership.ConfigurationPlan.Step;
import io.hightower.kv.replication.ratis.membership.FormatRange;
import io.hightower.kv.replication.ratis.membership.MemberRecord;
import io.hightower.kv.replication.ratis.membership.MemberSelf;
import io.hightower.kv.replication.ratis.membership.MemberTable;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SystemWrite;
import io.hightower.kv.statemachine.api.MemberId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Brings the configuration of Ratis to what is on record while this member leads, one step at a time; the next leader goes on
 * where this one stopped. Also writes what only a member itself knows: the founders of a new cluster, its own name and what its
 * release understands; and raises the cluster's format when all of them understand a newer one.
 *
 * <p><b>Confined to the membership thread.</b>
 */
final class ConfigurationKeeper {
    private static final System.Logger LOGGER = System.getLogger(ConfigurationKeeper.class.getName());

    /** A member that greeted not longer ago than this is running. */
    private static final Duration WAITING_WITHIN = Duration.ofSeconds(3);

    private final Roster roster;
    private final RaftMember member;
    private final Configuration configuration;
    private final Reception reception;
    private final Ways ways;

    private @Nullable CompletableFuture<?> step;
    private @Nullable CompletableFuture<Result> write;

    /**
     * What the keeper needs of its surroundings.
     *
     * @param submit has a command applied
     * @param electionMax when a member that was silent for so long does not answer
     */
    record Ways(Function<Command, CompletableFuture<Result>> submit, Duration electionMax) {}

    ConfigurationKeeper(Roster roster, RaftMember member, Configuration configuration, Reception reception, Ways ways) {
        this.roster = roster;
        this.member = member;
        this.configuration = configuration;
        this.reception = reception;
        this.ways = ways;
    }

    /** Does what can be done at the moment; returns soon. */
    void review() {
        MemberTable table = roster.table();
        boolean leads = member.leads();
        if (write == null || write.isDone()) {
            nextWrite(table, leads).ifPresent(this::write);
        }
        if (leads
                && (step == null || step.isDone())
                && table.record(roster.self().id()).isPresent()) {
            Optional<Configuration.Members> settled = configuration.settled();
            if (settled.isPresent()) {
                plan(table, settled.get()).next(sight()).ifPresent(this::take);
            }
        }
    }

    private Optional<List<SystemWrite>> nextWrite(MemberTable table, boolean leads) {
        MemberSelf self = roster.self();
        Optional<MemberRecord> own = table.record(self.id());
        if (own.isEmpty()) {
            return leads && !self.founders().isEmpty() ? Optional.of(table.change(founders())) : Optional.empty();
        }
        MemberRecord known = own.get();
        MemberRecord said = known.withOwn(self.name(), roster.formats().newest());
        if (!known.removed() && !said.equals(known)) {
            return Optional.of(table.change(List.of(said)));
        }
        return leads ? table.nextFormat().map(next -> raised(table, next)) : Optional.empty();
    }

    /** Whoever founds a cluster understands what is in force from the beginning; what else, each says for itself. */
    private List<MemberRecord> founders() {
        return roster.self().founders().stream()
                .map(founder -> founder.withOwn(founder.name(), FormatRange.FIRST))
                .toList();
    }

    private static List<SystemWrite> raised(MemberTable table, int format) {
        LOGGER.log(
                System.Logger.Level.INFO,
                "Every member understands a newer format, which is put in force: format={0} before={1}",
                format,
                table.format());
        return table.withFormat(format);
    }

    private void write(List<SystemWrite> writes) {
        // Lost or refused, it is decided anew at the next review.
        write = ways.submit().apply(new Command.WriteSystem(writes));
    }

    private ConfigurationPlan plan(MemberTable table, Configuration.Members now) {
        return new ConfigurationPlan(
                table, now.voters(), now.learners(), roster.self().id());
    }

    private Sight sight() {
        Set<MemberId> answering = configuration.answering(ways.electionMax().toMillis());
        Predicate<MemberId> answers = answering::contains;
        return new Sight(answers, id -> reception.hasHeard(id, WAITING_WITHIN), configuration::isCaughtUp);
    }

    private void take(Step next) {
        LOGGER.log(
                System.Logger.Level.INFO,
                "The members of the cluster change: action={0} memberId={1}",
                next.action(),
                next.member());
        if (next.action() == Action.HAND_OVER) {
            member.handOver(ways.electionMax());
            return;
        }
        CompletableFuture<?> taken = configuration.take(next);
        step = taken;
        Completion.observe(taken, (reply, failure) -> {
            if (failure != null) {
                LOGGER.log(
                        System.Logger.Level.INFO,
                        "A change of members was not possible and will be tried again: memberId=" + next.member(),
                        failure);
            }
        });
    }
}
