package io.hightower.kv.benchmarks.workload;

import io.hightower.kv.benchmarks.measure.Rounds;

/**
 * How a workload is spread over rounds.
 *
 * @param rounds how many rounds count
 * @param sliceShare how long a turn lasts, as a share of the time for an engine; 0 when the work is one thing
 * @param isWarmed whether there is a turn before the first round that does not count
 */
public record Turns(int rounds, double sliceShare, boolean isWarmed) {
    /** Five short turns. */
    static final Turns SLICED = new Turns(5, 0.2, true);

    /** Three turns of the whole time each, for work whose cost comes late. */
    static final Turns SUSTAINED = new Turns(3, 1, true);

    /** One thing, three times. */
    static final Turns REPEATED = new Turns(3, 0, false);

    /** One thing, once, because it does not vary or takes very long. */
    static final Turns ONCE = new Turns(1, 0, false);

    /** Returns the schedule for so much time for each engine. A round is repeated at most once on average. */
    public Rounds.Schedule schedule(double seconds) {
        return new Rounds.Schedule(rounds, rounds == 1 ? 0 : rounds, (long) (seconds * sliceShare * 1e9));
    }
}
