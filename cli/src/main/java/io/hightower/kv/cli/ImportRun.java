package io.hightower.kv.cli;

import io.hightower.kv.cli.process.StopSignals;
import io.hightower.kv.cli.transfer.ImportInput;
import io.hightower.kv.cli.transfer.ImportMark;
import io.hightower.kv.cli.transfer.ImportProgress;
import io.hightower.kv.cli.transfer.ImportSummary;
import io.hightower.kv.cli.transfer.Importer;
import io.hightower.kv.cli.transfer.RecordSink;
import io.hightower.kv.cli.transfer.ResumeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One import as its user sees it: the bar, the lines that were skipped, the resume file, the summary and the exit code. */
final class ImportRun {
    private static final long BAR_INTERVAL_MILLIS = 200;
    private static final long RESUME_INTERVAL_MILLIS = 1_000;

    /** Back to the start of the line, and erase it. */
    private static final String BAR_ERASED = "\r\u001b[K";

    /** Skipped lines that are told; the summary counts all. */
    private static final long TOLD_MAX = 20;

    private final Surroundings surroundings;
    private final ImportInput input;
    private final RecordSink sink;
    private final ImportProgress progress;
    private final long begunNanos = System.nanoTime();
    private final AtomicLong told = new AtomicLong();

    ImportRun(Surroundings surroundings, ImportInput input, RecordSink sink) {
        this.surroundings = surroundings;
        this.input = input;
        this.sink = sink;
        this.progress = new ImportProgress(input.bytes(), input.start().offset());
    }

    /** Imports, and returns the exit code. */
    int run(Importer.Settings settings) throws IOException, InterruptedException {
        if (input.start().offset() > 0) {
            surroundings.tell("resuming: lines=" + input.start().line() + " bytes="
                    + input.start().offset() + " are done");
        }
        Importer importer = new Importer(input, sink, settings, this::tellBadLine);
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (StopSignals signals = StopSignals.calling(importer::stop)) {
            begin(clock, importer);
            ImportSummary summary = importer.run();
            end(clock);
            remember(summary);
            eraseBar();
            summary.problem().ifPresent(problem -> surroundings.tell("the import ended early: " + problem));
            surroundings.output().write((progress.summary(summary, elapsed()) + "\n").getBytes(StandardCharsets.UTF_8));
            return switch (summary.ending()) {
                case COMPLETE -> summary.skipped() == 0 ? ExitCode.OK : ExitCode.NO;
                case INTERRUPTED -> signals.exitCode().orElse(ExitCode.NO);
                case BAD_LINE -> ExitCode.NO;
                case STORE_FAILED -> ExitCode.UNAVAILABLE;
            };
        } finally {
            end(clock);
        }
    }

    private void begin(ScheduledExecutorService clock, Importer importer) {
        if (surroundings.terminal()) {
            var unused = clock.scheduleWithFixedDelay(
                    () -> draw(importer), BAR_INTERVAL_MILLIS, BAR_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        }
        if (input.resume().isPresent()) {
            ResumeFile resume = input.resume().get();
            var unused = clock.scheduleWithFixedDelay(
                    () -> remember(resume, importer.acknowledged()),
                    RESUME_INTERVAL_MILLIS,
                    RESUME_INTERVAL_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private static void end(ScheduledExecutorService clock) throws InterruptedException {
        clock.shutdown();
        while (!clock.awaitTermination(1, TimeUnit.MINUTES)) {
            clock.shutdownNow();
        }
    }

    private void draw(Importer importer) {
        String bar = progress.bar(importer.acknowledged().offset(), importer.stored(), elapsed());
        surroundings.errors().print(BAR_ERASED + bar);
        surroundings.errors().flush();
    }

    private void eraseBar() {
        if (surroundings.terminal()) {
            surroundings.errors().print(BAR_ERASED);
            surroundings.errors().flush();
        }
    }

    /** A resume file that cannot be written is told and tried again: the import itself is well. */
    private void remember(ResumeFile resume, ImportMark mark) {
        try {
            resume.write(mark);
        } catch (IOException e) {
            if (told.getAndIncrement() < TOLD_MAX) {
                surroundings.tell(
                        "the import cannot be resumed, because this file cannot be written: " + e.getMessage());
            }
        }
    }

    private void remember(ImportSummary summary) throws IOException {
        if (input.resume().isEmpty()) {
            return;
        }
        if (summary.ending() == ImportSummary.Ending.COMPLETE) {
            input.resume().get().delete();
        } else {
            remember(input.resume().get(), summary.acknowledged());
        }
    }

    private void tellBadLine(long number, String reason) {
        if (told.getAndIncrement() < TOLD_MAX) {
            eraseBar();
            surroundings.tell("line " + number + " is skipped: " + reason);
        }
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begunNanos);
    }
}
