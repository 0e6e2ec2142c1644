package io.hightower.kv.server.rest;

import io.hightower.kv.statemachine.api.ClusterId;
import io.hightower.kv.statemachine.api.Member;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.api.MemberList;
import io.hightower.kv.statemachine.api.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** Members that a test decides, which write down what they are asked for, and refuse it if they are told to. */
final class ScriptedMembership implements Membership {
    static final MemberId FIRST = new MemberId(0x0a);
    static final MemberId SECOND = new MemberId(-1);

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicReference<Optional<RuntimeException>> refusal = new AtomicReference<>(Optional.empty());

    /** Has every call fail from now on. */
    void refuse(RuntimeException reason) {
        refusal.set(Optional.of(reason));
    }

    /** Returns what was asked for so far. */
    List<String> asked() {
        return new ArrayList<>(asked);
    }

    private MemberList note(String what) {
        asked.add(what);
        refusal.get().ifPresent(reason -> {
            throw reason;
        });
        return new MemberList(
                new ClusterId(0x12),
                FIRST,
                Optional.of(FIRST),
                3,
                List.of(
                        new Member(FIRST, "n1", "h1:1", Member.Kind.VOTER),
                        new Member(SECOND, "", "h2:2", Member.Kind.LEARNER)));
    }

    @Override
    public MemberList list() {
        return note("list");
    }

    @Override
    public MemberList local() {
        return note("local");
    }

    @Override
    public Added add(String peerAddress, Member.Kind kind) {
        return new Added(SECOND, note("add " + peerAddress + " " + kind));
    }

    @Override
    public MemberList remove(MemberId id) {
        return note("remove " + id);
    }

    @Override
    public MemberList promote(MemberId id) {
        return note("promote " + id);
    }

    @Override
    public MemberList updateAddress(MemberId id, String peerAddress) {
        return note("move " + id + " " + peerAddress);
    }

    @Override
    public void transferLeadership(MemberId id) {
        note("lead " + id);
    }
}
