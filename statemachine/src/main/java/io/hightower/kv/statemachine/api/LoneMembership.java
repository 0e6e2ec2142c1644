package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.MembershipException;
import io.hightower.kv.statemachine.MembershipException.Reason;
import java.util.List;
import java.util.Optional;

/** The membership of a store without a cluster: itself, and no changes. <b>Immutable.</b> */
public final class LoneMembership implements Membership {
    private static final MemberId ONLY = new MemberId(0);

    @Override
    public MemberList list() {
        return local();
    }

    @Override
    public MemberList local() {
        return new MemberList(
                new ClusterId(0),
                ONLY,
                Optional.of(ONLY),
                0,
                List.of(new Member(ONLY, "local", "", Member.Kind.VOTER)));
    }

    @Override
    public Added add(String peerAddress, Member.Kind kind) {
        throw refused();
    }

    @Override
    public MemberList remove(MemberId id) {
        throw refused();
    }

    @Override
    public MemberList promote(MemberId id) {
        throw refused();
    }

    @Override
    public MemberList updateAddress(MemberId id, String peerAddress) {
        throw refused();
    }

    @Override
    public void transferLeadership(MemberId id) {
        throw refused();
    }

    private static MembershipException refused() {
        return new MembershipException(
                Reason.NOT_A_CLUSTER,
                Reason.NOT_A_CLUSTER.text()
                        + "; stop it, and turn its directory into that of a cluster's first member with"
                        + " 'hightower convert'");
    }
}
