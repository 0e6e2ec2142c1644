package io.hightower.kv.statemachine;

/**
 * The session is not there any more: it was not used for its time-to-live, or it was closed. <b>The command was not applied and
 * never will be</b>; nor will an earlier one whose outcome was unknown, if it was not applied by then. Open another session.
 */
public final class SessionExpiredException extends HightowerException {
    private static final long serialVersionUID = 1L;

    /** States the facts. */
    public SessionExpiredException(String message) {
        super(message);
    }
}
