package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.measure.Quiet;
import io.hightower.kv.benchmarks.measure.Stop;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What a workload is told about the run. <b>Immutable.</b>
 *
 * @param keys how many keys are stored
 * @param threads the number of threads that was asked for, if one was
 * @param settlingMost how long to wait at most for what engines do in the background after a turn
 * @param progress is told what goes on, in a few words
 * @param stop the wish to end early
 */
public record Plan(long keys, OptionalInt threads, Duration settlingMost, Consumer<String> progress, Stop stop) {
    /** Returns how many threads do the workload. */
    public int threadsOf(Workload workload) {
        return workload.takesThreads() ? threads.orElse(workload.threads()) : workload.threads();
    }

    /** Waits until what engines do in the background is done. */
    void settle() {
        Quiet.await(settlingMost, stop);
    }
}
