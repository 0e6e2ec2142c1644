package io.hightower.kv.server.rest;

/** A request that is refused before the engine sees it: nothing happened, and the client is told why. */
final class RequestRefused extends RuntimeException {
    /** What a read is told when clients are slow to take what was read for them. */
    static final String ANSWERS_WAIT = "Too many bytes of answers wait for their clients";

    static final int TOO_MANY = 429;

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    /**
     * States the refusal.
     *
     * @param status an HTTP status from 400 on
     * @param code the stable name of the refusal in the API description
     * @param message an explanation for people
     */
    RequestRefused(int status, String code, String message) {
        // Refusing is ordinary work and happens at the client's pace: no stack trace.
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    /** Refuses for now: the client is told to send again soon. */
    static RequestRefused overloaded(String message) {
        return new RequestRefused(TOO_MANY, "overloaded", message);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String explanation() {
        String message = getMessage();
        return message == null ? code : message;
    }
}
