package io.hightower.kv.server.rest;

/** Serves the requests of one method of one path. */
@FunctionalInterface
interface Operation {
    /**
     * Begins to serve; called on the event loop, returns soon. What it throws becomes the answer, as if it had been given to
     * {@link RestExchange#fail}.
     */
    void serve(RestExchange exchange);
}
