package io.hightower.kv.cli.transfer;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;

/** The words and the bar that tell how an import is going. <b>Immutable.</b> */
public final class ImportProgress {
    private static final int BAR_WIDTH = 30;
    private static final double NANOS_PER_SECOND = 1e9;

    private final OptionalLong bytesTotal;
    private final long bytesBefore;

    /**
     * Prepares.
     *
     * @param bytesTotal the size of the input; nothing if it is not known
     * @param bytesBefore how many of them an earlier import did
     */
    public ImportProgress(OptionalLong bytesTotal, long bytesBefore) {
        this.bytesTotal = bytesTotal;
        this.bytesBefore = bytesBefore;
    }

    /** Returns one line for a terminal, without its end. */
    public String bar(long bytesDone, long stored, Duration elapsed) {
        String counts = String.format(Locale.ROOT, "%,d records  %,d/s", stored, perSecond(stored, elapsed));
        if (bytesTotal.isEmpty() || bytesTotal.getAsLong() == 0) {
            return counts;
        }
        long total = bytesTotal.getAsLong();
        int filled = (int) (BAR_WIDTH * bytesDone / total);
        String bar = "=".repeat(filled) + " ".repeat(BAR_WIDTH - filled);
        return String.format(
                Locale.ROOT,
                "%3d%% [%s] %s  ETA %s",
                100 * bytesDone / total,
                bar,
                counts,
                eta(bytesDone, total, elapsed));
    }

    private String eta(long bytesDone, long total, Duration elapsed) {
        long bytesHere = bytesDone - bytesBefore;
        if (bytesHere <= 0) {
            return "-:--";
        }
        double seconds = elapsed.toNanos() / NANOS_PER_SECOND * (total - bytesDone) / bytesHere;
        return clock((long) Math.ceil(seconds));
    }

    private static String clock(long seconds) {
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    /** Returns the line that ends an import: count, duration and rate. */
    public String summary(ImportSummary summary, Duration elapsed) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "imported %d records in %.1f s (%d/s)",
                summary.stored(),
                elapsed.toNanos() / NANOS_PER_SECOND,
                perSecond(summary.stored(), elapsed)));
        if (bytesBefore > 0) {
            text.append(", resumed");
        }
        if (summary.skipped() > 0) {
            text.append(", ").append(summary.skipped()).append(" lines skipped");
        }
        if (summary.ending() != ImportSummary.Ending.COMPLETE) {
            text.append(", not complete: every line up to ")
                    .append(summary.acknowledged().line())
                    .append(" is done");
        }
        return text.toString();
    }

    private static long perSecond(long count, Duration elapsed) {
        return Math.round(count / Math.max(elapsed.toNanos() / NANOS_PER_SECOND, 0.001));
    }
}
