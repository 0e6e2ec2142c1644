package io.hightower.kv.cli;

import io.hightower.kv.engine.HistoryRetention;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * The flags of how much history a server keeps, with etcd's names where etcd has them. Unlike a program's store, a server keeps
 * the history of one hour unless it is told otherwise.
 */
final class HistoryFlags {
    private static final Duration AGE_DEFAULT = Duration.ofHours(1);

    private static final Pattern BARE_NUMBER = Pattern.compile("[0-9]{1,18}");

    /** Most hours that a bare number may be: more than any bound allows, and far from an overflow. */
    private static final long HOURS_MAX = 1_000_000;

    /** Of a split: nothing is left out. */
    private static final int ALL_PARTS = -1;

    private static final Pattern BETWEEN_PARTS = Pattern.compile("(?<=[a-z])(?=[0-9.])");

    /** What history is measured in. */
    enum Mode {
        /** In time. */
        PERIODIC,
        /** In revisions. */
        REVISION,
        /** There is none. */
        NONE
    }

    @Option(
            names = "--auto-compaction-mode",
            paramLabel = "NAME",
            description =
                    "How much history is kept, so that older revisions can be read and watched: periodic, that of "
                            + "a time; revision, that of a number of revisions; or none, only what open reads show. "
                            + "Default: periodic.")
    private @Nullable Mode mode;

    @Option(
            names = "--auto-compaction-retention",
            paramLabel = "TIME|N",
            description =
                    "The time, 1s or more, a bare number being hours; or with --auto-compaction-mode revision the "
                            + "number, 1 or more. 0 keeps all history until a command compacts it. Default: 1h.")
    private @Nullable String retention;

    @Option(
            names = "--auto-compaction-interval",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Time between two compactions, 1s or more. Default: the retention, at most 1h; 5m with "
                    + "--auto-compaction-mode revision.")
    private @Nullable Duration interval;

    /**
     * Returns what the flags say.
     *
     * @throws IllegalArgumentException naming a flag or knob, its value and its bounds
     */
    HistoryRetention retention() {
        HistoryRetention kept = kept();
        return interval == null ? kept : kept.every(interval);
    }

    private HistoryRetention kept() {
        Mode chosen = mode == null ? Mode.PERIODIC : mode;
        return switch (chosen) {
            case PERIODIC -> retention == null ? HistoryRetention.ofAge(AGE_DEFAULT) : ofAge(retention);
            case REVISION -> ofRevisions(retention);
            case NONE -> {
                if (retention != null) {
                    throw new IllegalArgumentException("without history there is nothing to retain: leave"
                            + " --auto-compaction-retention out, or choose another --auto-compaction-mode");
                }
                yield HistoryRetention.none();
            }
        };
    }

    private static HistoryRetention ofAge(String text) {
        Duration age = age(text);
        return age.isZero() ? HistoryRetention.forever() : HistoryRetention.ofAge(age);
    }

    /** As in etcd, a bare number is hours, and units can follow one another: 1h30m. */
    private static Duration age(String text) {
        if (BARE_NUMBER.matcher(text).matches()) {
            return Duration.ofHours(Math.min(Long.parseLong(text), HOURS_MAX));
        }
        Duration sum = Duration.ZERO;
        try {
            for (String part : BETWEEN_PARTS.split(text, ALL_PARTS)) {
                sum = sum.plus(DurationConverter.duration(part));
            }
        } catch (TypeConversionException e) {
            throw new IllegalArgumentException("--auto-compaction-retention: " + e.getMessage(), e);
        }
        return sum;
    }

    private static HistoryRetention ofRevisions(@Nullable String text) {
        if (text == null || !BARE_NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException("--auto-compaction-mode revision needs a number of revisions in"
                    + " --auto-compaction-retention, such as 10000" + (text == null ? "" : ": it is " + text));
        }
        long revisions = Long.parseLong(text);
        return revisions == 0 ? HistoryRetention.forever() : HistoryRetention.ofRevisions(revisions);
    }
}
