package io.hightower.kv.cli;

import java.io.IOException;
import java.io.OutputStream;

/**
 * The standard output with failures of its own type, so that nobody takes them for failures of the store.
 *
 * <p><b>Used by one thread at a time.</b>
 */
final class AnswerOutput extends OutputStream {
    private final OutputStream output;

    AnswerOutput(OutputStream output) {
        this.output = output;
    }

    @Override
    public void write(int content) {
        try {
            output.write(content);
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }

    @Override
    public void write(byte[] content, int offset, int length) {
        try {
            output.write(content, offset, length);
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }

    @Override
    public void flush() {
        try {
            output.flush();
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }
}
