package io.hightower.kv.statemachine.spi;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Where the files of a whole state come from: a pinned state of this process, a stream, or another member. */
public interface StateFiles {
    /** Returns the files in the order in which they are best transferred. */
    List<StateFile> files();

    /**
     * Opens a file for reading. The caller closes it.
     *
     * @param file one of {@link #files}
     * @param offset where to begin, in bytes from its start, 0 to its length
     * @throws IOException if it cannot be read
     */
    InputStream open(StateFile file, long offset) throws IOException;

    /**
     * One file. <b>Immutable.</b>
     *
     * @param name a plain name, without directories
     * @param length in bytes
     * @param checksum CRC32C of the content
     */
    record StateFile(String name, long length, int checksum) {}
}
