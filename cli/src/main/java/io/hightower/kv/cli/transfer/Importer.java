package io.hightower.kv.cli.transfer;

import io.hightower.kv.cli.transfer.ImportSummary.Ending;
import io.hightower.kv.statemachine.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stores the records of an input, keeping many on their way at once.
 *
 * <p><b>Ordering.</b> Of several lines with one key the last wins. <b>Threads.</b> {@link #run} is called once; the other
 * methods may be called by any thread meanwhile. <b>Failure.</b> A line that is malformed, or whose record the store refuses
 * as such, is told to the listener and then skipped, or ends the import, as configured. A store that does not take records
 * ends the import.
 */
public final class Importer {
    /** Most bytes of a line: a value of the greatest configurable request, and a key, everything escaped. */
    public static final int LINE_BYTES_MAX = 2 * (64 * 1024 * 1024 + Limits.KEY_BYTES_MAX) + 1;

    private static final int RECORDS_IN_FLIGHT_MAX = 256;
    private static final long BYTES_IN_FLIGHT_MAX = 32L * 1024 * 1024;

    /** How long to wait for answers when asked to stop. The records that are not answered by then are sent again. */
    private static final Duration ANSWERS_DUE_AT_STOP = Duration.ofSeconds(3);

    private final LineSource source;
    private final RecordSink sink;
    private final Settings settings;
    private final BadLineListener badLines;
    private final ImportWindow window;
    private final AtomicLong stored = new AtomicLong();
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicReference<@Nullable Problem> problem = new AtomicReference<>();

    /** What to do about a line that something is wrong with. */
    public enum OnError {
        /** End the import before the line. */
        STOP,
        /** Go on without the line. */
        SKIP
    }

    /**
     * How to import. <b>Immutable.</b>
     *
     * @param notation how the lines are written
     * @param onError what to do about a bad line
     */
    public record Settings(TextRecord.Notation notation, OnError onError) {}

    /** Hears of lines that something is wrong with. <b>Thread-safe.</b> */
    @FunctionalInterface
    public interface BadLineListener {
        /** Takes note of the line and of what is wrong with it. */
        void badLine(long number, String reason);
    }

    private volatile boolean asked;

    private record Problem(Ending ending, String text) {}

    /** Prepares an import of {@code input} from where it is positioned. The caller closes it. */
    public Importer(ImportInput input, RecordSink sink, Settings settings, BadLineListener badLines) {
        this.source = input.lines();
        this.sink = sink;
        this.settings = settings;
        this.badLines = badLines;
        this.window = new ImportWindow(RECORDS_IN_FLIGHT_MAX, BYTES_IN_FLIGHT_MAX, input.start());
    }

    /**
     * Imports until the end of the input, a problem, or {@link #stop}; returns when everything sent is answered, after a
     * stop within a few seconds.
     */
    public ImportSummary run() throws IOException, InterruptedException {
        boolean atEnd = false;
        while (!atEnd && !window.isStopped()) {
            Optional<LineSource.Line> line = source.next();
            if (line.isPresent()) {
                take(line.get());
            }
            atEnd = line.isEmpty();
        }
        boolean answered = window.awaitEmpty(ANSWERS_DUE_AT_STOP);
        while (!answered && !asked) {
            answered = window.awaitEmpty(ANSWERS_DUE_AT_STOP);
        }
        Optional<Problem> found = Optional.ofNullable(problem.get());
        Ending whole = atEnd && answered ? Ending.COMPLETE : Ending.INTERRUPTED;
        return new ImportSummary(
                stored.get(),
                skipped.get(),
                window.acknowledged(),
                found.map(Problem::ending).orElse(whole),
                found.map(Problem::text));
    }

    private void take(LineSource.Line line) throws InterruptedException {
        TextRecord record;
        try {
            if (line.tooLong()) {
                throw new IllegalArgumentException("the line is too large: bytesMax=" + LINE_BYTES_MAX);
            }
            record = TextRecord.parse(line.text(), settings.notation());
        } catch (IllegalArgumentException e) {
            if (refuse(line.number(), e)) {
                window.skip(line);
            }
            return;
        }
        Optional<ImportWindow.Ticket> ticket = window.admit(line, record);
        if (ticket.isPresent()) {
            var unused = sink.put(record.key(), record.value())
                    .whenComplete((done, failure) -> answer(ticket.get(), line.number(), failure));
        }
    }

    private void answer(ImportWindow.Ticket ticket, long line, @Nullable Throwable failure) {
        if (failure == null) {
            stored.incrementAndGet();
            window.stored(ticket);
            return;
        }
        Throwable reason = unwrapped(failure);
        boolean skip = false;
        if (reason instanceof IllegalArgumentException) {
            skip = refuse(line, reason);
        } else {
            String text = reason.getMessage() == null ? reason.toString() : reason.getMessage();
            end(Ending.STORE_FAILED, "line " + line + ": " + text);
        }
        window.refused(ticket, skip);
    }

    /** Returns whether the import goes on without the line. */
    private boolean refuse(long line, Throwable reason) {
        String text = reason.getMessage() == null ? reason.toString() : reason.getMessage();
        if (settings.onError() == OnError.STOP) {
            end(Ending.BAD_LINE, "line " + line + ": " + text);
            return false;
        }
        skipped.incrementAndGet();
        badLines.badLine(line, text);
        return true;
    }

    /** Returns the failure itself when a future wrapped it. */
    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private void end(Ending ending, String text) {
        problem.compareAndSet(null, new Problem(ending, text));
        window.stop();
    }

    /** Asks the import to end soon: it reads no further line and waits for the answers that are due. */
    public void stop() {
        asked = true;
        window.stop();
    }

    /** Returns the place before which every line is answered. */
    public ImportMark acknowledged() {
        return window.acknowledged();
    }

    /** Returns how many records the store acknowledged so far. */
    public long stored() {
        return stored.get();
    }
}
