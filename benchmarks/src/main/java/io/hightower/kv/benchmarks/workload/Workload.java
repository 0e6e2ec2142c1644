package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Durability;
import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.measure.Trial;
import java.nio.file.Path;

/** Something that an engine is asked to do, in the same way for every engine. <b>Immutable.</b> */
public interface Workload {
    /** Returns the fixed name, for flags and rows. */
    String name();

    /** Returns what is done and measured, in a sentence. */
    String description();

    /** Returns how many threads do it unless told otherwise. */
    default int threads() {
        return 1;
    }

    /** Tells whether it can be done by another number of threads. */
    default boolean takesThreads() {
        return false;
    }

    /** Returns what writes wait for. */
    default Durability durability() {
        return Durability.UNSYNCED;
    }

    /** Returns how the engine is set up for it, beside when it syncs. */
    default String settings(Engine engine) {
        return engine.settings();
    }

    /** Returns what the measured number counts. */
    default Unit unit() {
        return Unit.OPERATIONS_PER_SECOND;
    }

    /** Returns what the engine is to reach. */
    Target target();

    /** Tells whether it takes so long that it runs only when it is named. */
    default boolean isLong() {
        return false;
    }

    /** Returns how it is spread over rounds. */
    default Turns turns() {
        return Turns.SLICED;
    }

    /**
     * Opens the engine in {@code directory}, which is empty, and brings it to where measuring begins.
     *
     * @throws UnsupportedOperationException with the reason, if the engine or this machine cannot do this
     */
    Trial prepare(Engine engine, Path directory, Plan plan);
}
