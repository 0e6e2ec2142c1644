package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.DirectoryInUseException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that are damaged, foreign, full or taken: a clear error that names the cause, and nothing lost. */
class BadDirectoryTest {
    private static final int RECORDS = 8;

    @TempDir
    private Path directory;

    @Test
    void aFlippedByteAnywhereInTheLogIsReportedOrHarmlessButNeverLosesAWrite() throws IOException {
        fillAndDie();
        Path log = only("log-");
        byte[] intact = Files.readAllBytes(log);
        int end = intact.length;
        while (intact[end - 1] == 0) {
            end--;
        }
        // Behind the records there are zeros, written beforehand.
        for (int offset = 0; offset < Math.min(intact.length, end + 64); offset++) {
            assertDamageIsNoticed(log, intact, offset);
        }
    }

    @Test
    void aFlippedByteAnywhereInATableIsReportedByFileAndOffset() throws IOException {
        fill(true);
        Path table = files("0").stream()
                .filter(file -> file.toString().endsWith(".table"))
                .findFirst()
                .orElseThrow();
        byte[] intact = Files.readAllBytes(table);
        for (int offset = 0; offset < intact.length; offset++) {
            Files.write(table, flipped(intact, offset));
            try (LocalEngine store = open()) {
                assertThat(store.scan(KeyRange.all())).as("offset %d", offset).hasSize(RECORDS);
            } catch (CorruptionException | FormatException e) {
                assertThat(e).as("offset %d", offset).hasMessageContaining(".table");
            }
        }
        Files.write(table, intact);
        assertAllThere();
    }

    @Test
    void aFlippedByteAnywhereInTheManifestIsReported() throws IOException {
        fill(true);
        Path manifest = directory.resolve("MANIFEST");
        byte[] intact = Files.readAllBytes(manifest);
        for (int offset = 0; offset < intact.length; offset++) {
            Files.write(manifest, flipped(intact, offset));
            assertThatThrownBy(() -> open().close())
                    .as("offset %d", offset)
                    .isInstanceOfAny(CorruptionException.class, FormatException.class)
                    .hasMessageContaining("MANIFEST");
        }
        Files.delete(manifest);
        assertThatThrownBy(this::open).isInstanceOf(CorruptionException.class).hasMessageContaining("MANIFEST");
        Files.write(manifest, intact);
        assertAllThere();
    }

    @Test
    void aMissingLogSegmentIsReported() throws IOException {
        Options small = options().withSegmentBytes(64 * 1024);
        dieAfter(Options.at(directory.resolve("life")).withSegmentBytes(64 * 1024), store -> {
            for (int i = 0; i < 10; i++) {
                store.put(Bytes.utf8("k" + i), Bytes.wrap(new byte[40_000]));
            }
        });
        List<Path> logs = files("log-");
        Files.delete(logs.get(logs.size() / 2));
        assertThatThrownBy(() -> Hightower.open(small)).isInstanceOf(CorruptionException.class);
    }

    @Test
    void aForeignDirectoryIsRefusedByTheNameOfAFileInIt() throws IOException {
        Files.writeString(directory.resolve("holiday.jpg"), "not a store");
        assertThatThrownBy(this::open).isInstanceOf(FormatException.class).hasMessageContaining("holiday.jpg");
    }

    @Test
    void aFileOfAnotherProgramInThePlaceOfOursIsAForeignFormat() throws IOException {
        fill(false);
        Files.write(only("log-"), "SQLite format 3 and so on, for long enough".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(this::open).isInstanceOf(StorageException.class).hasMessageContaining("log-");
    }

    @Test
    void aDirectoryInUseNamesItsHolder() {
        try (LocalEngine holder = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(DirectoryInUseException.class)
                    .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
            holder.put(Bytes.utf8("still"), Bytes.utf8("working"));
        }
        open().close();
    }

    @Test
    void aDirectoryOfAMemberIsNotOpenedAloneAndTheOtherWayRound() throws IOException {
        fill(false);
        Options member = options().withCluster(ClusterOptions.of("a", Map.of("a", "127.0.0.1:1")));
        assertThatThrownBy(() -> Hightower.open(member))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("store without a cluster");

        Files.writeString(directory.resolve("CLUSTER"), "cluster c member a\n");
        assertThatThrownBy(this::open).isInstanceOf(FormatException.class).hasMessageContaining("cluster c member a");
    }

    @Test
    void aFullDiskRefusesWritesAndTakesThemAgainWhenThereIsRoom() {
        SimulatedDisk disk = SimulatedDisk.empty();
        disk.capacity(100_000);
        try (LocalEngine store = open(disk)) {
            store.put(Bytes.utf8("a"), Bytes.wrap(new byte[40_000]));
            assertThatThrownBy(() -> store.put(Bytes.utf8("b"), Bytes.wrap(new byte[70_000])))
                    .isInstanceOfSatisfying(NotReplicatedException.class, refused -> assertThat(refused.reason())
                            .isEqualTo(Reason.DISK_FULL));
            assertThat(store.get(Bytes.utf8("a"))).isPresent();
            disk.capacity(1_000_000);
            store.put(Bytes.utf8("c"), Bytes.wrap(new byte[70_000]));
        }
        try (LocalEngine store = open(disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1))) {
            assertThat(store.scan(KeyRange.all()).stream()
                            .map(entry -> entry.key().toUtf8()))
                    .containsExactly("a", "c");
        }
    }

