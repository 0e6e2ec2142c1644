package io.hightower.kv.storage.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.DirectoryInUseException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.manifest.StoreManifest;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import io.hightower.kv.storage.table.TableMeta;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A directory that nobody has open, checked: whole, and with each kind of thing wrong. */
class DirectoryVerificationTest {
    private final StoreDirectory directory = StoreDirectory.used();
    private final SimulatedDisk disk = directory.disk;

    @Test
    void findsNothingWrongWithWhatAStoreLeft() {
        VerificationReport report = directory.verify();

        assertThat(report.findings()).isEmpty();
        assertThat(report.isIntact()).isTrue();
        assertThat(report.tables()).isEqualTo(2);
        assertThat(report.histories()).isEqualTo(2);
        assertThat(report.logEntries()).isEqualTo(StoreDirectory.LOG_ENTRIES);
        assertThat(report.bytes()).isPositive();
        assertThat(directory.read).contains("STORE", "MANIFEST", "records", directory.file("log-", "61.log"));
    }

    @Test
    void changesNothing() {
        disk.place(directory.file("", ".table") + ".tmp", new byte[10]);
        String before = disk.fingerprint();
        directory.verify();
        assertThat(disk.fingerprint()).isEqualTo(before);

        disk.flipBit(ManifestFile.FILE, 40, 0);
        String damaged = disk.fingerprint();
        directory.verify();
        assertThat(disk.fingerprint()).isEqualTo(damaged);
    }

    @Test
    void leavesADirectoryAloneThatSomebodyHasOpen() {
        try (Disk.DirectoryLock held = disk.lock()) {
            assertThat(held).isNotNull();
            assertThatThrownBy(directory::verify).isInstanceOf(DirectoryInUseException.class);
        }
        assertThat(directory.verify().isIntact()).isTrue();
    }

    @Test
    void refusesADirectoryThatIsNoStore() {
        SimulatedDisk letters = SimulatedDisk.empty();
        letters.place("letter", new byte[1]);
        assertThatThrownBy(() -> DirectoryVerification.run(letters, new Deaf()))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("STORE");
    }

    /** Spares, what follows the entries of a segment, and segments whose entries are all in tables are of no account. */
    @Test
    void findsFlippedBytesAnywhere() {
        List<String> segments = directory.files("log-", ".log");
        for (String name : disk.list()) {
            boolean isLog = name.endsWith(".log");
            if (isLog
                    && !segments.subList(segments.size() - 3, segments.size() - 1)
                            .contains(name)) {
                continue;
            }
            long end = isLog ? 250 : disk.content(name).length;
            for (long offset = 0; offset < end; offset += 11) {
                disk.flipBit(name, offset, (int) (offset % 8));
                VerificationReport report = directory.verify();
                assertThat(report.isIntact()).as(name + " " + offset).isFalse();
                assertThat(report.findings().get(0).file())
                        .as(name + " " + offset)
                        .isEqualTo(name);
                disk.flipBit(name, offset, (int) (offset % 8));
            }
        }
        assertThat(directory.verify().isIntact()).isTrue();
    }

    @Test
    void namesEachDamagedFileAndChecksTheOthers() {
        String table = directory.file("", ".table");
        String history = directory.file("", ".history");
        disk.flipBit(table, 60, 1);
        disk.flipBit(history, 60, 1);

        VerificationReport report = directory.verify();

        assertThat(report.findings())
                .filteredOn(finding -> finding.kind() == Finding.Kind.DAMAGED)
                .extracting(Finding::file)
                .containsExactly(table, history);
        assertThat(report.findings())
                .filteredOn(finding -> finding.kind() == Finding.Kind.REMARK)
                .extracting(Finding::text)
                .containsExactly("Whether all records together are right cannot be said: files are damaged");
        assertThat(report.logEntries()).isEqualTo(StoreDirectory.LOG_ENTRIES);
        assertThat(directory.heard).isEqualTo(report.findings());
    }

