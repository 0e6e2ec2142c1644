package io.hightower.kv.cli.process;

import java.time.Duration;
import java.util.Optional;

/**
 * When a process that ended is started again. <b>Immutable.</b>
 *
 * @param restartsMax most restarts in a row, 0 for none. A process that ran for {@code steady} begins a new row
 * @param waitFirst the wait before the first restart of a row; each further wait is twice as long
 * @param waitMax the longest wait
 * @param steady how long a process must run to count as working
 */
public record RestartPolicy(int restartsMax, Duration waitFirst, Duration waitMax, Duration steady) {
    private static final int DOUBLINGS_MAX = 20;

    /** Returns the policy of starting nothing again. */
    public static RestartPolicy never() {
        return new RestartPolicy(0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }

    /** Returns the usual policy: after 1 s, 2 s, 4 s and so on up to 30 s, ten times in a row at most. */
    public static RestartPolicy usual() {
        return new RestartPolicy(10, Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(1));
    }

    /**
     * Returns how long to wait before starting a process again; nothing if it is to stay down.
     *
     * @param restarts how often the process was restarted in this row
     */
    Optional<Duration> waitAfter(int restarts) {
        if (restarts >= restartsMax) {
            return Optional.empty();
        }
        Duration wait = waitFirst.multipliedBy(1L << Math.min(restarts, DOUBLINGS_MAX));
        return Optional.of(wait.compareTo(waitMax) > 0 ? waitMax : wait);
    }
}
