package io.hightower.kv.replication.ratis.membership;

import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The next step from the configuration that is in force to the members on record. One step at a time: each is a
 * configuration that shares a majority with the one before, and it is decided anew when the step is done.
 *
 * <p>Promotions come first, so that what follows counts on them; then removals, then additions. A voter is removed only if
 * a majority of those that remain answers. <b>Immutable.</b>
 *
 * @param table the members on record
 * @param voters who votes now
 * @param learners who receives everything and does not vote
 * @param self the leader, which decides this
 */
public record ConfigurationPlan(MemberTable table, Set<MemberId> voters, Set<MemberId> learners, MemberId self) {
    /** Copies the sets. */
    public ConfigurationPlan {
        voters = Set.copyOf(voters);
        learners = Set.copyOf(learners);
    }

    /**
     * What is known about the others at the moment.
     *
     * @param answering whether a member of the configuration answers the leader
     * @param waiting whether a member that is not in the configuration is running
     * @param caughtUp whether a learner is level with the leader, but for a little
     */
    public record Sight(Predicate<MemberId> answering, Predicate<MemberId> waiting, Predicate<MemberId> caughtUp) {}

    /** What to do about a member. */
    public enum Action {
        /** Take the member in, without a vote. */
        ADD_LEARNER,
        /** Give a learner a vote. */
        PROMOTE,
        /** Take the member out. */
        REMOVE,
        /** Let another voter lead, so that it can take this one out. */
        HAND_OVER
    }

    /** One step. */
    public record Step(Action action, MemberId member) {}

    /** Returns what to do now; nothing if everything is as recorded, or has to wait. */
    public Optional<Step> next(Sight sight) {
        return promotion(sight).or(() -> removal(sight)).or(() -> addition(sight));
    }

    private Optional<Step> promotion(Sight sight) {
        return sorted(learners).stream()
                .filter(id -> wanted(id, Kind.VOTER))
                .filter(sight.answering().and(sight.caughtUp()))
                .findFirst()
                .map(id -> new Step(Action.PROMOTE, id));
    }

    private Optional<Step> removal(Sight sight) {
        Optional<MemberId> learner =
                sorted(learners).stream().filter(table::isRemoved).findFirst();
        if (learner.isPresent()) {
            return learner.map(id -> new Step(Action.REMOVE, id));
        }
        // The leader comes last: it can do the rest before it hands over.
        Optional<MemberId> other = sorted(voters).stream()
                .filter(id -> !id.equals(self) && table.isRemoved(id))
                .findFirst();
        Optional<Step> step = other.isPresent()
                ? other.map(id -> new Step(Action.REMOVE, id))
                : Optional.of(new Step(Action.HAND_OVER, self)).filter(leave -> table.isRemoved(self));
        return step.filter(leave -> majorityAnswersWithout(leave.member(), sight));
    }

    private boolean majorityAnswersWithout(MemberId leaving, Sight sight) {
        long remaining = voters.stream().filter(id -> !id.equals(leaving)).count();
        long answering = voters.stream()
                .filter(id -> !id.equals(leaving))
                .filter(id -> id.equals(self) || sight.answering().test(id))
                .count();
        return answering > remaining / 2;
    }

    private Optional<Step> addition(Sight sight) {
        return table.members().stream()
                .map(MemberRecord::id)
                .filter(id -> !voters.contains(id) && !learners.contains(id))
                .filter(sight.waiting())
                .findFirst()
                .map(id -> new Step(Action.ADD_LEARNER, id));
    }

    private boolean wanted(MemberId id, Kind kind) {
        return table.member(id).filter(record -> record.kind() == kind).isPresent();
    }

    private static Collection<MemberId> sorted(Set<MemberId> ids) {
        return new TreeSet<>(ids);
    }
}
