package io.hightower.kv.statemachine;

/**
 * A change of a cluster's members was refused, or a leadership was not handed over. Nothing happened. The texts of the
 * reasons are those of etcd, whose clients compare them.
 */
public final class MembershipException extends HightowerException {
    private static final long serialVersionUID = 1L;

    /** Why a change of members is refused. The names are part of what members tell each other: never change one. */
    public enum Reason {
        /** Too few voters answer the leader; the change could leave the cluster without a majority. Repair those first. */
        UNHEALTHY("etcdserver: unhealthy cluster"),
        /** Too few voters were ever started; the change would leave the cluster without a majority. Start those first. */
        NOT_ENOUGH_STARTED("etcdserver: re-configuration failed due to not enough started members"),
        /** No member has the id. */
        MEMBER_NOT_FOUND("etcdserver: member not found"),
        /** The id was derived for a member before, and ids are never used twice. Try again a second later. */
        MEMBER_EXISTS("etcdserver: member ID already exist"),
        /** A member has the address already. */
        ADDRESS_EXISTS("etcdserver: Peer URLs already exists"),
        /** The peer address is not of the form host:port. */
        BAD_ADDRESS("etcdserver: given member URLs are invalid"),
        /** There are as many learners as there may be. Promote or remove one first. */
        TOO_MANY_LEARNERS("etcdserver: too many learner members in cluster"),
        /** The member votes already. */
        NOT_A_LEARNER("etcdserver: can only promote a learner member"),
        /** The learner has not caught up with the leader. Try again later. */
        LEARNER_NOT_READY("etcdserver: can only promote a learner member which is in sync with leader"),
        /** The member to lead is unknown or does not vote. */
        BAD_TRANSFEREE("etcdserver: bad leader transferee"),
        /** The member to lead did not take over in time; the old leader still leads, or another was elected. */
        TRANSFER_TIMED_OUT("etcdserver: request timed out, leader transfer took too long"),
        /** The store is not a member of a cluster. */
        NOT_A_CLUSTER("etcdserver: this store is not a member of a cluster");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** Returns the words of the reason. */
        public String text() {
            return text;
        }
    }

    private final Reason reason;

    /** States the reason and the facts. */
    public MembershipException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Returns why the change was refused. */
    public Reason reason() {
        return reason;
    }
}
