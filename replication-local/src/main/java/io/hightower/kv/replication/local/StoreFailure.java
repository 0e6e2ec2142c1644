package io.hightower.kv.replication.local;

import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The first failure of log or state, once there was one: from then on nothing is logged. Thread-safe. */
final class StoreFailure {
    private static final System.Logger LOGGER = System.getLogger(StoreFailure.class.getName());

    private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

    /** Keeps {@code cause} if it is the first one. */
    void stopFor(Throwable cause) {
        if (first.compareAndSet(null, cause)) {
            LOGGER.log(System.Logger.Level.ERROR, "The store refuses writes until it is reopened", cause);
        }
    }

    Optional<Throwable> cause() {
        return Optional.ofNullable(first.get());
    }

    boolean isPresent() {
        return first.get() != null;
    }

    /** Returns what a command is refused with after the failure. */
    NotReplicatedException refusal() {
        String sentence = "The store failed earlier and refuses writes until it is reopened";
        return cause().map(cause -> new NotReplicatedException(Reason.STORE_FAILED, sentence, cause))
                .orElseGet(() -> new NotReplicatedException(Reason.STORE_FAILED, sentence));
    }

    /** Throws {@link #refusal} if there was a failure. */
    void requireNone() {
        if (isPresent()) {
            throw refusal();
        }
    }
}
