package io.hightower.kv.storage.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.contract.SeenHistory;
import io.hightower.kv.statemachine.contract.StateReading;
import io.hightower.kv.statemachine.spi.HistoryStateStore;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.HashKv;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.simulated.CutPart;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.PowerLostException;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Cuts the power at every disk operation while history is written, compacted and merged: what the next opening finds has all
 * changes from its compact revision on.
 */
class HistoryCrashTest {
    private static final int ROUNDS = 4;
    private static final int COMMANDS_PER_ROUND = 6;

    /** What was there after each command. */
    private final List<AppliedState> states = new ArrayList<>(List.of(AppliedState.EMPTY));

    private final SeenHistory seen = new SeenHistory();
    private long acknowledged;

    /** The last command of a round compacts to its deletion or to the put before, after the tombstone was released. */
    private static List<Command> round(int number) {
        long deletion = 1 + 4L * number;
        return List.of(
                put("a", number),
                put("b", number),
                put("c" + number, number),
                Command.delete(Bytes.utf8("b")),
                new Command.ReleaseTombstones(deletion, 9),
                new Command.Compact(deletion - number % 2));
    }

    private static Command put(String key, int number) {
        return Command.put(Bytes.utf8(key), Bytes.utf8("round " + number));
    }

    private static void apply(StateStore store, Command command) {
        long next = store.applied().position().index() + 1;
        new KvState(store).apply(new LogPosition(0, next), new Entry(0, List.of(command)));
    }

    private static LogStructuredStore open(SimulatedDisk disk) {
        return LogStructuredStore.open(
                disk,
                StoreFixture.STORE_ID,
                StoreFixture.tiny().withKeepHistory(true),
                BackgroundWork.onCallersThread());
    }

    private void run(SimulatedDisk disk) {
        acknowledged = 0;
        for (int number = 1; number <= ROUNDS; number++) {
            try (LogStructuredStore store = open(disk)) {
                for (Command command : round(number)) {
                    apply(store, command);
                    if (command instanceof Command.Delete || command instanceof Command.Compact) {
                        acknowledged = store.checkpoint().index();
                    }
                }
                if (number % 2 == 0) {
                    store.compact();
                }
            }
        }
    }

    @Test
    void changesBeginAtTheCompactRevisionThatIsFound() {
        try (StateStore reference = new HistoryStateStore()) {
            for (int number = 1; number <= ROUNDS; number++) {
                for (Command command : round(number)) {
                    apply(reference, command);
                    states.add(reference.applied());
                    try (StoreView view = reference.view()) {
                        seen.note(view);
                    }
                }
            }
        }
        SimulatedDisk whole = SimulatedDisk.empty();
        run(whole);
        assertThat(acknowledged).isEqualTo((long) ROUNDS * COMMANDS_PER_ROUND);
        examine(whole, "no crash");
        Set<Long> compactRevisions = new HashSet<>();
        for (long operation = 1; operation <= whole.operations(); operation++) {
            for (CutPart part : CutPart.values()) {
                SimulatedDisk disk = SimulatedDisk.empty();
                disk.cutPowerAt(operation, part);
                runUntilCut(disk);
                for (LossPolicy policy : LossPolicy.values()) {
                    String crash = "operation=" + operation + " part=" + part + " " + policy;
                    compactRevisions.add(examine(disk.reopenAfterPowerLoss(policy, operation), crash));
                }
            }
        }
        assertThat(compactRevisions).containsExactlyInAnyOrder(0L, 4L, 9L, 12L, 17L);
    }

    private void runUntilCut(SimulatedDisk disk) {
        try {
            run(disk);
        } catch (PowerLostException e) {
            // Not always: that an obsolete file cannot be deleted, is nobody's failure.
        } catch (StorageException e) {
            // A merge in the background met it first.
            assertThat(e).hasRootCauseInstanceOf(PowerLostException.class);
        }
    }

    /** Returns the compact revision that was found. */
    private long examine(SimulatedDisk found, String crash) {
        try (LogStructuredStore store = open(found);
                StoreView view = store.view()) {
            AppliedState applied = view.applied();
            long position = applied.position().index();
            assertThat(position).as(crash).isGreaterThanOrEqualTo(acknowledged);
            assertThat(applied.at(LogPosition.START))
                    .as(crash)
                    .isEqualTo(states.get((int) position).at(LogPosition.START));
            long compacted = applied.compactRevision();
            long oldest = Math.max(1, compacted);
            assertThat(view.oldestChange()).as(crash).isEqualTo(oldest);
            List<KeyRecord> expected = seen.changes(oldest).stream()
                    .filter(change -> change.modified().main() <= view.revision())
                    .toList();
            assertThat(StateReading.changes(view, oldest)).as(crash).isEqualTo(expected);
            for (long revision : new long[] {oldest, view.revision()}) {
                assertThat(HashKv.of(view, revision).hash()).as(crash).isEqualTo(seen.hashKv(revision, compacted));
            }
            return compacted;
        }
    }
}
