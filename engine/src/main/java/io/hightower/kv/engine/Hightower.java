package io.hightower.kv.engine;

import io.hightower.kv.statemachine.api.LocalEngine;
import java.nio.file.Path;

/**
 * The door to the store as a library.
 *
 * <pre>{@code
 * try (LocalEngine store = Hightower.open(Path.of("data"))) {
 *     store.put(Bytes.utf8("greeting"), Bytes.utf8("hello"));
 * }
 * }</pre>
 */
public final class Hightower {
    private Hightower() {}

    /** Opens the store in {@code directory} with default options; see {@link #open(Options)}. */
    public static LocalEngine open(Path directory) {
        return open(Options.at(directory));
    }

    /**
     * Opens a store, creating it if there is none, and recovers everything that was acknowledged. The caller closes it.
     *
     * @throws io.hightower.kv.statemachine.DirectoryInUseException if somebody else has it open
     * @throws io.hightower.kv.statemachine.CorruptionException if a file is damaged
     * @throws io.hightower.kv.statemachine.FormatException if the directory belongs to another program or release, or to the
     *     other mode (alone, or member of a cluster)
     * @throws io.hightower.kv.statemachine.StorageException if the disk fails
     */
    public static LocalEngine open(Options options) {
        return new Assembly(options).open();
    }

    /** Opens an empty store that lives in memory and is gone when it is closed; for tests. */
    public static LocalEngine inMemory() {
        return Assembly.inMemory();
    }
}
