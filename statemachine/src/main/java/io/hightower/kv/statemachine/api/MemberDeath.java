package io.hightower.kv.statemachine.api;

/**
 * Why a member can no longer take part in its cluster. <b>Immutable.</b>
 *
 * @param kind what is to be done about it
 * @param reason the words for an operator
 */
public record MemberDeath(Kind kind, String reason) {
    /** What is to be done about the end of a member. */
    public enum Kind {
        /** Something failed: the process is to be ended and started again. */
        FAILED,
        /** The cluster has removed the member: starting it again is of no use. */
        REMOVED
    }
}
