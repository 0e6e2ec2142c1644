package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.ConfigurationPlan.Step;
import io.hightower.kv.statemachine.api.ClusterId;
import io.hightower.kv.statemachine.api.MemberId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * The configuration that Ratis has in force: who votes and who learns, who answers, and changes of that. Thread-safe.
 */
final class Configuration {
    /** A learner this many entries behind, at most, is caught up: what a round of heartbeats leaves open under load. */
    private static final long CAUGHT_UP_ENTRIES = 64;

    private final RaftMember member;
    private final ClusterId cluster;

    Configuration(RaftMember member, ClusterId cluster) {
        this.member = member;
        this.cluster = cluster;
    }

    /** Who is in a configuration. <b>Immutable.</b> */
    record Members(Set<MemberId> voters, Set<MemberId> learners) {}

    /** Returns the configuration in force; nothing while one takes the place of another, or before the start. */
    Optional<Members> settled() {
        return member.division()
                .map(RaftServer.Division::getRaftConf)
                .filter(configuration -> configuration.getPreviousPeers().isEmpty())
                .map(configuration -> new Members(
                        ids(configuration.getCurrentPeers()),
                        ids(configuration.getCurrentPeers(RaftPeerRole.LISTENER))));
    }

    /** Tells whether the configuration in force is committed and has no such member. */
    boolean isSettledWithout(MemberId id) {
        Optional<RaftServer.Division> division = member.division();
        long committed =
                division.map(open -> open.getRaftLog().getLastCommittedIndex()).orElse(-1L);
        boolean isCommitted = division.filter(open -> open.getRaftConf().getLogEntryIndex() <= committed)
                .isPresent();
        return isCommitted
                && settled()
                        .filter(now -> !now.voters().isEmpty())
                        .filter(now ->
                                !now.voters().contains(id) && !now.learners().contains(id))
                        .isPresent();
    }

    private static Set<MemberId> ids(Collection<RaftPeer> peers) {
        return peers.stream()
                .flatMap(peer -> MemberId.parse(peer.getId().toString()).stream())
                .collect(Collectors.toSet());
    }

    /** Returns who has answered this member, as the leader, not longer ago than this. */
    Set<MemberId> answering(long withinMillis) {
        Set<MemberId> answering = new HashSet<>();
        member.division().filter(division -> division.getInfo().isLeader()).ifPresent(division -> {
            for (ServerRpcProto peer :
                    division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList()) {
                if (peer.getLastRpcElapsedTimeMs() < withinMillis) {
                    id(peer.getId().getId()).ifPresent(answering::add);
                }
            }
            MemberId.parse(member.peerId()).ifPresent(answering::add);
        });
        return answering;
    }

    /** Tells whether a member is level with this one, the leader, but for a little. */
    boolean isCaughtUp(MemberId id) {
        long own = 0;
        long other = -1;
        for (CommitInfoProto info : member.division()
                .map(RaftServer.Division::getCommitInfos)
                .map(List::copyOf)
                .orElse(List.of())) {
            MemberId of = id(info.getServer().getId()).orElse(null);
            if (id.equals(of)) {
                other = info.getCommitIndex();
            } else if (member.peerId().equals(String.valueOf(of))) {
                own = info.getCommitIndex();
            }
        }
        return other >= 0 && own - other <= CAUGHT_UP_ENTRIES;
    }

    private static Optional<MemberId> id(ByteString peerId) {
        return MemberId.parse(peerId.toStringUtf8());
    }

    /**
     * Has Ratis take a step, from the configuration that it was decided for.
     *
     * @return a future that fails if the step was not possible; it is then to be decided anew
     */
    CompletableFuture<RaftClientReply> take(Step step) {
        Optional<RaftServer.Division> division = member.division();
        if (division.isEmpty()) {
            return CompletableFuture.failedFuture(new IllegalStateException("The server is not started"));
        }
        RaftConfiguration now = division.get().getRaftConf();
        List<RaftPeer> voters = List.copyOf(now.getCurrentPeers());
        List<RaftPeer> learners = List.copyOf(now.getCurrentPeers(RaftPeerRole.LISTENER));
        List<RaftPeer> nextVoters = without(voters, step.member());
        List<RaftPeer> nextLearners = without(learners, step.member());
        RaftPeer peer = RaftMember.peer(cluster, step.member());
        switch (step.action()) {
            case ADD_LEARNER -> nextLearners.add(peer);
            case PROMOTE -> nextVoters.add(peer);
            case REMOVE, HAND_OVER -> {}
        }
        return member.configure(SetConfigurationRequest.Arguments.newBuilder()
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .setServersInCurrentConf(voters)
                .setListenersInCurrentConf(learners)
                .setServersInNewConf(nextVoters)
                .setListenersInNewConf(nextLearners)
                .build());
    }

    private static List<RaftPeer> without(List<RaftPeer> peers, MemberId leaving) {
        List<RaftPeer> rest = new ArrayList<>(peers);
        rest.removeIf(peer -> peer.getId().toString().equals(leaving.toString()));
        return rest;
    }
}
