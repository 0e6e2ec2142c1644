package io.hightower.kv.engine;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something done again and again in the background, and how it went the last time.
 *
 * <p>A failure, of whatever kind, is kept until the duty succeeds again: it is tried again next time, and meanwhile the engine
 * reports it. Only the first failure in a row is logged; the others would repeat it. Thread-safe.
 */
final class Duty {
    private static final System.Logger LOGGER = System.getLogger(Duty.class.getName());

    private final String name;
    private volatile @Nullable Throwable failure;

    Duty(String name) {
        this.name = name;
    }

    /** Returns {@code work} as a task that never throws, so that whoever repeats it goes on. */
    Runnable guarding(Runnable work) {
        return () -> {
            try {
                work.run();
                failure = null;
            } catch (Throwable e) {
                if (failure == null) {
                    LOGGER.log(System.Logger.Level.WARNING, name + " failed and will be tried again", e);
                }
                failure = e;
            }
        };
    }

    /** Returns what failed the last time; nothing if it went well. */
    Optional<String> problem() {
        Throwable failed = failure;
        return failed == null ? Optional.empty() : Optional.of(name + " fails: " + failed.getMessage());
    }
}