    @Test
    void aFailedSyncStopsWritingUntilReopened() {
        SimulatedDisk disk = SimulatedDisk.empty();
        LocalEngine store = open(disk);
        store.put(Bytes.utf8("a"), Bytes.utf8("1"));
        disk.failOnce(OperationKind.WRITE_DURABLY, 1);

        assertThatThrownBy(() -> store.put(Bytes.utf8("b"), Bytes.utf8("2")))
                .isInstanceOf(OutcomeUnknownException.class);
        assertThatThrownBy(() -> store.put(Bytes.utf8("c"), Bytes.utf8("3")))
                .isInstanceOfSatisfying(NotReplicatedException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(Reason.STORE_FAILED));
        assertThat(store.get(Bytes.utf8("a"))).hasValue(Bytes.utf8("1"));
        assertThat(store.status().problem()).isPresent();
        store.close();

        try (LocalEngine reopened = open(disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1))) {
            assertThat(reopened.get(Bytes.utf8("a"))).hasValue(Bytes.utf8("1"));
            reopened.put(Bytes.utf8("d"), Bytes.utf8("4"));
        }
    }

    /** Damage is a typed error that names the file; where the byte proves nothing, all writes must be there. */
    private void assertDamageIsNoticed(Path log, byte[] intact, int offset) throws IOException {
        Files.write(log, flipped(intact, offset));
        try (LocalEngine store = open()) {
            assertThat(store.len()).as("offset %d", offset).isEqualTo(RECORDS);
        } catch (CorruptionException | FormatException e) {
            assertThat(e).as("offset %d", offset).hasMessageContaining("log-");
        }
        Files.write(log, intact);
    }

    /** Leaves a directory as a process does that ends without closing the store: the log alone has the records. */
    private void fillAndDie() throws IOException {
        dieAfter(Options.at(directory.resolve("life")), store -> {
            for (int i = 0; i < RECORDS; i++) {
                store.put(Bytes.utf8("key" + i), Bytes.utf8("value" + i));
            }
        });
    }

    private void dieAfter(Options life, Consumer<LocalEngine> work) throws IOException {
        try (LocalEngine store = Hightower.open(life)) {
            work.accept(store);
            UncleanEnd.copy(life.directory(), directory);
        }
        UncleanEnd.delete(life.directory());
    }

    private void fill(boolean checkpoint) {
        try (LocalEngine store = open()) {
            for (int i = 0; i < RECORDS; i++) {
                store.put(Bytes.utf8("key" + i), Bytes.utf8("value" + i));
            }
            if (checkpoint) {
                store.runCompactionNow();
            }
        }
    }

    private void assertAllThere() {
        try (LocalEngine store = open()) {
            assertThat(store.len()).isEqualTo(RECORDS);
        }
    }

    private static byte[] flipped(byte[] intact, int offset) {
        byte[] damaged = intact.clone();
        damaged[offset] ^= 0x20;
        return damaged;
    }

    private LocalEngine open() {
        return Hightower.open(options());
    }

    private static LocalEngine open(SimulatedDisk disk) {
        return new Assembly(quiet(Options.at(Path.of("simulated")))).open(disk);
    }

    private Options options() {
        return quiet(Options.at(directory));
    }

    private static Options quiet(Options options) {
        return options.withMaintenanceInterval(Duration.ofDays(1))
                .withSegmentBytes(64 * 1024)
                .withMemoryBytesMax(8 << 20)
                .withFreeDiskBytesMin(0);
    }

    private Path only(String prefix) throws IOException {
        List<Path> found = files(prefix);
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private List<Path> files(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        }
    }
}
