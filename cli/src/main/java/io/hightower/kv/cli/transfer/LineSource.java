package io.hightower.kv.cli.transfer;

import io.hightower.kv.statemachine.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * A stream cut into lines of bytes, each with its number and its place. The newline at the end of the last line may be
 * missing. <b>Used by one thread at a time.</b>
 */
public final class LineSource {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final InputStream input;
    private final int lineBytesMax;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int begin;
    private int end;
    private long offset;
    private long number;

    /**
     * A line. <b>Immutable.</b>
     *
     * @param number counted from 1
     * @param start offset of its first byte
     * @param end offset behind the newline that ends it
     * @param text its bytes without the newline; none when {@code tooLong}
     * @param tooLong whether it is longer than the source accepts
     */
    public record Line(long number, long start, long end, Bytes text, boolean tooLong) {}

    /**
     * Prepares to read.
     *
     * @param input positioned at {@code mark}
     * @param mark the place of the first line
     * @param lineBytesMax longer lines are read over and told as too long: they would fill the memory
     */
    public LineSource(InputStream input, ImportMark mark, int lineBytesMax) {
        this.input = input;
        this.lineBytesMax = lineBytesMax;
        this.offset = mark.offset();
        this.number = mark.line();
    }

    /** Returns the next line; nothing at the end. */
    public Optional<Line> next() throws IOException {
        long start = offset;
        ByteArrayOutputStream head = new ByteArrayOutputStream(0);
        boolean tooLong = false;
        while (true) {
            if (begin == end && !fill()) {
                return offset == start ? Optional.empty() : Optional.of(line(start, head, tooLong));
            }
            int newline = begin;
            while (newline < end && buffer[newline] != '\n') {
                newline++;
            }
            int length = newline - begin;
            boolean complete = newline < end;
            tooLong = tooLong || (long) head.size() + length > lineBytesMax;
            if (tooLong) {
                head.reset();
            } else {
                head.write(buffer, begin, length);
            }
            begin = complete ? newline + 1 : newline;
            offset += complete ? length + 1L : length;
            if (complete) {
                return Optional.of(line(start, head, tooLong));
            }
        }
    }

    private Line line(long start, ByteArrayOutputStream text, boolean tooLong) {
        number++;
        return new Line(number, start, offset, Bytes.wrap(text.toByteArray()), tooLong);
    }

    private boolean fill() throws IOException {
        begin = 0;
        end = Math.max(0, input.read(buffer, 0, buffer.length));
        return end > 0;
    }
}
