package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.MembershipException;

/**
 * Who belongs to the cluster, and changes of that. Every member takes every call; the leader decides.
 *
 * <p><b>Ordering.</b> Changes come one after the other: of two that do not go together the later one is refused.
 * <b>Durability.</b> On return a change is recorded by a majority, and goes on by itself, also under later leaders: an added
 * member takes part once it is started, a removed one leaves as soon as the others can do without it. <b>Threads.</b>
 * Thread-safe; every call waits for the cluster. <b>Failure.</b> {@link MembershipException} if a change is refused, {@link
 * io.hightower.kv.statemachine.NotReplicatedException} if there was no leader for it: nothing happened. {@link
 * io.hightower.kv.statemachine.OutcomeUnknownException} if the answer is lost: {@link #list} tells. {@link
 * io.hightower.kv.statemachine.ReadUnavailableException} if members cannot be listed now.
 */
public interface Membership {
    /** Most learners at a time. */
    int LEARNERS_MAX = 1;

    /**
     * A member that was added.
     *
     * @param id its new number
     * @param members all members, the new one included
     */
    record Added(MemberId id, MemberList members) {}

    /** Returns the members with every change that was acknowledged before the call. */
    MemberList list();

    /** Returns the members as this member has them, without asking the others: it may lag behind. Never blocks. */
    MemberList local();

    /**
     * Adds a member, which gets an id that nobody had before. It is to be started with an empty directory, at this address,
     * for a cluster that exists. It receives everything before it is given a vote.
     *
     * @param peerAddress {@code host:port}
     * @param kind whether it gets a vote as soon as it has caught up, or with {@link #promote}
     */
    Added add(String peerAddress, Member.Kind kind);

    /** Removes a member for good; its id, and so its directory, never comes back. A leader hands over first. */
    MemberList remove(MemberId id);

    /** Gives a learner that has caught up a vote. */
    MemberList promote(MemberId id);

    /**
     * Tells the others that a member is elsewhere. It is to be started again with its directory, at the new address.
     *
     * @param peerAddress {@code host:port}
     */
    MemberList updateAddress(MemberId id, String peerAddress);

    /** Has another voter lead; returns once it does. */
    void transferLeadership(MemberId id);
}
