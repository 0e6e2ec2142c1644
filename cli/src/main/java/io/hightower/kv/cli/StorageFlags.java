package io.hightower.kv.cli;

import io.hightower.kv.engine.Options;
import io.hightower.kv.engine.StorageOptions;
import io.hightower.kv.engine.StorageOptions.Compression;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The flags of the storage, one for each knob of {@link StorageOptions}, and the preset that they begin with. A flag that is
 * not given leaves what the preset says.
 */
final class StorageFlags {
    private static final String BYTES_64K_TO_1G = "64KiB to 1GiB";

    /** Where the knobs begin. */
    enum Preset {
        /** A store beside other things. */
        SMALL,
        /** About 1 to 50 GB. */
        MEDIUM,
        /** A JVM of its own. */
        LARGE;

        Options at(Path directory) {
            return switch (this) {
                case SMALL -> Options.small(directory);
                case MEDIUM -> Options.medium(directory);
                case LARGE -> Options.large(directory);
            };
        }
    }

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "Knobs to begin with, for a store of that size: small, medium or large. Other flags change "
                    + "single ones. Default: what suits the heap.")
    private @Nullable Preset preset;

    @Option(
            names = "--memory-bytes-max",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description =
                    "Memory budget of the store, 4MiB or more; the next two get their shares of it unless they are "
                            + "given. Default: a quarter of the heap, at least 32MiB.")
    private @Nullable Long memoryBytesMax;

    @Option(
            names = "--memtable-bytes",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Size at which new writes are flushed to a table, 64KiB to a quarter of the budget. "
                    + "Default: an eighth of the budget, 8MiB to 64MiB.")
    private @Nullable Long memtableBytes;

    @Option(
            names = "--hot-keys-bytes",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Share of the budget for the index of hot keys, 0 to half of the budget. "
                    + "Default: a sixteenth of the budget.")
    private @Nullable Long hotKeysBytes;

    @Option(
            names = "--flush-interval",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How old a write may get before it is flushed, 1s or more. Default: 10m.")
    private @Nullable Duration flushInterval;

    @Option(
            names = "--block-bytes",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Size of the blocks of tables before compression, 4KiB to 32KiB. Default: 8KiB.")
    private @Nullable Long blockBytes;

    @Option(
            names = "--compression",
            paramLabel = "NAME",
            description = "How tables are compressed, lz4 or none. Default: lz4.")
    private @Nullable Compression compression;

    @Option(
            names = "--table-bytes",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Size beyond which a merge begins a new table, " + BYTES_64K_TO_1G + ". Default: 64MiB.")
    private @Nullable Long tableBytes;

    @Option(
            names = "--level0-tables",
            paramLabel = "N",
            description = "Flushed tables that start a merge, 2 to 64. Default: 4.")
    private @Nullable Integer level0Tables;

    @Option(
            names = "--verify-merges",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Read written tables back before older ones are deleted, true or false. Default: true.")
    private @Nullable Boolean verifyMerges;

    @Option(
            names = "--segment-bytes",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Size at which the commit log begins a new file, " + BYTES_64K_TO_1G + ". Default: 64MiB.")
    private @Nullable Long segmentBytes;

    @Option(
            names = "--archived-segments",
            paramLabel = "N",
            description = "Files of the commit log that are kept although tables hold their records, 0 to 10000. "
                    + "Default: 0.")
    private @Nullable Integer archivedSegments;

    @Option(
            names = "--checkpoint-log-bytes",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description =
                    "Log that no flush has covered after which one is forced, 64KiB or more. Bounds the log on disk "
                            + "and the time to start. Default: 256MiB.")
    private @Nullable Long checkpointLogBytes;

    /**
     * Returns the preset with what the flags say of the storage, checked once, so that the order of flags does not matter.
     *
     * @throws IllegalArgumentException naming a knob, its value and its bounds
     */
    Options applyTo(Path directory) {
        Options base = preset == null ? Options.at(directory) : preset.at(directory);
        StorageOptions shares =
                memoryBytesMax == null ? base.storage() : base.storage().withMemoryBytesMax(memoryBytesMax);
        return base.withStorage(new StorageOptions(
                shares.memoryBytesMax(),
                Given.or(memtableBytes, shares.memtableBytes()),
                Given.or(hotKeysBytes, shares.hotKeysBytes()),
                Given.or(flushInterval, shares.flushInterval()),
                Given.intOr("blockBytes", blockBytes, shares.blockBytes(), "4KiB to 32KiB"),
                Given.or(compression, shares.compression()),
                Given.or(tableBytes, shares.tableBytes()),
                Given.or(level0Tables, shares.level0Tables()),
                Given.or(verifyMerges, shares.verifyMerges()),
                Given.intOr("segmentBytes", segmentBytes, shares.segmentBytes(), BYTES_64K_TO_1G),
                Given.or(archivedSegments, shares.archivedSegments()),
                Given.or(checkpointLogBytes, shares.checkpointLogBytes())));
    }
}
