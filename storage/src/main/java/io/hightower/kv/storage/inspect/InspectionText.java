package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import java.util.function.Consumer;

/**
 * The lines that an inspection writes. <b>Used by one thread at a time.</b>
 *
 * <pre>
 * facts    name: value
 * rows     two spaces, then fields with a tab between them
 * damage   damaged: offset=… what was expected, what was found
 * </pre>
 */
final class InspectionText {
    private final InspectionOptions options;
    private final Consumer<String> lines;
    private String formatVersion = "";
    private long rows;
    private long damages;

    InspectionText(InspectionOptions options, Consumer<String> lines) {
        this.options = options;
        this.lines = lines;
    }

    void fact(String name, Object value) {
        lines.accept(name + ": " + value);
    }

    /** Notes which format version the file says that it has. */
    void noteFormatVersion(int version) {
        formatVersion = Integer.toUnsignedString(version);
    }

    /** Shows the version noted; for who has read enough to know that it is one. */
    void formatVersion() {
        fact("format version", formatVersion);
    }

    /** Begins a part of the content, unless no rows of it would be shown. */
    void part(String text) {
        if (rows < options.rowsMax()) {
            lines.accept(text);
        }
    }

    void row(String... fields) {
        if (rows < options.rowsMax()) {
            lines.accept("  " + String.join("\t", fields));
        }
        rows++;
    }

    void damage(CorruptionException damage) {
        damages++;
        lines.accept("damaged: " + damage.getMessage());
    }

    String key(Bytes key) {
        return options.notation().apply(key);
    }

    String value(Bytes value) {
        return options.values() ? options.notation().apply(value) : value.length() + " bytes";
    }

    /** Says how many rows there are, and how many of them were left out. */
    void end(String what) {
        long left = rows - Math.min(rows, options.rowsMax());
        fact(what, rows + (left == 0 ? "" : ", of which " + left + " are not shown"));
    }

    long damages() {
        return damages;
    }
}
