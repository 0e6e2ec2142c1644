package io.hightower.kv.storage.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.storage.file.StoreIdentity;
import io.hightower.kv.storage.lsm.BackgroundWork;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import io.hightower.kv.storage.lsm.StoreOptions;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import io.hightower.kv.storage.system.SystemFile;
import io.hightower.kv.storage.system.SystemId;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** System records looked at from outside: whole, damaged, and never with a secret. */
class SystemInspectionTest {
    private static final String SECRET = "a secret";

    private final StoreDirectory directory = new StoreDirectory();
    private final SimulatedDisk disk = directory.disk;

    @BeforeEach
    void write() {
        StoreIdentity.openOrCreate(disk, () -> StoreDirectory.STORE_ID);
        StoreOptions options = StoreOptions.ofMemory(8 << 20);
        try (LogStructuredStore store =
                LogStructuredStore.open(disk, StoreDirectory.STORE_ID, options, BackgroundWork.onCallersThread())) {
            StateStore.Edit edit = store.edit();
            edit.system(edit.system()
                    .with(Bytes.utf8("lease"), Bytes.utf8("60 s"))
                    .with(Bytes.utf8("user"), Bytes.utf8(SECRET)));
            AppliedState before = store.applied();
            edit.publish(new AppliedState(
                    new LogPosition(0, 1),
                    before.revision(),
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    edit.system().hash()));
            store.checkpoint();
        }
    }

    @Test
    void showsKeysAndNoValues() {
        List<String> lines = directory.inspect(directory.file("", ".system"));
        assertThat(lines)
                .contains("kind: system records", "format version: 1", "changes: 2", "records: 2")
                .contains("store id: " + StoreDirectory.STORE_ID)
                .anyMatch(line -> line.matches("  change=1\tlease\tvalueBytes=4\thash=[0-9a-f]{16}"))
                .anyMatch(line -> line.matches("  change=2\tuser\tvalueBytes=8\thash=[0-9a-f]{16}"))
                .noneMatch(line -> line.contains(SECRET))
                .noneMatch(line -> line.contains(Bytes.utf8(SECRET).toString()))
                .noneMatch(line -> line.startsWith("damaged"));
    }

    @Test
    void showsThatTheManifestNamesThem() {
        assertThat(directory.inspect("MANIFEST"))
                .contains("system: files=1", "files: 1")
                .anyMatch(line -> line.startsWith("  " + directory.file("", ".system") + "\tbytes="));
    }

    @Test
    void findsNothingInAWholeDirectory() {
        assertThat(directory.verify().findings()).isEmpty();
        assertThat(directory.read).contains(directory.file("", ".system"));
    }

    @Test
    void findsEveryDamagedByte() {
        String name = directory.file("", ".system");
        byte[] whole = disk.content(name);
        for (int place = 0; place < whole.length; place++) {
            byte[] damaged = whole.clone();
            damaged[place] ^= 0x10;
            disk.place(name, damaged);
            directory.verify();
            assertThat(directory.heard).as("byte %s", place).anySatisfy(finding -> {
                assertThat(finding.kind()).isEqualTo(Finding.Kind.DAMAGED);
                assertThat(finding.file()).isEqualTo(name);
            });
        }
    }

    @Test
    void findsThatTheyAreMissing() {
        String name = directory.file("", ".system");
        disk.delete(name);
        directory.verify();
        assertThat(directory.heard).anySatisfy(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.DAMAGED);
            assertThat(finding.file()).isEqualTo(name);
        });
    }

    @Test
    void mentionsAFileThatNoManifestNames() {
        SystemId left = new SystemId(99, StoreDirectory.STORE_ID);
        SystemFile.write(disk, left, SystemRecords.EMPTY);
        directory.verify();
        assertThat(directory.heard).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.REMARK);
            assertThat(finding.file()).isEqualTo(left.fileName());
        });
    }
}