    @Test
    void namesMissingFiles() {
        String table = directory.file("", ".table");
        disk.delete(table);
        assertDamaged(table, "no file");
    }

    @Test
    void noticesTablesWithoutAManifest() {
        disk.delete(ManifestFile.FILE);
        assertDamaged(ManifestFile.FILE, "a manifest, since there is a file");
        assertThat(directory.heard).extracting(Finding::text).anyMatch(text -> text.contains("log cannot be checked"));
    }

    @Test
    void takesTheIdentityFromTheManifestIfItIsDamaged() {
        disk.flipBit("STORE", 30, 0);
        VerificationReport report = directory.verify();
        assertThat(report.findings()).extracting(Finding::file).containsExactly("STORE");
        assertThat(report.tables()).isEqualTo(2);
    }

    @Test
    void tellsOtherFormatsFromDamage() {
        byte[] manifest = disk.content(ManifestFile.FILE);
        manifest[11] = 9;
        disk.place(ManifestFile.FILE, manifest);
        VerificationReport report = directory.verify();
        assertThat(report.has(Finding.Kind.FOREIGN)).isTrue();
        assertThat(report.has(Finding.Kind.DAMAGED)).isFalse();
    }

    @Test
    void noticesThatTheRecordsAreNotThoseOfTheScalars() {
        AppliedState applied = manifest().applied();
        rewrite(manifest().levels(), counted(applied, applied.liveKeys() + 1, applied.recordsHash()));
        assertDamaged(ManifestFile.FILE, "keys=" + (applied.liveKeys() + 1));
        rewrite(manifest().levels(), counted(applied, applied.liveKeys(), applied.recordsHash() + 1));
        assertDamaged(ManifestFile.FILE, "recordsHash=");
        rewrite(manifest().levels(), applied);
        assertThat(directory.verify().isIntact()).isTrue();
    }

    @Test
    void noticesLevelsInTheWrongOrder() {
        List<TableMeta> tables = new ArrayList<>(manifest().tables());
        Collections.reverse(tables);
        rewrite(List.of(tables), manifest().applied());
        assertDamaged(ManifestFile.FILE, "levels from new to old");
    }

    @Test
    void noticesDamageInTheMiddleOfTheLog() {
        List<String> segments = directory.files("log-", ".log");
        String log = segments.get(segments.size() - 2);
        disk.flipBit(log, 90, 3);
        assertDamaged(log, "offset=48");
    }

