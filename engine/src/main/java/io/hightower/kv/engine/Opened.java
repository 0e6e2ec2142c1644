package io.hightower.kv.engine;

import java.util.ArrayDeque;

/** What was opened so far, closed in the reverse order. <b>Used by one thread at a time.</b> */
final class Opened implements AutoCloseable {
    private final ArrayDeque<AutoCloseable> resources = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T resource) {
        resources.push(resource);
        return resource;
    }

    /** Closes everything even if something fails to close; throws the first failure in the end. */
    @Override
    public void close() {
        RuntimeException first = null;
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (Exception e) {
                if (first == null) {
                    first = e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
