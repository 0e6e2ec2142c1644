package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.Membership;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a member has to do with who the members are, put together. Thread-safe.
 */
final class Members implements AutoCloseable {
    private final Configuration configuration;
    private final Reception reception;
    private final Greetings greetings;
    private final MemberChanges changes;
    private final MembershipLoop loop;
    private final Membership membership;

    /**
     * The member that this is a part of.
     *
     * @param options of the member
     * @param roster who the members are
     * @param member its Ratis server
     * @param links to other members
     * @param directory its own directory
     * @param life told if it must not take part
     */
    record Wiring(
            RatisOptions options,
            Roster roster,
            RaftMember member,
            PeerLinks links,
            MemberDirectory directory,
            MemberLife life) {}

    /**
     * Puts the parts together; nothing runs yet.
     *
     * @param submit has a command applied
     * @param barrier completes once everything acknowledged is applied here
     */
    Members(
            Wiring with,
            Function<Command, CompletableFuture<Result>> submit,
            Supplier<CompletableFuture<Void>> barrier) {
        RatisOptions.Timeouts timeouts = with.options().timeouts();
        Roster roster = with.roster();
        RaftMember member = with.member();
        configuration = new Configuration(member, roster.self().cluster());
        reception = new Reception(roster, with.directory(), configuration, barrier);
        greetings = new Greetings(roster, with.links(), with.directory());
        ConfigurationKeeper keeper = new ConfigurationKeeper(
                roster, member, configuration, reception, new ConfigurationKeeper.Ways(submit, timeouts.electionMax()));
        loop = new MembershipLoop(new MembershipLoop.Work(roster, member, keeper, greetings, with.life()), timeouts);
        changes = new MemberChanges(
                roster, member, configuration, new MemberChanges.Cluster(submit, barrier, loop::submit), timeouts);
        membership = new ClusterMembership(
                with.options(), roster, member, with.links(), new ClusterMembership.Decisions(changes, barrier));
    }

    Configuration configuration() {
        return configuration;
    }

    Reception reception() {
        return reception;
    }

    Greetings greetings() {
        return greetings;
    }

    MemberChanges changes() {
        return changes;
    }

    Membership membership() {
        return membership;
    }

    void start() {
        loop.start();
    }

    @Override
    public void close() {
        loop.close();
    }
}
