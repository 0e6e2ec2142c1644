package io.hightower.kv.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.FileDisk;
import io.hightower.kv.storage.inspect.DirectoryVerification;
import io.hightower.kv.storage.inspect.Finding;
import io.hightower.kv.storage.inspect.VerificationListener;
import io.hightower.kv.storage.inspect.VerificationReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code verify} command. */
@Command(
        name = "verify",
        description = {
            "Check a whole data directory that nobody has open.",
            "",
            "Reads every file to the last byte, and checks that they fit together. Repairs and changes nothing; only the file "
                    + "LOCK is written to. The exit code is 5 if something is damaged, 6 if something is in a format that this "
                    + "release does not read."
        },
        footer = {"", "Examples:", "  hightower verify hightower-data", "  hightower verify --json backups/monday"})
@SuppressWarnings("FieldCanBeFinal") // picocli assigns the parameter
final class VerifyCommand implements Callable<Integer> {
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Surroundings surroundings;
    private final LongSupplier nanoClock;

    @Option(names = "--json", description = "Print a JSON object a line: one for each finding, then a summary.")
    private boolean json;

    @Parameters(index = "0", paramLabel = "DIR", description = "The data directory.")
    private Path directory = Path.of("");

    VerifyCommand(Surroundings surroundings) {
        this(surroundings, System::nanoTime);
    }

    VerifyCommand(Surroundings surroundings, LongSupplier nanoClock) {
        this.surroundings = surroundings;
        this.nanoClock = nanoClock;
    }

    @Override
    public Integer call() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new CommandFailure(ExitCode.DISK, "there is no such directory: directory=" + directory);
        }
        VerificationReport report;
        try {
            report = DirectoryVerification.run(FileDisk.open(directory), new Printing());
        } catch (StorageException e) {
            throw new CommandFailure(OfflineFailure.of(e), e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        summarize(report);
        return exitCode(report);
    }

    private static int exitCode(VerificationReport report) {
        if (report.has(Finding.Kind.DAMAGED)) {
            return ExitCode.DAMAGED;
        }
        if (report.has(Finding.Kind.FOREIGN)) {
            return ExitCode.FORMAT;
        }
        return report.has(Finding.Kind.UNREADABLE) ? ExitCode.DISK : ExitCode.OK;
    }

    private void summarize(VerificationReport report) throws IOException {
        if (json) {
            JsonLine.write(surroundings.output(), line -> writeSummary(line, report));
            return;
        }
        print((report.isIntact() ? "ok" : "not ok") + ": tables=" + report.tables() + " histories="
                + report.histories() + " bytes=" + report.bytes() + " keys=" + report.keys() + " revision="
                + report.revision() + " logEntries=" + report.logEntries());
    }

    private static void writeSummary(JsonGenerator line, VerificationReport report) throws IOException {
        line.writeStringField("type", "summary");
        line.writeBooleanField("intact", report.isIntact());
        line.writeNumberField("tables", report.tables());
        line.writeNumberField("histories", report.histories());
        line.writeNumberField("bytes", report.bytes());
        line.writeNumberField("keys", report.keys());
        line.writeNumberField("revision", report.revision());
        line.writeNumberField("logEntries", report.logEntries());
    }

    private void print(String line) throws IOException {
        surroundings.output().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String word(Finding finding) {
        return finding.kind().name().toLowerCase(Locale.ROOT);
    }

    /** Prints findings as they come, and now and then how far the reading is. */
    private final class Printing implements VerificationListener {
        private long told = nanoClock.getAsLong();

        @Override
        public void reading(String what, long bytesDone, long bytesTotal) {
            long now = nanoClock.getAsLong();
            if (now - told >= PROGRESS_NANOS) {
                told = now;
                surroundings.tell("reading " + what + ", " + bytesDone + " of " + bytesTotal + " bytes done");
            }
        }

        @Override
        public void found(Finding finding) {
            try {
                if (json) {
                    JsonLine.write(surroundings.output(), line -> {
                        line.writeStringField("type", "finding");
                        line.writeStringField("kind", word(finding));
                        line.writeStringField("file", finding.file());
                        line.writeNumberField("offset", finding.offset());
                        line.writeStringField("text", finding.text());
                    });
                } else {
                    print(word(finding) + ": " + place(finding) + finding.text().replace("\n", " "));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** A damage names its place itself. */
        private String place(Finding finding) {
            if (finding.text().contains("file=") || finding.file().isEmpty()) {
                return "";
            }
            return finding.file() + (finding.offset() > 0 ? " offset=" + finding.offset() : "") + ": ";
        }
    }
}