    @Test
    void noticesDamageInTheLastEntryIfItsMarkProvesThatItWasSynced() {
        List<String> segments = directory.files("log-", ".log");
        String last = segments.get(segments.size() - 1);
        disk.flipBit(last, lastMark(disk.content(last)) - 1, 3);
        assertThat(directory.verify().findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.DAMAGED);
            assertThat(finding.file()).isEqualTo(last);
        });
    }

    @Test
    void noticesAMissingSegment() {
        List<String> segments = directory.files("log-", ".log");
        assertThat(segments.size()).isGreaterThan(2);
        disk.delete(segments.get(segments.size() - 2));
        assertThat(directory.verify().has(Finding.Kind.DAMAGED)).isTrue();
    }

    @Test
    void callsATornTailARemark() {
        List<String> segments = directory.files("log-", ".log");
        String last = segments.get(segments.size() - 1);
        byte[] content = disk.content(last);
        int mark = lastMark(content);
        Arrays.fill(content, mark, mark + 12, (byte) 7);
        disk.place(last, content);
        VerificationReport report = directory.verify();
        assertThat(report.isIntact()).isTrue();
        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.file()).isEqualTo(last);
            assertThat(finding.text()).contains("without a mark");
        });
    }

    private static int lastMark(byte[] segment) {
        int at = segment.length - 4;
        while (ByteBuffer.wrap(segment).getInt(at) != 0xEC4B4C4D) {
            at--;
        }
        return at;
    }

    @Test
    void mentionsWhatDoesNotBelongToTheStore() {
        String table = directory.file("", ".table");
        String orphan = table.replaceFirst("^[0-9]{12}", "000000000999");
        disk.place(orphan, disk.content(table));
        disk.place("MANIFEST.tmp", new byte[3]);
        disk.place(table + ".incoming", new byte[3]);
        disk.place("letter", new byte[3]);

        VerificationReport report = directory.verify();

        assertThat(report.isIntact()).isTrue();
        assertThat(report.findings())
                .extracting(Finding::file)
                .containsExactlyInAnyOrder(orphan, "MANIFEST.tmp", table + ".incoming", "letter");
    }

    @Test
    void leavesTheLogOfAClusterMemberAlone() {
        directory.files("log-", ".log").forEach(disk::delete);
        disk.place("CLUSTER", "cluster c member n1\n".getBytes(StandardCharsets.UTF_8));
        VerificationReport report = directory.verify();
        assertThat(report.isIntact()).isTrue();
        assertThat(report.findings()).singleElement().satisfies(finding -> assertThat(finding.text())
                .contains("raft/"));
    }

    @Test
    void goesOnWhereTheDiskFails() {
        String table = directory.file("", ".table");
        disk.failReads(table, 50, 60);
        VerificationReport report = directory.verify();
        assertThat(report.has(Finding.Kind.UNREADABLE)).isTrue();
        assertThat(report.has(Finding.Kind.DAMAGED)).isFalse();
        assertThat(report.findings().get(0).file()).isEqualTo(table);
        assertThat(report.logEntries()).isEqualTo(StoreDirectory.LOG_ENTRIES);
    }

    @Test
    void cannotChangeWhatItLooksAt() {
        Disk readOnly = new ReadOnlyDisk(disk);
        assertThatThrownBy(() -> readOnly.create("a")).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> readOnly.delete("STORE")).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> readOnly.rename("STORE", "a")).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> readOnly.linkTo("STORE", disk)).isInstanceOf(InvariantViolation.class);
        try (DiskFile file = readOnly.open("STORE")) {
            assertThatThrownBy(() -> file.truncate(0)).isInstanceOf(InvariantViolation.class);
            assertThatThrownBy(() -> file.write(0, ByteBuffer.allocate(1))).isInstanceOf(InvariantViolation.class);
            assertThatThrownBy(() -> file.writeDurably(0, ByteBuffer.allocate(1)))
                    .isInstanceOf(InvariantViolation.class);
            assertThatThrownBy(file::sync).isInstanceOf(InvariantViolation.class);
        }
    }

    private void assertDamaged(String file, String reason) {
        VerificationReport report = directory.verify();
        assertThat(report.has(Finding.Kind.DAMAGED)).isTrue();
        assertThat(report.findings())
                .filteredOn(finding -> finding.kind() == Finding.Kind.DAMAGED)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.file()).isEqualTo(file);
                    assertThat(finding.text()).contains(reason);
                });
    }

    private StoreManifest manifest() {
        return ManifestFile.decode(disk.content(ManifestFile.FILE));
    }

    private void rewrite(List<List<TableMeta>> levels, AppliedState applied) {
        StoreManifest before = manifest();
        StoreManifest after = new StoreManifest(
                before.edits(),
                applied,
                before.nextFileNumber(),
                before.historyFloor(),
                levels,
                before.history(),
                before.system());
        disk.place(ManifestFile.FILE, ManifestFile.encode(StoreDirectory.STORE_ID, after));
    }

    private static AppliedState counted(AppliedState applied, long keys, long hash) {
        return new AppliedState(
                applied.position(),
                applied.revision(),
                applied.latestVersion(),
                applied.releasedRevision(),
                applied.compactRevision(),
                applied.logicalTimeMillis(),
                keys,
                applied.tombstones(),
                hash,
                applied.systemHash());
    }

    private static final class Deaf implements VerificationListener {
        @Override
        public void reading(String what, long bytesDone, long bytesTotal) {}

        @Override
        public void found(Finding finding) {}
    }
}
