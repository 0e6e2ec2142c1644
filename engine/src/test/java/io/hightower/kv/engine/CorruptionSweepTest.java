package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.engine.SimulatedStore.Knobs;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import io.hightower.kv.storage.table.TableMeta;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Damages a small store with every kind of file, byte by byte: what it answers then is right, or an error that names the
 * damage. There is no third way.
 */
class CorruptionSweepTest {
    private static final Knobs KNOBS = Knobs.tiny().withHistory(true);
    private static final int CUTS_PER_FILE = 24;

    private static final Map<String, byte[]> FILES = new TreeMap<>();
    private static DamagedStore.Expected expected;

    /** Tables on several levels, plain ones and compressed ones, history files, and a log that is ahead of them. */
    @BeforeAll
    static void makeStore() {
        SimulatedDisk disk = SimulatedDisk.empty();
        try (SimulatedStore store = SimulatedStore.open(disk, KNOBS)) {
            List<Command> commands = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                for (int i = round; i < 60; i += 1 + round) {
                    commands.add(Command.put(CrashScript.key(i), CrashScript.value(i + round, 230)));
                }
                commands.add(Command.delete(CrashScript.key(round * 5)));
            }
            commands.forEach(store.replication()::submitAndWait);
            store.replication().checkpoint();
            // What the log has and the tables have not: keys of which no table knows, so that no table is read for
            // them.
            for (int i = 0; i < 6; i++) {
                store.replication().submitAndWait(Command.put(Bytes.utf8("new" + i), CrashScript.value(i, 60)));
            }
            store.replication().submitAndWait(Command.delete(Bytes.utf8("new2")));
            expected = DamagedStore.Expected.of(store.store());
        }
        for (String name : disk.list()) {
            FILES.put(name, disk.content(name));
        }
    }

    private static SimulatedDisk disk() {
        SimulatedDisk disk = SimulatedDisk.empty();
        FILES.forEach(disk::place);
        return disk;
    }

    @Test
    void storeHasEveryKindOfFile() {
        assertThat(FILES.keySet())
                .anyMatch(name -> name.endsWith(".table"))
                .anyMatch(name -> name.endsWith(".history"))
                .anyMatch(name -> name.startsWith("log-"))
                .contains(ManifestFile.FILE, "STORE");
        List<List<TableMeta>> levels =
                ManifestFile.read(disk(), SimulatedStore.STORE_ID).orElseThrow().levels();
        assertThat(levels.stream().filter(level -> !level.isEmpty()).count())
                .as("levels with tables: %s", levels)
                .isGreaterThanOrEqualTo(2);
        assertThat(levels.subList(2, levels.size()))
                .as("levels with compressed tables")
                .anyMatch(level -> !level.isEmpty());
        assertThat(new DamagedStore(disk(), KNOBS, expected, ManifestFile.FILE).look())
                .as("undamaged, all is well")
                .isEqualTo(DamagedStore.Outcome.RIGHT);
    }

    @Test
    void noFlippedByteMakesAWrongAnswer() {
        Map<DamagedStore.Outcome, Long> outcomes = new HashMap<>();
        for (Map.Entry<String, byte[]> file : FILES.entrySet()) {
            int bits = file.getKey().equals(ManifestFile.FILE) || file.getKey().equals("STORE") ? 2 : 1;
            // Segments written in advance hold nothing.
            int step = file.getKey().startsWith("spare-") ? 61 : 1;
            Map<DamagedStore.Outcome, Long> found = new HashMap<>();
            IntStream.range(0, file.getValue().length * bits / step).parallel().forEach(i -> {
                int offset = i * step / bits;
                int bit = (offset + i % bits * 5) % 8;
                DamagedStore.Outcome outcome = flip(file.getKey(), offset, bit);
                synchronized (found) {
                    found.merge(outcome, 1L, Long::sum);
                }
            });
            System.out.println("flipped every byte: file=" + file.getKey() + " " + found);
            found.forEach((outcome, count) -> outcomes.merge(outcome, count, Long::sum));
        }
        assertThat(outcomes.get(DamagedStore.Outcome.PARTLY_READABLE))
                .as("damage in one place leaves the rest readable")
                .isPositive();
    }

    private static DamagedStore.Outcome flip(String file, int offset, int bit) {
        SimulatedDisk disk = disk();
        disk.flipBit(file, offset, bit);
        try {
            return new DamagedStore(disk, KNOBS, expected, file).look();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("file=" + file + " offset=" + offset + " bit=" + bit, e);
        }
    }

    /** Not those of the log: one that was cut with all its proofs passes for one that power loss has cut, see 0007. */
    @Test
    void noFileCutShortOrMissingMakesAWrongAnswer() {
        for (Map.Entry<String, byte[]> file : FILES.entrySet()) {
            if (file.getKey().endsWith(".log")) {
                continue;
            }
            int length = file.getValue().length;
            for (int cut = 0; cut <= CUTS_PER_FILE; cut++) {
                int left = cut == 0 ? length - 1 : length * (CUTS_PER_FILE - cut) / CUTS_PER_FILE;
                SimulatedDisk disk = SimulatedDisk.empty();
                FILES.forEach((name, content) ->
                        disk.place(name, name.equals(file.getKey()) ? Arrays.copyOf(content, left) : content));
                new DamagedStore(disk, KNOBS, expected, file.getKey()).look();
            }
            SimulatedDisk disk = SimulatedDisk.empty();
            FILES.forEach((name, content) -> {
                if (!name.equals(file.getKey())) {
                    disk.place(name, content);
                }
            });
            assertThat(new DamagedStore(disk, KNOBS, expected, file.getKey()).look())
                    .as("missing: %s", file.getKey())
                    .isIn(DamagedStore.Outcome.REFUSED, DamagedStore.Outcome.RIGHT);
        }
    }
}
