package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.candidate.Durability;
import io.hightower.kv.benchmarks.candidate.Engine;
import io.hightower.kv.benchmarks.candidate.HightowerCandidate;
import io.hightower.kv.engine.Options;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Work that the other stores have no calls for, so that only this project's engine is asked to do it. */
final class HightowerOnly {
    private HightowerOnly() {}

    /**
     * Opens this project's engine.
     *
     * @param what what is measured, in the plural
     * @throws UnsupportedOperationException if another engine is asked
     */
    static HightowerCandidate open(
            Engine engine, String what, Path directory, Durability durability, UnaryOperator<Options> change) {
        if (engine != Engine.HIGHTOWER) {
            throw new UnsupportedOperationException("it has no " + what);
        }
        return HightowerCandidate.open(directory, durability, change);
    }
}
