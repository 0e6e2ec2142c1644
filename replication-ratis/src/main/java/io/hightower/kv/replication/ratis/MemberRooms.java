package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.room.DiskFloor;
import io.hightower.kv.replication.ratis.room.DiskRoom;
import io.hightower.kv.replication.ratis.room.MajorityRoom;
import io.hightower.kv.statemachine.api.MemberId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What the leader knows of the disks of the voters: it asks each once a second, and tells its owner how much room a majority
 * has. One that has less room than that itself has another lead. <b>Confined to one thread</b>, but for answers that come.
 */
final class MemberRooms {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** So often in a row a leader finds that others have more room before it hands over. */
    private static final int SHORT_TURNS = 3;

    private static final Optional<DiskRoom> NOT_ASKED = Optional.of(DiskRoom.ENOUGH);

    private final RaftMember member;
    private final Configuration configuration;
    private final PeerLinks links;
    private final MemberId self;
    private final DiskFloor floor;

    /** What voters said last; nothing for one that did not answer, no entry for one that was not asked yet. */
    private final Map<MemberId, Optional<DiskRoom>> answers = new ConcurrentHashMap<>();

    private boolean led;
    private int shortTurns;

    MemberRooms(RaftMember member, Configuration configuration, PeerLinks links, MemberId self, DiskFloor floor) {
        this.member = member;
        this.configuration = configuration;
        this.links = links;
        this.self = self;
        this.floor = floor;
    }

    /** Asks and judges, if this member leads. */
    void review(HandOver handOver) {
        if (!member.leads()) {
            if (led) {
                led = false;
                shortTurns = 0;
                answers.clear();
                floor.majorityHas(DiskRoom.ENOUGH, "");
            }
            return;
        }
        led = true;
        Set<MemberId> voters =
                configuration.settled().map(Configuration.Members::voters).orElse(Set.of());
        if (voters.isEmpty()) {
            // One configuration takes the place of another; what was found holds until then.
            return;
        }
        ask(voters);
        DiskRoom own = floor.room();
        Map<MemberId, Optional<DiskRoom>> rooms = new TreeMap<>();
        for (MemberId voter : voters) {
            // In the first second after an election nobody was asked yet.
            rooms.put(voter, voter.equals(self) ? Optional.of(own) : answers.getOrDefault(voter, NOT_ASKED));
        }
        DiskRoom majority = MajorityRoom.of(rooms.values());
        floor.majorityHas(majority, describe(rooms));
        shortTurns = own.isLessThan(majority) ? shortTurns + 1 : 0;
        if (shortTurns >= SHORT_TURNS) {
            rooms.entrySet().stream()
                    .filter(other -> other.getValue().filter(own::isLessThan).isPresent())
                    .map(Map.Entry::getKey)
                    .filter(configuration::isCaughtUp)
                    .findFirst()
                    .ifPresent(other -> handOver.to(other, "its disk has more room: leader=" + self + " room=" + own));
        }
    }

    private void ask(Set<MemberId> voters) {
        for (MemberId voter : voters) {
            if (!voter.equals(self)) {
                Completion.observe(
                        links.room(voter.toString(), PATIENCE),
                        (room, unreachable) -> answers.put(voter, Optional.ofNullable(room)));
            }
        }
    }

    private static String describe(Map<MemberId, Optional<DiskRoom>> rooms) {
        return rooms.entrySet().stream()
                .filter(voter -> !voter.getValue().equals(NOT_ASKED))
                .map(voter -> voter.getKey() + "="
                        + voter.getValue().map(DiskRoom::name).orElse("UNREACHABLE"))
                .collect(Collectors.joining(" "));
    }
}
