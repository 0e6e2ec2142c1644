package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.read.Leadership;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;

/** What the reads ask of Ratis about who leads. Thread-safe. */
final class MemberLeadership implements Leadership {
    private final RaftMember member;

    MemberLeadership(RaftMember member) {
        this.member = member;
    }

    @Override
    public long termReady() {
        return member.termReady();
    }

    @Override
    public long committedIndex() {
        return member.division()
                .map(division -> division.getRaftLog().getLastCommittedIndex())
                .orElse(-1L);
    }

    @Override
    public boolean isMajority(Predicate<String> acknowledged) {
        Optional<RaftServer.Division> division = member.division();
        if (division.isEmpty()) {
            return false;
        }
        String own = division.get().getId().toString();
        Predicate<String> confirmed = id -> id.equals(own) || acknowledged.test(id);
        RaftConfiguration configuration = division.get().getRaftConf();
        Collection<RaftPeer> former = configuration.getPreviousPeers();
        return isMajorityOf(configuration.getCurrentPeers(), confirmed)
                && (former.isEmpty() || isMajorityOf(former, confirmed));
    }

    private static boolean isMajorityOf(Collection<RaftPeer> voters, Predicate<String> confirmed) {
        long count = voters.stream()
                .filter(voter -> confirmed.test(voter.getId().toString()))
                .count();
        return 2 * count > voters.size();
    }

    @Override
    public Optional<String> leaderId() {
        return member.leaderId();
    }
}
