package io.hightower.kv.statemachine;

/**
 * The command of a session was applied, but its answer is lost: it did not arrive, and was too large to be kept, see {@link
 * SessionRecord#ANSWER_BYTES_MAX}. <b>Do not send it again</b>; read what it was to tell. The session goes on.
 */
public final class AnswerNotKeptException extends HightowerException {
    private static final long serialVersionUID = 1L;

    /** States the facts. */
    public AnswerNotKeptException(String message) {
        super(message);
    }
}
