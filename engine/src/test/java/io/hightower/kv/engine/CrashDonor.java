package io.hightower.kv.engine;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;

/** Another store, whose state is installed in the one under test. Its disk never fails. Thread-safe. */
final class CrashDonor {
    private static final int KEYS = 24;

    private final List<Command> commands;
    private final StateStore.PinnedState pinned;

    private CrashDonor(Bytes id, List<Command> commands) {
        this.commands = List.copyOf(commands);
        SimulatedStore store = SimulatedStore.open(SimulatedDisk.empty(), id, SimulatedStore.Knobs.tiny());
        commands.forEach(store.replication()::submitAndWait);
        this.pinned = store.store().pin();
    }

    /** Makes a donor with values and tombstones that depend on {@code salt}, 0 to 9. */
    static CrashDonor of(int salt) {
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            commands.add(Command.put(CrashScript.key(i * salt), CrashScript.value(salt + i, 150)));
        }
        commands.add(Command.delete(CrashScript.key(2 * salt)));
        commands.add(new Command.Put(Bytes.utf8("donor" + salt), CrashScript.value(salt, 20), 1_000));
        return new CrashDonor(Bytes.utf8(salt + " is its number."), commands);
    }

    /** Returns what made its state. */
    List<Command> commands() {
        return commands;
    }

    StateFiles files() {
        return pinned;
    }

    @Override
    public String toString() {
        return "donor with " + commands.size() + " commands";
    }
}
