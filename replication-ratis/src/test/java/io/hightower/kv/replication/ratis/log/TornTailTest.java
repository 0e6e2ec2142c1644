package io.hightower.kv.replication.ratis.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The end of logs that Ratis wrote, as power cuts and failing disks leave it. */
class TornTailTest {
    private static final int SECTOR = LogScan.SECTOR_BYTES;
    private static final int ZEROS = 4096;

    @TempDir
    Path directory;

    private final RandomGenerator random = new SplittableRandom(1);

    private WrittenLog written(int... sizes) {
        return WrittenLog.open(
                directory,
                Arrays.stream(sizes)
                        .mapToObj(size -> WrittenLog.content(random, size))
                        .toList(),
                ZEROS);
    }

    private void cut() {
        TornTail.cut(directory, -1);
    }

    private List<String> kept() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("torn-"))
                    .sorted()
                    .toList();
        }
    }

    private void assertUntouched(WrittenLog log, byte[] found) throws IOException {
        assertThat(log.onDisk()).isEqualTo(found);
        assertThat(kept()).isEmpty();
    }

    private void assertDamaged(WrittenLog log, byte[] found, int entry) throws IOException {
        log.replace(found);
        assertThatThrownBy(this::cut)
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("add it again, with empty directories")
                .hasMessageContaining("file=" + log.file() + " offset=" + (entry < 0 ? 0 : log.offset(entry)) + " ");
        assertUntouched(log, found);
        assertThat(TornTail.isIn(directory)).isFalse();
        assertThat(LogDamage.find(directory)).isPresent();
    }

    /** Checks that the log was cut where that entry began, and that Ratis reads what is left. */
    private void assertCut(WrittenLog log, byte[] found, int entry) throws IOException {
        int offset = log.offset(entry);
        assertThat(log.onDisk()).isEqualTo(Arrays.copyOf(log.bytes(), offset));
        List<String> kept = kept();
        assertThat(kept).containsExactly("torn-" + (WrittenLog.FIRST + entry) + "-1");
        byte[] content = Files.readAllBytes(directory.resolve(kept.get(0)));
        assertThat(content).isEqualTo(Arrays.copyOfRange(found, offset, offset + content.length));
        assertThat(isZero(found, offset + content.length)).isTrue();
        assertThat(readByRatis(log)).isEqualTo(entry);
    }

    private static int readByRatis(WrittenLog log) throws IOException {
        LogSegmentPath path = LogSegmentPath.matchLogSegment(log.file());
        return LogSegment.readSegmentFile(
                log.file().toFile(),
                path.getStartEnd(),
                SizeInBytes.valueOf(1 << 20),
                CorruptionPolicy.EXCEPTION,
                null,
                entry -> {});
    }

    @Test
    void anUndamagedLogIsLeftAsItIs() throws IOException {
        cut();
        WrittenLog log = written();
        cut();
        assertUntouched(log, log.bytes());
        log = written(10, 3000, 1, 700);
        cut();
        assertUntouched(log, log.bytes());
        log.replace(Arrays.copyOf(log.bytes(), log.offset(4)));
        cut();
        assertUntouched(log, Arrays.copyOf(log.bytes(), log.offset(4)));
        log = WrittenLog.open(directory, List.of(new byte[3000], new byte[1], new byte[3000]), 0);
        cut();
        assertUntouched(log, log.bytes());
        assertThat(LogDamage.find(directory)).isEmpty();
        assertThat(TornTail.isIn(directory)).isFalse();
    }

    @Test
    void everyLostSectorOfTheLastEntriesIsFoundAndCutOff() throws IOException {
        WrittenLog log = written(300, 1200, 100, 2000);
        for (int sector = log.offset(1) / SECTOR; sector <= (log.offset(4) - 1) / SECTOR; sector++) {
            byte[] found = log.bytes().clone();
            int from = Math.max(log.offset(1), sector * SECTOR);
            Arrays.fill(found, from, (sector + 1) * SECTOR, (byte) 0);
            log.replace(found);
            assertThat(TornTail.isIn(directory)).isTrue();
            assertThat(LogDamage.find(directory)).isEmpty();
            assertThat(log.onDisk()).isEqualTo(found);

            cut();

            assertCut(log, found, firstChanged(log, found));
            Files.delete(directory.resolve(kept().get(0)));
        }
    }

    @Test
    void anEntryIsTornIfOnlyItsChecksumIsLost() throws IOException {
        int size = 700 + SECTOR + 2 - written(300, 700).offset(2) % SECTOR;
        WrittenLog log = written(300, size);
        assertThat(log.offset(2) % SECTOR).isEqualTo(2);
        byte[] found = log.bytes().clone();
        Arrays.fill(found, log.offset(2) - 2, log.offset(2), (byte) 0);
        log.replace(found);

        cut();

        assertCut(log, found, 1);
    }

    private static int firstChanged(WrittenLog log, byte[] found) {
        int at = Arrays.mismatch(log.bytes(), found);
        int entry = 0;
        while (at >= 0 && log.offset(entry + 1) <= at) {
            entry++;
        }
        return at < 0 ? -1 : entry;
    }

    @Test
    void whatPowerLossLeavesIsCutAtTheFirstTornEntry(TestInfo info) {
        SeededRuns.of(info).count(60).checkEach(run -> {
            List<byte[]> contents = new ArrayList<>();
            for (int i = 2 + run.nextInt(10); i > 0; i--) {
                contents.add(WrittenLog.content(run, 1 + run.nextInt(run.nextBoolean() ? 100 : 2500)));
            }
            WrittenLog log = WrittenLog.open(directory, contents, run.nextInt(3 * SECTOR));
            byte[] found = powerLoss(run, log, log.offset(run.nextInt(log.entries())));
            log.replace(found);

            cut();

            int torn = firstChanged(log, found);
            boolean endsThere = torn < 0 || isZero(found, log.offset(torn));
            if (endsThere) {
                assertUntouched(log, found);
                assertThat(readByRatis(log)).isEqualTo(torn < 0 ? log.entries() : torn);
            } else {
                assertCut(log, found, torn);
                Files.delete(directory.resolve(kept().get(0)));
            }
        });
    }

    /** Has every sector from there on arrive, not arrive, or arrive as it was before some of its entries were written. */
    private static byte[] powerLoss(RandomGenerator random, WrittenLog log, int synced) {
        byte[] found = log.bytes().clone();
        for (int sector = synced / SECTOR; sector * SECTOR < found.length; sector++) {
            int from = Math.max(synced, sector * SECTOR);
            int until = Math.min((sector + 1) * SECTOR, found.length);
            int[] versions = log.offsets().stream()
                    .mapToInt(offset -> offset)
                    .filter(offset -> offset > from && offset < until)
                    .toArray();
            int version = random.nextInt(versions.length + 2);
            if (version < versions.length) {
                Arrays.fill(found, versions[version], until, (byte) 0);
            } else if (version == versions.length) {
                Arrays.fill(found, from, until, (byte) 0);
            }
        }
        return found;
    }

    private static boolean isZero(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void aFileThatEndsInsideItsLastEntryIsCutWhereThatBegins() throws IOException {
        WrittenLog log = written(200, 300);
        for (int length = log.offset(1) + 1; length < log.offset(2); length += length < log.offset(1) + 30 ? 1 : 41) {
            byte[] found = Arrays.copyOf(log.bytes(), length);
            log.replace(found);
            cut();
            assertCut(log, found, 1);
            Files.delete(directory.resolve(kept().get(0)));
        }
    }

    @Test
    void noFlippedBitOfAnEntryIsTakenForATornEnd() throws IOException {
        WrittenLog log = written(700, 130, 600);
        for (int entry = 0; entry < log.entries(); entry++) {
            int bits = (log.offset(entry + 1) - log.offset(entry)) * 8;
            // Lengths and indexes are at the beginning, the checksum at the end.
            for (int bit = 0; bit < bits; bit += bit < 120 || bit >= bits - 33 ? 1 : 211) {
                byte[] found = log.bytes().clone();
                found[log.offset(entry) + bit / 8] ^= (byte) (1 << bit % 8);
                assertDamaged(log, found, entry);
            }
        }
    }

    @Test
    void noFlippedBitIsTakenForATornEndWhereTheFileEndsWithItsEntries() throws IOException {
        WrittenLog padded = written(700, 600);
        WrittenLog log =
                new WrittenLog(padded.file(), Arrays.copyOf(padded.bytes(), padded.offset(2)), padded.offsets());
        for (int bit = 0; bit < 120; bit++) {
            byte[] found = log.bytes().clone();
            found[log.offset(1) + bit / 8] ^= (byte) (1 << bit % 8);
            assertDamaged(log, found, 1);
        }
    }

    @Test
    void anEntryThatADurableStateContainsIsDamagedAndNotTorn() throws IOException {
        WrittenLog log = written(300, 2000);
        byte[] found = log.bytes().clone();
        Arrays.fill(found, 2 * SECTOR, 3 * SECTOR, (byte) 0);
        log.replace(found);
        long torn = WrittenLog.FIRST + 1;

        assertThatThrownBy(() -> TornTail.cut(directory, TornTail.provenBy(new LogPosition(3, torn))))
                .isInstanceOf(CorruptionException.class);
        assertUntouched(log, found);

        TornTail.cut(directory, TornTail.provenBy(new LogPosition(3, torn - 1)));
        assertCut(log, found, 1);
        assertThat(TornTail.provenBy(LogPosition.START)).isNegative();
    }

    @Test
    void whatIsCutOffAgainIsKeptBesideTheFirst() throws IOException {
        WrittenLog log = written(300, 2000);
        byte[] found = log.bytes().clone();
        Arrays.fill(found, 2 * SECTOR, 3 * SECTOR, (byte) 0);
        for (int round = 0; round < 2; round++) {
            log.replace(found);
            cut();
        }
        assertThat(kept()).containsExactly("torn-8-1", "torn-8-2");
    }

    @Test
    void aHeaderIsWholeOrNothingIsBehindIt() throws IOException {
        WrittenLog log = written(300);
        for (int bytes = 0; bytes < LogScan.HEADER_BYTES; bytes++) {
            byte[] begun = Arrays.copyOf(log.bytes(), bytes);
            log.replace(begun);
            cut();
            assertUntouched(log, begun);

            byte[] allocated = Arrays.copyOf(begun, ZEROS);
            log.replace(allocated);
            cut();
            assertUntouched(log, allocated);
            assertThat(readByRatis(log)).isZero();

            byte[] lost = log.bytes().clone();
            Arrays.fill(lost, bytes, LogScan.HEADER_BYTES, (byte) 0);
            assertDamaged(log, lost, -1);
        }
    }

    @Test
    void anEntryOfAnotherIndexIsDamage() throws IOException {
        WrittenLog log = WrittenLog.write(
                directory.resolve("log_inprogress_" + WrittenLog.FIRST),
                WrittenLog.FIRST + 1,
                List.of(WrittenLog.content(random, 10)),
                ZEROS);
        assertDamaged(log, log.bytes(), 0);
    }

    @Test
    void closedFilesAreNeverChangedAndTheirDamageIsFound() throws IOException {
        List<byte[]> contents = List.of(WrittenLog.content(random, 600), WrittenLog.content(random, 600));
        WrittenLog closed = WrittenLog.write(directory.resolve("log_5-6"), 5, contents, ZEROS);
        WrittenLog open = WrittenLog.open(directory, contents, ZEROS);
        assertThat(LogDamage.find(directory)).isEmpty();

        byte[] found = closed.bytes().clone();
        Arrays.fill(found, SECTOR, 2 * SECTOR, (byte) 0);
        closed.replace(found);
        cut();
        assertUntouched(closed, found);
        assertThat(LogDamage.find(directory).orElseThrow().file())
                .isEqualTo(closed.file().toString());

        closed.replace(Arrays.copyOf(closed.bytes(), closed.offset(1)));
        cut();
        assertThat(LogDamage.find(directory).orElseThrow().offset()).isEqualTo(closed.offset(1));

        closed.replace(closed.bytes());
        Files.move(open.file(), directory.resolve("log_inprogress_8"));
        assertThat(LogDamage.find(directory).orElseThrow())
                .hasMessageContaining("expected=first index 7 found=first index 8");
    }
}
