package io.hightower.kv.statemachine.session;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/** Surroundings whose time a test moves, and whose chance comes from a seed. <b>Used by one thread at a time.</b> */
final class HandMovedSurroundings implements Surroundings {
    private final RandomGenerator random;
    private final PriorityQueue<Due> waiting =
            new PriorityQueue<>(Comparator.comparingLong(Due::atNanos).thenComparingLong(Due::number));
    private long nowNanos;
    private long made;

    private record Due(long atNanos, long number, Runnable task) {}

    HandMovedSurroundings(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public long random() {
        return random.nextLong();
    }

    @Override
    public Appointment later(long nanos, Runnable task) {
        Due due = new Due(nowNanos + nanos, made++, task);
        waiting.add(due);
        return () -> waiting.remove(due);
    }

    /** Lets time pass, and has everything run that is due by then, in order. */
    void pass(long nanos) {
        long until = nowNanos + nanos;
        for (Due next = waiting.peek(); next != null && next.atNanos() <= until; next = waiting.peek()) {
            waiting.remove(next);
            nowNanos = next.atNanos();
            next.task().run();
        }
        nowNanos = until;
    }

    int waiting() {
        return waiting.size();
    }
}
