package io.hightower.kv.cli;

import io.hightower.kv.cli.transfer.Exporter;
import io.hightower.kv.cli.transfer.RecordPages;
import io.hightower.kv.cli.transfer.TextRecord;
import io.hightower.kv.client.RestClient;
import io.hightower.kv.client.Retry;
import io.hightower.kv.client.ScanPage;
import io.hightower.kv.statemachine.KeyRange;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code export} command. */
@Command(
        name = "export",
        description = {
            "Print every key and its value in key order, one key<TAB>value a line, in the form that import reads.",
            "",
            "Tab, newline and backslash are printed as \\t, \\n and \\\\; every other byte as it is. The records are read in "
                    + "pages, each as of its own moment. If the exit code is not 0, the output is not complete."
        },
        footer = {"", "Examples:", "  hightower export > backup.tsv", "  hightower export --prefix user/ | wc -l"})
final class ExportCommand implements Callable<Integer> {
    private static final int PAGE_KEYS_MAX = 10_000;

    private final Surroundings surroundings;

    @Mixin
    private final ClientFlags client = new ClientFlags();

    @Option(names = "--prefix", paramLabel = "PREFIX", description = "Only keys that begin so.")
    private String prefix = "";

    @Option(
            names = "--raw",
            description = "Escape nothing. Fails at a key with a tab or a newline, or a value with a newline.")
    private boolean raw;

    @Option(
            names = "--retry-for",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long to ask again for a page when the store cannot be reached. Default: 10s.")
    private Duration retryFor = Duration.ofSeconds(10);

    ExportCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        KeyRange range = KeyRange.prefix(new TextFlags().read(prefix));
        try (RestClient store = client.open();
                Retry retry = Retry.within(retryFor)) {
            RecordPages pages = part ->
                    retry.safely(() -> store.scanPageAsync(part, PAGE_KEYS_MAX).thenApply(ExportCommand::page));
            new Exporter(pages, raw ? TextRecord.Notation.RAW : TextRecord.Notation.ESCAPED)
                    .export(range, surroundings.output());
        } catch (CompletionException e) {
            String reason = Failure.ofRequest(e).line();
            throw new CommandFailure(new Failure(ExitCode.NO, "the export is not complete, begin again: " + reason), e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(new Failure(ExitCode.NO, "the export is not complete: " + e.getMessage()), e);
        }
        return ExitCode.OK;
    }

    private static RecordPages.Page page(ScanPage page) {
        return new RecordPages.Page(
                page.found().stream()
                        .map(found -> new TextRecord(found.key(), found.value()))
                        .toList(),
                page.nextKey());
    }
}
