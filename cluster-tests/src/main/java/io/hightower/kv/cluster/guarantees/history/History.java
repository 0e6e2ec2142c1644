package io.hightower.kv.cluster.guarantees.history;

import io.hightower.kv.statemachine.Command;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everything that was recorded in one run, over all clients, watchers and members. <b>Immutable.</b> */
public final class History {
    /** The watcher whose events the log is made of: of every key, from the first revision to the end of the run. */
    public static final String REFERENCE = "reference";

    /** The client whose readings show what was there after the last write had returned. */
    public static final String LAST_READER = "last-reader";

    private final List<Operation> operations;
    private final List<WatchSession> watches;
    private final List<Sample> samples;
    private final List<Operation> answered;
    private final List<Operation> compactions;
    private final EventLog log;

    /**
     * Makes a history, and the log that it amounts to.
     *
     * @param operations in any order
     * @param watches in any order
     * @param samples in any order
     */
    public History(List<Operation> operations, List<WatchSession> watches, List<Sample> samples) {
        this.operations = operations.stream()
                .sorted(Comparator.comparingLong(Operation::callNanos).thenComparingLong(Operation::number))
                .toList();
        this.watches = watches.stream()
                .sorted(Comparator.comparingLong(WatchSession::number))
                .toList();
        this.samples = List.copyOf(samples);
        this.answered = this.operations.stream()
                .filter(next -> next.outcome() == Outcome.OK)
                .toList();
        this.compactions = this.operations.stream()
                .filter(next -> next.mayHaveEffect() && next.command().orElseThrow() instanceof Command.Compact)
                .toList();
        this.log = EventLog.of(this.operations, watchers().getOrDefault(REFERENCE, List.of()));
    }

    /** Returns all operations in the order of their calls. */
    public List<Operation> operations() {
        return operations;
    }

    /** Returns the operations that were answered, in the order of their calls. */
    public List<Operation> answered() {
        return answered;
    }

    /** Returns the readings after the last write, see {@link #LAST_READER}, as far as they were answered. */
    public List<Operation> lastReadings() {
        return answered().stream()
                .filter(next ->
                        next.client().equals(LAST_READER) && next.reading().isPresent())
                .toList();
    }

    /** Returns the compactions that may have taken effect. */
    public List<Operation> compactions() {
        return compactions;
    }

    /** Returns all watches in the order in which they were opened. */
    public List<WatchSession> watches() {
        return watches;
    }

    /** Returns the sessions of each watcher, in order. */
    public Map<String, List<WatchSession>> watchers() {
        Map<String, List<WatchSession>> watchers = new LinkedHashMap<>();
        for (WatchSession watch : watches) {
            watchers.computeIfAbsent(watch.watcher(), name -> new ArrayList<>()).add(watch);
        }
        return watchers;
    }

    /** Returns the hashes that members were asked for. */
    public List<Sample> samples() {
        return samples;
    }

    /** Returns the log that the history amounts to. */
    public EventLog log() {
        return log;
    }
}
