package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.MemberRecord;
import io.hightower.kv.statemachine.MemberRefusedException;
import io.hightower.kv.statemachine.api.MemberId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.thirdparty.io.grpc.Status;

/**
 * This member's introductions to the others, who remember it. A member that lost its directories and begins anew has
 * forgotten what it voted for and acknowledged; whoever knows it from before tells it so, and it must not take part. A member
 * that was removed learns it here, and one that was added makes itself known.
 *
 * <p>A founder takes no part before a majority of the founders, itself included, has welcomed it. Others that cannot be reached
 * are asked again until each has answered once; all of them are asked while this member has no leader or no vote. Thread-safe.
 */
final class Greetings {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final String KNOWN_OTHERWISE = "Another directory took part in this cluster under this member's id."
            + " Restore that one, or have the member removed and add it again, with empty directories: knownBy=";

    static final String REMOVED =
            "This member was removed from the cluster. To have it take part again, add it, and start it"
                    + " with empty directories: toldBy=";

    private final Roster roster;
    private final PeerLinks links;
    private final MemberDirectory directory;
    private final Set<MemberId> answered = ConcurrentHashMap.newKeySet();

    /** Hears what others say against this member. */
    interface Listener {
        /** Another directory took part under this member's id. */
        void unwelcome(String reason);

        /** This member was removed, and the others have gone on without it. */
        void removed(String reason);
    }

    Greetings(Roster roster, PeerLinks links, MemberDirectory directory) {
        this.roster = roster;
        this.links = links;
        this.directory = directory;
    }

    /**
     * Greets whoever can be reached before this member takes part for the first time. Waits about a second at most.
     *
     * @throws MemberRefusedException if one of them knows another directory by this member's id, or a different cluster
     */
    void beforeFirstStart() {
        Listener refusing = new Listener() {
            @Override
            public void unwelcome(String reason) {
                throw new MemberRefusedException(reason);
            }

            @Override
            public void removed(String reason) {
                throw new MemberRefusedException(reason);
            }
        };
        Map<MemberId, CompletableFuture<Byte>> asked = new HashMap<>();
        for (MemberId other : roster.others()) {
            asked.put(other, links.greet(other.toString(), directory.incarnation(), PATIENCE));
        }
        asked.forEach((other, answer) -> hear(other, heard(answer), refusing));
    }

    private static byte heard(CompletableFuture<Byte> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            Status status = Status.fromThrowable(e);
            if (status.getCode() == Status.Code.FAILED_PRECONDITION) {
                throw new MemberRefusedException(
                        "A member at an address of the initial cluster is of another cluster. Check the"
                                + " initial cluster and its token; a member that was added to a cluster is started as one of a"
                                + " cluster that exists: " + status.getDescription());
            }
            return 0;
        }
    }

    /** Greets again whoever has not answered, or everybody; {@code listener} is told what they have against this member. */
    void repeat(Reach reach, Listener listener) {
        for (MemberId other : roster.others()) {
            if (reach == Reach.EVERYBODY || !answered.contains(other)) {
                Completion.observe(
                        links.greet(other.toString(), directory.incarnation(), PATIENCE), (welcome, unreachable) -> {
                            if (welcome != null) {
                                hear(other, welcome, listener);
                                takePartIfWelcome();
                            }
                        });
            }
        }
    }

    /** Tells whether this member waits for being welcomed before it takes part. */
    boolean isAwaited() {
        return directory.needsWelcome();
    }

    /** Lets this member vote from now on, if enough others have welcomed it. To be called once its directory is formatted. */
    void takePartIfWelcome() {
        if (!directory.needsWelcome()) {
            return;
        }
        List<MemberRecord> founders = roster.self().founders();
        long welcomed = founders.stream()
                .map(MemberRecord::id)
                .filter(id -> id.equals(roster.self().id()) || answered.contains(id))
                .count();
        if (2 * welcomed > founders.size()) {
            directory.markStarted();
        }
    }

    /** Whom to greet. */
    enum Reach {
        /** Those that have not answered since the start. */
        UNANSWERED,
        /** All others. */
        EVERYBODY
    }

    private void hear(MemberId other, byte welcome, Listener listener) {
        if (welcome == MemberProtocol.WELCOME) {
            answered.add(other);
        } else if (welcome == MemberProtocol.KNOWN_OTHERWISE) {
            listener.unwelcome(KNOWN_OTHERWISE + other);
        } else if (welcome == MemberProtocol.REMOVED) {
            listener.removed(REMOVED + other);
        }
    }
}
