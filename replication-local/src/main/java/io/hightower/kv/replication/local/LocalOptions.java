package io.hightower.kv.replication.local;

import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.spi.Metrics;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What a local replication needs to know. <b>Immutable.</b>
 *
 * @param limits the sizes that a request may have
 * @param queueCommandsMax most commands that wait to be logged
 * @param queueBytesMax most bytes of commands that wait to be logged
 * @param enqueueTimeout how long a command waits for room in a full queue
 * @param nanoClock the monotonic clock that logical time advances by, as {@link System#nanoTime}: nanoseconds since an
 *     arbitrary moment, never going back
 * @param metrics where to count
 */
public record LocalOptions(
        Limits limits,
        int queueCommandsMax,
        long queueBytesMax,
        Duration enqueueTimeout,
        LongSupplier nanoClock,
        Metrics metrics) {}
