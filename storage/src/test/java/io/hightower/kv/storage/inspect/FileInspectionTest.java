package io.hightower.kv.storage.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.codec.StateArchive;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Files of a store as text: whole, renamed, and damaged in one place after another. */
class FileInspectionTest {
    private final StoreDirectory directory = StoreDirectory.used();
    private final SimulatedDisk disk = directory.disk;

    @Test
    void showsIdentityAndManifest() {
        assertThat(directory.inspect("STORE"))
                .contains("kind: identity of a store", "format version: 1", "store id: " + StoreDirectory.STORE_ID);
        assertThat(directory.inspect("MANIFEST"))
                .contains("kind: manifest", "format version: 1", "keys: 39", "level 0: tables=2", "files: 4")
                .anyMatch(line -> line.startsWith("  " + directory.file("", ".table") + "\tbytes="));
    }

    @Test
    void showsTheVersionsOfATable() {
        List<String> lines = directory.inspect(directory.files("", ".table").get(1));
        assertThat(lines)
                .contains("kind: table", "format version: 1", "first key: key-0")
                .anyMatch(line -> line.matches("block 0: offset=40 bytes=[0-9]+ revisions=.*"))
                .anyMatch(line -> line.matches("  [0-9]+\\.0\tvalue\tcreate=.* version=1 write=.*\tkey-39\tvalue 39"))
                .anyMatch(line -> line.matches("  [0-9]+\\.0\ttombstone\twrite=[0-9]+\tkey-3"))
                .noneMatch(line -> line.startsWith("damaged"));
        assertThat(lines.get(lines.size() - 1)).matches("versions: [0-9]+");
    }

    @Test
    void showsTheChangesOfAHistoryFile() {
        assertThat(directory.inspect(directory.file("", ".history")))
                .contains("kind: history", "format version: 1")
                .anyMatch(line -> line.matches("  [0-9]+\\.0\tvalue\tkey-0"))
                .anyMatch(line -> line.matches("  [0-9]+\\.0\ttombstone\tkey-3"));
    }

    @Test
    void showsTheCommandsOfTheLog() {
        List<String> segments = directory.files("log-", ".log");
        assertThat(directory.inspect(segments.get(0)))
                .contains("kind: segment of the commit log", "format version: 1", "first index: 1")
                .anyMatch(line -> line.startsWith("entry 1: offset=48 bytes="))
                .anyMatch(line -> line.matches("  put\twrite=[0-9]+\tkey-0\tvalue 0"));
        assertThat(directory.inspect(segments.get(segments.size() - 1)))
                .anyMatch(line -> line.startsWith("mark: offset="));
    }

    @Test
    void showsASpareThatWasNeverUsed() {
        directory.files("spare-", ".log").forEach(spare -> assertThat(directory.inspect(spare))
                .contains("kind: segment of the commit log")
                .noneMatch(line -> line.startsWith("damaged")));
    }

    @Test
    void showsWhoseDirectoryItIs() {
        disk.place("CLUSTER", "cluster c member n1\n".getBytes(StandardCharsets.UTF_8));
        assertThat(directory.inspect("CLUSTER")).contains("content: cluster c member n1");
    }

    @Test
    void knowsAFileByItsContent() {
        String table = directory.file("", ".table");
        disk.place("copy.incoming", disk.content(table));
        List<String> expected = directory.inspect(table);
        List<String> lines = directory.inspect("copy.incoming");
        assertThat(lines.subList(1, lines.size())).isEqualTo(expected.subList(1, expected.size()));
    }

    @Test
    void leavesOutValuesAndRowsIfAsked() {
        String table = directory.files("", ".table").get(1);
        List<String> lines = directory.inspect(table, new InspectionOptions(false, 2, Bytes::toUtf8));
        assertThat(lines.stream().filter(line -> line.startsWith("  "))).hasSize(2);
        assertThat(lines).anyMatch(line -> line.endsWith("\t7 bytes") || line.endsWith("\t8 bytes"));
        assertThat(lines.get(lines.size() - 1)).matches("versions: [0-9]+, of which [0-9]+ are not shown");
    }

