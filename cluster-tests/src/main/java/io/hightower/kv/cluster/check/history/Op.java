package io.hightower.kv.cluster.check.history;

import java.util.List;

/**
 * One operation as its client saw it. <b>Immutable.</b>
 *
 * @param client who; it does one thing after the other
 * @param callNanos when, before anything was sent
 * @param returnNanos when it knew of the end, or gave up; not before the call
 * @param asked what it asked for
 * @param status what it knows of the end
 * @param told what it was told; {@link Answer#NONE} unless the status is {@link Status#OK}
 */
public record Op(int client, long callNanos, long returnNanos, Invocation asked, Status status, Answer told) {
    /** In the place of a time: after everything. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Checks the order of times, and that only what was answered has an answer. */
    public Op {
        if (returnNanos < callNanos || (status != Status.OK && !told.equals(Answer.NONE))) {
            throw new IllegalArgumentException(
                    "An operation returns after its call and is told something only if it is ok:" + " call=" + callNanos
                            + " return=" + returnNanos + " status=" + status + " told=" + told);
        }
    }

    /** Returns whether it was answered. */
    public boolean isOk() {
        return status == Status.OK;
    }

    /** Returns the moment after which it has no effect any more; {@link #NEVER} if its outcome is unknown. */
    public long effectUntilNanos() {
        return status == Status.INFO ? NEVER : returnNanos;
    }

    /** Returns whether it may have changed something: it is no reading, and did not fail. */
    public boolean mayWrite() {
        return asked.writes() && status != Status.FAIL;
    }

    /** Returns whether its answer says that it changed something, so that the revision in the answer is its own. */
    public boolean hasWritten() {
        return isOk()
                && switch (asked.kind()) {
                    case PUT -> true;
                    case CAS, TXN -> told.succeeded();
                    case DELETE -> told.deleted() > 0;
                    case GET, RANGE -> false;
                };
    }

    /** Returns the keys whose values it was told, with what it was told of them. */
    public List<Answer.Shown> seen() {
        return switch (asked.kind()) {
            case GET ->
                told.found()
                        ? List.of(new Answer.Shown(asked.key(), told.out(), told.modRevision(), told.version()))
                        : List.of();
            case RANGE, TXN -> told.kvs();
            case PUT, DELETE, CAS -> List.of();
        };
    }

    /** Returns whether it was over before another one was called. */
    public boolean precedes(Op later) {
        return effectUntilNanos() < later.callNanos;
    }

    /** Returns whether both were under way at some moment. */
    public boolean overlaps(Op other) {
        return !precedes(other) && !other.precedes(this);
    }

    /** Returns the same operation with another end. */
    public Op ended(Status newStatus, Answer newTold) {
        return new Op(client, callNanos, returnNanos, asked, newStatus, newTold);
    }

    /** Writes it for people: who, when in nanoseconds, what, and what came of it. */
    @Override
    public String toString() {
        return "client " + client + " [" + callNanos + ".." + returnNanos + " ns] " + asked + " -> "
                + (isOk() ? shown() : status);
    }

    private String shown() {
        String at = told.revision() > 0 ? " at revision " + told.revision() : "";
        return switch (asked.kind()) {
            case PUT -> "ok" + at;
            case GET ->
                told.found()
                        ? told.out() + " mod=" + told.modRevision() + " version=" + told.version() + at
                        : "nothing" + at;
            case DELETE -> "deleted " + told.deleted() + at;
            case CAS -> (told.succeeded() ? "written" : "not written") + at;
            case RANGE -> told.kvs() + at;
            case TXN -> (told.succeeded() ? "written" : "not written") + ", saw " + told.kvs() + at;
        };
    }
}
