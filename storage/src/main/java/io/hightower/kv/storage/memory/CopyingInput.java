package io.hightower.kv.storage.memory;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Passes on what it reads, and writes the same bytes to a copy: a snapshot from a stream is verified as it arrives, so that a
 * damaged one does not fill the disk first. <b>Used by one thread at a time.</b>
 */
final class CopyingInput extends InputStream {
    private final InputStream source;
    private final OutputStream copy;

    CopyingInput(InputStream source, OutputStream copy) {
        this.source = source;
        this.copy = copy;
    }

    @Override
    public int read() throws IOException {
        int b = source.read();
        if (b >= 0) {
            copy.write(b);
        }
        return b;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        int read = source.read(target, from, length);
        if (read > 0) {
            copy.write(target, from, read);
        }
        return read;
    }
}