    /** Whatever byte is damaged, the file is either refused or its damage named, and the reading ends. */
    @Test
    void namesEveryDamagedByte() {
        for (String name : List.of("STORE", "MANIFEST", directory.file("", ".table"), directory.file("", ".history"))) {
            long length = disk.content(name).length;
            for (long offset = 0; offset < length; offset += 5) {
                disk.flipBit(name, offset, (int) (offset % 8));
                assertThat(isFound(name)).as(name + " " + offset).isTrue();
                disk.flipBit(name, offset, (int) (offset % 8));
            }
            assertThat(isFound(name)).isFalse();
        }
    }

    @Test
    void readsFilesOfEveryLengthToTheirEnd() {
        for (String name : List.of("STORE", "MANIFEST", directory.file("", ".table"), directory.file("", ".history"))) {
            byte[] content = disk.content(name);
            for (int length = 0; length < content.length; length += 7) {
                disk.place("short", Arrays.copyOf(content, length));
                assertThat(isFound("short")).as(name + " " + length).isTrue();
            }
        }
    }

    private boolean isFound(String name) {
        try {
            return directory.inspect(name).stream().anyMatch(line -> line.startsWith("damaged: "));
        } catch (FormatException e) {
            return true;
        }
    }

    @Test
    void showsChangesEvenIfTheIndexIsLost() {
        String history = directory.file("", ".history");
        byte[] content = disk.content(history);
        List<String> whole = rows(directory.inspect(history));
        disk.place(history, Arrays.copyOf(content, content.length - 20));
        assertThat(rows(directory.inspect(history))).isEqualTo(whole);
    }

    @Test
    void showsTheEntriesBehindADamagedOne() {
        String segment = directory.files("log-", ".log").get(0);
        List<String> whole = rows(directory.inspect(segment));
        disk.flipBit(segment, 60, 2);
        List<String> lines = directory.inspect(segment);
        assertThat(lines).anyMatch(line -> line.startsWith("damaged: Damaged data: file=" + segment + " offset=48 "));
        assertThat(rows(lines)).isEqualTo(whole.subList(1, whole.size()));
    }

    private static List<String> rows(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("  ")).toList();
    }

    @Test
    void showsAndChecksTheFilesOfAnArchive() throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        StateArchive.write(new TwoFiles(), archive);
        disk.place("backup", archive.toByteArray());
        assertThat(directory.inspect("backup"))
                .contains("kind: state archive", "format version: 1", "files: 2")
                .anyMatch(line -> line.startsWith("  first\toffset="))
                .noneMatch(line -> line.startsWith("damaged"));

        disk.flipBit("backup", archive.size() - 1, 0);
        assertThat(directory.inspect("backup"))
                .anyMatch(line -> line.startsWith("damaged: ") && line.contains("second with checksum"));
    }

    @Test
    void refusesWhatIsNoFileOfAStore() {
        disk.place("letter", "Dear reader".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> directory.inspect("letter")).isInstanceOf(FormatException.class);
        disk.place("empty", new byte[0]);
        assertThat(directory.inspect("empty")).anyMatch(line -> line.startsWith("damaged: "));
        byte[] newer = disk.content("MANIFEST");
        newer[11] = 7;
        disk.place("newer", newer);
        assertThatThrownBy(() -> directory.inspect("newer"))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("format version 7");
    }

    /** Two small files. */
    private static final class TwoFiles implements StateFiles {
        @Override
        public List<StateFile> files() {
            return List.of(file("first"), file("second"));
        }

        private static StateFile file(String name) {
            CRC32C checksum = new CRC32C();
            checksum.update(name.getBytes(StandardCharsets.UTF_8));
            return new StateFile(name, name.length(), (int) checksum.getValue());
        }

        @Override
        public InputStream open(StateFile file, long offset) {
            return new ByteArrayInputStream(file.name().getBytes(StandardCharsets.UTF_8));
        }
    }
}
