package io.hightower.kv.cli;

import io.hightower.kv.cli.transfer.ImportInput;
import io.hightower.kv.cli.transfer.Importer;
import io.hightower.kv.cli.transfer.LineSource;
import io.hightower.kv.cli.transfer.RecordSink;
import io.hightower.kv.cli.transfer.TextRecord;
import io.hightower.kv.client.RestClient;
import io.hightower.kv.client.Retry;
import io.hightower.kv.statemachine.Bytes;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code import} command. */
@Command(
        name = "import",
        description = {
            "Store the records of a file, one key<TAB>value a line.",
            "",
            "A tab, newline or backslash inside key or value is written \\t, \\n or \\\\; every other byte stands for itself. Of "
                    + "several lines with one key the last wins. Requests that fail for a passing reason are sent again.",
            "",
            "FILE.resume remembers how far the import came. If it is interrupted, the same command goes on from there; lines may "
                    + "be sent again, none is left out. The file is removed at the end."
        },
        footer = {
            "",
            "Examples:",
            "  hightower import records.tsv",
            "  find . -type f -printf '%p\\t%s\\n' | hightower import --raw -",
            "  hightower export --endpoints http://old:8080 | hightower import --endpoints http://new:8080 -"
        })
@SuppressWarnings("FieldCanBeFinal") // picocli assigns the parameters
final class ImportCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";

    private final Surroundings surroundings;

    @Mixin
    private final ClientFlags client = new ClientFlags();

    @Option(
            names = "--on-error",
            paramLabel = "POLICY",
            description =
                    "What to do about a line without a tab, or whose key or value is not allowed: stop (default), or skip "
                            + "it, tell its number and go on; the exit code is then 1.")
    private Importer.OnError onError = Importer.OnError.STOP;

    @Option(names = "--no-resume", description = "Begin at the start of the file, and keep no FILE.resume.")
    private boolean noResume;

    @Option(names = "--raw", description = "A backslash is a backslash: nothing in the file is escaped.")
    private boolean raw;

    @Option(
            names = "--retry-for",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "How long to send a record again when the store cannot be reached, restarts or elects a leader. "
                            + "Default: 60s.")
    private Duration retryFor = Duration.ofSeconds(60);

    @Parameters(paramLabel = "FILE", description = "The file; - for the standard input, which cannot be resumed.")
    private String file = "";

    ImportCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        TextRecord.Notation notation = raw ? TextRecord.Notation.RAW : TextRecord.Notation.ESCAPED;
        try (ImportInput input = openInput();
                RestClient store = client.open();
                Retry retry = Retry.within(retryFor)) {
            requireSameStore(input, notation, key -> retry.safely(() -> store.getAsync(key)));
            RecordSink sink = (key, value) -> retry.idempotently(() -> store.putAsync(key, value));
            return new ImportRun(surroundings, input, sink).run(new Importer.Settings(notation, onError));
        }
    }

    private ImportInput openInput() throws IOException {
        if (file.equals(STANDARD_INPUT)) {
            return ImportInput.stream(surroundings.input());
        }
        try {
            return noResume ? ImportInput.fromStart(Path.of(file)) : ImportInput.resumable(Path.of(file));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(new Failure(ExitCode.USAGE, String.valueOf(e.getMessage())), e);
        } catch (FileNotFoundException e) {
            throw new CommandFailure(new Failure(ExitCode.DISK, "the input cannot be read: " + e.getMessage()), e);
        }
    }

    /**
     * Refuses to go on in a store that does not hold the last record that it is said to have acknowledged: beginning in the
     * middle would leave out all before.
     */
    private void requireSameStore(
            ImportInput input, TextRecord.Notation notation, Function<Bytes, CompletableFuture<Optional<Bytes>>> store)
            throws IOException {
        Optional<LineSource.Line> line = input.lastStored();
        if (line.isEmpty()) {
            return;
        }
        Bytes key = TextRecord.parse(line.get().text(), notation).key();
        if (store.apply(key).join().isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "the store does not hold the last record that was imported, so it may be another store; begin from the "
                            + "start with --no-resume: resumeFile=" + file + ".resume");
        }
    }
}
