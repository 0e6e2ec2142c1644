package io.hightower.kv.cli.transfer;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Writes a range of records as lines in key order. While a page is written the next one is on its way.
 *
 * <p>Each page shows the store at one moment, the pages at different ones: records that change meanwhile appear as they were
 * at some time during the export. <b>Used by one thread at a time.</b>
 */
public final class Exporter {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final RecordPages pages;
    private final TextRecord.Notation notation;

    /** Prepares an export from {@code pages}. */
    public Exporter(RecordPages pages, TextRecord.Notation notation) {
        this.pages = pages;
        this.notation = notation;
    }

    /**
     * Writes the range and flushes.
     *
     * @return how many records were written
     * @throws CompletionException if a page could not be read; what was written before it is correct, and is flushed
     * @throws IllegalArgumentException if a record cannot be written in the notation
     */
    public long export(KeyRange range, OutputStream output) throws IOException {
        BufferedOutputStream buffer = new BufferedOutputStream(output, BUFFER_BYTES);
        long written = 0;
        CompletableFuture<RecordPages.Page> due = pages.page(range);
        try {
            boolean more = true;
            while (more) {
                RecordPages.Page page = due.join();
                Optional<Bytes> next = page.next();
                more = next.isPresent();
                if (more) {
                    due = pages.page(range.resumingAt(next.get()));
                }
                for (TextRecord line : page.records()) {
                    line.writeTo(buffer, notation);
                    written++;
                }
            }
        } finally {
            buffer.flush();
        }
        return written;
    }
}
