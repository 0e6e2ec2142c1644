package io.hightower.kv.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cli.transfer.ImportSummary.Ending;
import io.hightower.kv.cli.transfer.Importer.OnError;
import io.hightower.kv.cli.transfer.Importer.Settings;
import io.hightower.kv.cli.transfer.TextRecord.Notation;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.TooLargeException;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class ImporterTest {
    private static final Settings STOP = new Settings(Notation.ESCAPED, OnError.STOP);
    private static final Settings SKIP = new Settings(Notation.ESCAPED, OnError.SKIP);

    private final List<String> badLines = Collections.synchronizedList(new ArrayList<>());

    @TempDir
    private Path directory;

    @Test
    void lastLineOfAKeyWinsInWhateverOrderAnswersCome(TestInfo test) {
        SeededRuns.of(test).count(50).checkEach(random -> {
            StringBuilder text = new StringBuilder();
            Map<Bytes, Bytes> expected = new HashMap<>();
            for (int i = 0; i < 500; i++) {
                String key = "key" + random.nextInt(40);
                text.append(key).append('\t').append(i).append('\n');
                expected.put(Bytes.utf8(key), Bytes.utf8(Integer.toString(i)));
            }
            try (LateStore store = new LateStore(random, key -> null)) {
                ImportSummary summary = run(text.toString(), store, STOP);

                assertThat(store.content()).isEqualTo(expected);
                assertThat(summary.stored()).isEqualTo(500);
                assertThat(summary.ending()).isEqualTo(Ending.COMPLETE);
                assertThat(summary.acknowledged().offset()).isEqualTo(text.length());
            }
        });
    }

    @Test
    void keepsManyRecordsOnTheirWayButNotMoreThan256() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            text.append("key").append(i).append("\tv\n");
        }
        try (LateStore store = store(key -> null)) {
            run(text.toString(), store, STOP);

            assertThat(store.mostWaiting()).isBetween(2, 256);
            assertThat(store.content()).hasSize(5_000);
        }
    }

    @Test
    void stopsBeforeBadLineAndNamesIt() throws Exception {
        try (LateStore store = store(key -> null)) {
            ImportSummary summary = run("a\t1\nbroken\nc\t3\n", store, STOP);

            assertThat(summary.ending()).isEqualTo(Ending.BAD_LINE);
            assertThat(summary.problem()).contains("line 2: no tab between key and value");
            assertThat(summary.acknowledged().line()).isEqualTo(1);
            assertThat(store.content()).containsOnlyKeys(Bytes.utf8("a"));
        }
    }

    @Test
    void skipsBadLinesAndCountsThem() throws Exception {
        Function<Bytes, Throwable> tooLarge =
                key -> key.equals(Bytes.utf8("large")) ? new TooLargeException("The request", 9, 8) : null;
        try (LateStore store = store(tooLarge)) {
            ImportSummary summary = run("a\t1\n\n\tno key\nlarge\tx\nb\t2", store, SKIP);

            assertThat(summary.ending()).isEqualTo(Ending.COMPLETE);
            assertThat(summary.stored()).isEqualTo(2);
            assertThat(summary.skipped()).isEqualTo(3);
            assertThat(summary.acknowledged().line()).isEqualTo(5);
            assertThat(badLines)
                    .containsExactlyInAnyOrder(
                            "2: no tab between key and value",
                            "3: the key is empty",
                            "4: The request is too large: bytes=9 bytesMax=8");
        }
    }

    @Test
    void endsWhenTheStoreDoesNotTakeARecordWhateverThePolicy() throws Exception {
        Function<Bytes, Throwable> full = key -> key.equals(Bytes.utf8("b"))
                ? new NotReplicatedException(NotReplicatedException.Reason.DISK_FULL, "The disk is full")
                : null;
        try (LateStore store = store(full)) {
            ImportSummary summary = run("a\t1\nb\t2\nc\t3\n", store, SKIP);

            assertThat(summary.ending()).isEqualTo(Ending.STORE_FAILED);
            assertThat(summary.problem()).contains("line 2: The disk is full");
            assertThat(summary.acknowledged().line()).isEqualTo(1);
        }
    }

    @Test
    void goesOnWhereAnEarlierImportStopped() throws Exception {
        Path file = directory.resolve("records");
        Files.writeString(file, "a\t1\nb\t2\nc\t3\n");
        ResumeFile.of(file).write(new ImportMark(4, 1, OptionalLong.of(0)));
        try (LateStore store = store(key -> null);
                ImportInput input = ImportInput.resumable(file)) {
            assertThat(input.lastStored().orElseThrow().text()).isEqualTo(Bytes.utf8("a\t1"));

            ImportSummary summary = new Importer(input, store, STOP, this::note).run();

            assertThat(store.content()).containsOnlyKeys(Bytes.utf8("b"), Bytes.utf8("c"));
            assertThat(summary.acknowledged().line()).isEqualTo(3);
        }
    }

    @Test
    void interruptedImportsTogetherLeaveNothingOut(TestInfo test) {
        SeededRuns.of(test).count(20).checkEach(random -> {
            Path file = Files.createTempFile(directory, "records", "");
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 300; i++) {
                text.append("key").append(i).append("\tv\n");
            }
            Files.writeString(file, text);
            try (LateStore store = new LateStore(random, key -> null)) {
                Ending ending = Ending.INTERRUPTED;
                for (int attempt = 0; ending != Ending.COMPLETE; attempt++) {
                    ending = importSome(file, store, attempt < 5 ? random.nextInt(100) : Integer.MAX_VALUE);
                }
                assertThat(store.content()).hasSize(300);
            }
        });
    }

    /** Imports until so many records were stored, then stops and remembers the place. */
    private Ending importSome(Path file, LateStore store, int stopAfter) throws IOException, InterruptedException {
        try (ImportInput input = ImportInput.resumable(file)) {
            Importer[] importer = new Importer[1];
            RecordSink counting = (key, value) -> {
                if (importer[0].stored() >= stopAfter) {
                    importer[0].stop();
                }
                return store.put(key, value);
            };
            importer[0] = new Importer(input, counting, STOP, this::note);
            ImportSummary summary = importer[0].run();
            input.resume().orElseThrow().write(summary.acknowledged());
            return summary.ending();
        }
    }

    private ImportSummary run(String text, RecordSink store, Settings settings)
            throws IOException, InterruptedException {
        ImportInput input = ImportInput.stream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        return new Importer(input, store, settings, this::note).run();
    }

    private void note(long number, String reason) {
        badLines.add(number + ": " + reason);
    }

    private static LateStore store(Function<Bytes, Throwable> failures) {
        RandomGenerator random = new SplittableRandom(1);
        return new LateStore(random, failures);
    }
}
