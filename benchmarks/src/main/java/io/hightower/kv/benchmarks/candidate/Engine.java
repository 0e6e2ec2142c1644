package io.hightower.kv.benchmarks.candidate;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The stores that can be measured. */
public enum Engine {
    /** This project's engine as a library. */
    HIGHTOWER("hightower", "defaults"),

    /** RocksDB through its own Java binding, the measure of all ratios. */
    ROCKSDB("rocksdb", "defaults"),

    /** The same with the settings that its manual recommends for this use. */
    ROCKSDB_TUNED("rocksdb-tuned", "recycle_log_file_num=4 block_cache=512MiB bloom=10 max_background_jobs=2"),

    /** The map behind H2. */
    H2("h2", "defaults, a commit for each durable put"),

    /** The log-structured B+ tree of JetBrains. */
    XODUS("xodus", "defaults, a transaction for each put");

    private final String label;
    private final String settings;

    Engine(String label, String settings) {
        this.label = label;
        this.settings = settings;
    }

    /** Returns the engine that rows and flags call so, or nothing. */
    public static Optional<Engine> labelled(String label) {
        return Arrays.stream(values())
                .filter(engine -> engine.label.equals(label))
                .findFirst();
    }

    /** Returns how rows and flags name it. */
    public String label() {
        return label;
    }

    /** Returns with which settings it runs, beside when it syncs. */
    public String settings() {
        return settings;
    }

    /** Loads the native library, if there is one, so that opening does not have to. */
    public void load() {
        if (this == ROCKSDB || this == ROCKSDB_TUNED) {
            RocksCandidate.load();
        }
    }

    /**
     * Opens the store in {@code directory}, creating what is missing.
     *
     * @throws CandidateException if it fails, or if its native library cannot be loaded
     */
    public Candidate open(Path directory, Durability durability) {
        try {
            return switch (this) {
                case HIGHTOWER -> HightowerCandidate.open(directory, durability);
                case ROCKSDB -> RocksCandidate.open(directory, durability);
                case ROCKSDB_TUNED -> RocksCandidate.openTuned(directory, durability);
                case H2 -> MvStoreCandidate.open(directory, durability);
                case XODUS -> XodusCandidate.open(directory, durability);
            };
        } catch (LinkageError e) {
            throw new CandidateException(
                    label + " cannot be loaded on this machine (" + e.getMessage()
                            + "); leave it out with --against, or use a Java and a system that its library was built for",
                    e);
        }
    }
}
