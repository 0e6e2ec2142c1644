package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.StorageException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Whether something happened after which nothing may be written until the store is reopened: a failed sync, after which nobody
 * knows what is on the disk. Thread-safe.
 */
final class Poison {
    private static final System.Logger LOGGER = System.getLogger(Poison.class.getName());

    private final AtomicReference<@Nullable Throwable> cause = new AtomicReference<>();

    /** Remembers the first cause. */
    void take(Throwable failure) {
        if (cause.compareAndSet(null, failure)) {
            LOGGER.log(System.Logger.Level.ERROR, "The store writes nothing any more until it is reopened", failure);
        }
    }

    Optional<Throwable> cause() {
        return Optional.ofNullable(cause.get());
    }

    void requireNone() {
        Throwable present = cause.get();
        if (present != null) {
            throw new StorageException(
                    "The store writes nothing after a failed sync, reopen it: cause=" + present.getMessage(), present);
        }
    }
}
