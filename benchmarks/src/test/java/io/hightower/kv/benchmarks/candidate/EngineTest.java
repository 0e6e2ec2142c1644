package io.hightower.kv.benchmarks.candidate;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.benchmarks.data.Records;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EngineTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void storesReadsScansAndDeletes(Engine engine) {
        try (Candidate store = engine.open(directory, Durability.SYNCED)) {
            store.put(key(2), value(2));
            store.putAll(List.of(key(1), key(3)), List.of(value(1), value(3)));
            store.delete(key(3));

            assertThat(store.get(key(1))).hasValue(value(1));
            assertThat(store.get(key(2))).hasValue(value(2));
            assertThat(store.get(key(3))).isEmpty();
            assertThat(store.scan(key(1), 10)).isEqualTo(2);
            assertThat(store.scan(key(2), 10)).isEqualTo(1);
            assertThat(store.scan(key(1), 1)).isEqualTo(1);
            assertThat(store.scan(key(4), 10)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void findsAgainWhatWasWrittenBeforeClosing(Engine engine) {
        Path store = directory.resolve("not/there/yet");
        try (Candidate written = engine.open(store, Durability.UNSYNCED)) {
            written.put(key(1), value(1));
            written.sync();
            written.flushMemory();
            written.put(key(2), value(2));
        }

        try (Candidate opened = engine.open(store, Durability.UNSYNCED)) {
            assertThat(opened.scan(key(0), 10)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HIGHTOWER", "ROCKSDB"})
    void checkpoints(Engine engine) {
        Path target = directory.resolve("checkpoint");
        try (Candidate store = engine.open(directory.resolve("store"), Durability.UNSYNCED)) {
            store.put(key(1), value(1));

            store.checkpoint(target);
            store.put(key(2), value(2));
        }

        try (Candidate copy = engine.open(target, Durability.UNSYNCED)) {
            assertThat(copy.scan(key(0), 10)).isEqualTo(1);
        }
    }

    private static byte[] key(int ordinal) {
        byte[] key = Records.newKey();
        Records.stored(key, ordinal);
        return key;
    }

    private static byte[] value(int content) {
        return new byte[] {(byte) content, 1, 2, 3};
    }
}
