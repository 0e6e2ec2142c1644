package io.hightower.kv.storage.simulated;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The names in a directory: those seen, those durable, and the changes in between. <b>Used by one thread at a time.</b>
 */
final class SimulatedNames {
    private final Map<String, SimulatedFile> seen = new TreeMap<>();
    private final Map<String, SimulatedFile> durable = new TreeMap<>();
    private final List<Change> pending = new ArrayList<>();

    /** A file gets a name, instead of the one that it had; without a name it is deleted. */
    private record Change(SimulatedFile file, @Nullable String name) {
        void applyTo(Map<String, SimulatedFile> names) {
            names.values().removeIf(present -> present == file);
            if (name != null) {
                names.put(name, file);
            }
        }
    }

    @Nullable
    SimulatedFile file(String name) {
        return seen.get(name);
    }

    List<String> list() {
        return List.copyOf(seen.keySet());
    }

    long bytes() {
        return seen.values().stream().mapToLong(file -> file.content().length()).sum();
    }

    /** Puts a file there whose name is durable. */
    void place(String name, SimulatedFile file) {
        seen.put(name, file);
        durable.put(name, file);
    }

    /** Names a file, and takes its former name away if it had one. */
    void name(SimulatedFile file, String name) {
        change(new Change(file, name));
    }

    void delete(SimulatedFile file) {
        change(new Change(file, null));
    }

    private void change(Change change) {
        change.applyTo(seen);
        pending.add(change);
    }

    void sync() {
        pending.forEach(change -> change.applyTo(durable));
        pending.clear();
    }

    /** Returns the names as they may be found after power loss, still with the files as they were before. */
    Map<String, SimulatedFile> afterPowerLoss(LossPolicy policy, SplittableRandom random) {
        Map<String, SimulatedFile> names = new TreeMap<>(durable);
        for (Change change : pending) {
            boolean survives =
                    switch (policy) {
                        case NOTHING_UNSYNCED_SURVIVES -> false;
                        case ALL_SURVIVES -> true;
                        case RANDOM_SUBSET, TORN_SECTOR -> random.nextBoolean();
                    };
            if (survives) {
                change.applyTo(names);
            }
        }
        return names;
    }
}
