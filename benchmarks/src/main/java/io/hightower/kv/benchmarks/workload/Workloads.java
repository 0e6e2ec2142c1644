package io.hightower.kv.benchmarks.workload;

import java.util.List;
import java.util.Optional;

/** All workloads, in the order in which they run. */
public final class Workloads {
    private static final List<Workload> ALL = List.of(
            new DurablePut(1, Target.ratioAtLeast(1.0)),
            new DurablePut(16, Target.ratioAtLeast(1.3)),
            new DurablePut(64, Target.ratioAtLeast(1.3)),
            new RandomPut(),
            new SequentialLoad(),
            new PointGet(PointGet.Choice.HOT, Target.ratioAtLeast(2.0)),
            new PointGet(PointGet.Choice.ANY, Target.ratioAtLeast(1.3)),
            new PointGet(PointGet.Choice.MISSING, Target.ratioAtLeast(1.5)),
            new ShortScan(),
            new ReadWhileWriting(),
            new TxnOfFour(),
            new PutWithLease(),
            new RangeOfHundred(),
            new WatchFanOut(),
            new WatchCatchUp(),
            new CompactionWhileWriting(),
            new Recovery(),
            new CheckpointOfStore(),
            new DiskSpace(),
            new HeapPerKey(),
            new BigData());

    private Workloads() {}

    /** Returns all. */
    public static List<Workload> all() {
        return ALL;
    }

    /** Returns the one with the name, or nothing. */
    public static Optional<Workload> named(String name) {
        return ALL.stream().filter(workload -> workload.name().equals(name)).findFirst();
    }
}
