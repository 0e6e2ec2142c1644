package io.hightower.kv.cli.transfer;

import java.util.OptionalLong;

/**
 * A place in an import: every line before it was answered. <b>Immutable.</b>
 *
 * @param offset bytes before the place
 * @param line lines before the place
 * @param lastStored offset of the last line before the place whose record was stored; nothing if there is none
 */
public record ImportMark(long offset, long line, OptionalLong lastStored) {
    /** The beginning of the input. */
    public static final ImportMark START = new ImportMark(0, 0, OptionalLong.empty());

    /** Checks that the numbers fit together. */
    public ImportMark {
        if (offset < 0 || line < 0 || lastStored.orElse(0) < 0 || lastStored.orElse(-1) >= offset) {
            throw new IllegalArgumentException("A place in an import is impossible: offset=" + offset + " line=" + line
                    + " lastStored=" + lastStored);
        }
    }
}
