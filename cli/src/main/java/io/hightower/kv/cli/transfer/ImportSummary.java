package io.hightower.kv.cli.transfer;

import java.util.Optional;

/**
 * What an import did. <b>Immutable.</b>
 *
 * @param stored records that the store acknowledged
 * @param skipped lines that were left out because something is wrong with them
 * @param acknowledged the place before which every line was answered
 * @param ending why the import ended
 * @param problem what made it end early, in words; nothing when {@code ending} says it all
 */
public record ImportSummary(
        long stored, long skipped, ImportMark acknowledged, Ending ending, Optional<String> problem) {
    /** Why an import ended. */
    public enum Ending {
        /** Every line was answered. */
        COMPLETE,
        /** Somebody asked it to stop. */
        INTERRUPTED,
        /** Something is wrong with a line. */
        BAD_LINE,
        /** The store did not take a record, and did not recover in time. */
        STORE_FAILED
    }
}
