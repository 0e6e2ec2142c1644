package io.hightower.kv.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.state.KvState;
import io.hightower.kv.storage.simulated.CutPart;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Defects of earlier stores of this kind, as far as a state store can have them. A list stands for the log: after a restart,
 * what it holds behind the durable position is applied again.
 */
class InheritedDefectsTest {
    private final List<Command> log = new ArrayList<>();
    private SimulatedDisk disk = SimulatedDisk.empty();
    private StoreDriver driver = StoreDriver.open(disk);

    @Test
    void deletedKeyDoesNotReturnWhenAnOlderCommandArrives() {
        write(new Command.Put(Bytes.utf8("k"), Bytes.utf8("old"), 1));
        write(new Command.Delete(Bytes.utf8("k"), 6));
        driver.store.checkpoint();
        restart();

        write(new Command.Put(Bytes.utf8("k"), Bytes.utf8("late"), 3));

        assertThat(driver.value("k")).isEqualTo("nothing");
    }

    @Test
    void deletedKeyDoesNotReturnAfterCheckpointOverwriteDeleteAndRestart() {
        write(put("k", "old"));
        driver.store.checkpoint();
        write(put("k", "new"));
        write(Command.delete(Bytes.utf8("k")));
        write(put("other", "1"));
        restart();
        assertThat(driver.value("k")).isEqualTo("nothing");

        driver.store.checkpoint();
        restart();
        assertThat(driver.value("k")).isEqualTo("nothing");
        assertThat(driver.state().applied().tombstones()).isEqualTo(1);
    }

    @Test
    void largeExplicitVersionHidesNoLaterPutOrDelete() {
        write(new Command.Put(Bytes.utf8("auth/user/1"), Bytes.utf8("u"), 1_700_000_000_000_000L));
        write(put("a", "old"));
        write(put("b", "old"));
        driver.store.checkpoint();
        write(put("a", "new"));
        write(Command.delete(Bytes.utf8("b")));
        restart();

        assertThat(driver.value("a")).isEqualTo("new");
        assertThat(driver.value("b")).isEqualTo("nothing");
    }

    @Test
    void checkpointWithoutChangesWritesNothingAgainAndAgain() {
        write(put("a", "1"));
        driver.store.checkpoint();
        long operations = disk.operations();
        for (int i = 0; i < 10; i++) {
            driver.store.checkpoint();
        }
        assertThat(disk.operations()).isEqualTo(operations);
    }

    @Test
    void snapshotBoundsWhatIsReplayed() {
        for (int i = 0; i < 100; i++) {
            write(put("k" + i % 7, "v" + i));
        }
        driver.store.checkpoint();
        write(put("k1", "last"));
        StoreDriver.State before = driver.state();

        assertThat(restart()).isEqualTo(1);

        assertThat(driver.state()).isEqualTo(before);
    }

    @Test
    void damagedSnapshotIsNoticed() {
        write(put("key", "value"));
        driver.store.checkpoint();
        driver.store.close();
        String name = SnapshotFormat.fileName(1);
        byte[] content = disk.content(name);
        int place = new String(content, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("value");
        disk.flipBit(name, place, 1);

        assertThatThrownBy(() -> StoreDriver.open(disk))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining(name);
    }

    @Test
    void snapshotIsDurableBeforeTheOneBeforeIsDeleted() {
        write(put("a", "1"));
        driver.store.checkpoint();
        write(put("a", "2"));
        driver.store.checkpoint();

        SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 0);

        assertThat(StoreDriver.open(found).value("a")).isEqualTo("2");
    }

    @Test
    void halfWrittenSnapshotIsNotTakenForOne() {
        write(put("a", "1"));
        disk.cutPowerAt(disk.operations() + 2, CutPart.HALF);
        assertThatThrownBy(driver.store::checkpoint).hasMessageContaining("lost power");
        disk = disk.reopenAfterPowerLoss(LossPolicy.ALL_SURVIVES, 0);
        assertThat(disk.list()).as("the temporary file is there").hasSize(1);

        assertThat(restart()).isEqualTo(1);

        assertThat(driver.value("a")).isEqualTo("1");
        assertThat(disk.list()).isEmpty();
    }

    private void write(Command command) {
        log.add(command);
        driver.apply(command);
    }

    /** Opens the store anew and applies what it does not contain; returns how many entries that were. */
    private int restart() {
        driver.store.close();
        driver = StoreDriver.open(disk);
        int durable = (int) driver.store.durable().index();
        KvState state = new KvState(driver.store);
        for (int index = durable + 1; index <= log.size(); index++) {
            state.apply(new LogPosition(3, index), new Entry(1000 + index, List.of(log.get(index - 1))));
        }
        return log.size() - durable;
    }

    private static Command put(String key, String value) {
        return Command.put(Bytes.utf8(key), Bytes.utf8(value));
    }
}
