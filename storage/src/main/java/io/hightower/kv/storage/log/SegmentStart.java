package io.hightower.kv.storage.log;

import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.util.Optional;

/**
 * The beginning of segments, each with an epoch of its own. <b>Used by one thread at a time.</b>
 *
 * <pre>
 * a spare      header with the new epoch, written durably ──► renamed ──► directory synced
 * no spare     header and zeros in a temporary file, synced ─► renamed ──► directory synced
 * </pre>
 *
 * <p>Whoever comes for a segment and finds no spare waits for its bytes to be written, so that one is small: it holds what
 * comes while the background writes a spare.
 */
final class SegmentStart {
    /** Bytes of a segment that is made while a writer waits: about 3 ms. */
    private static final long BYTES_WHILE_WAITING_MAX = 1 << 20;

    private final Disk disk;
    private final SegmentFiles files;
    private final Segments segments;
    private final SpareSegments spares;
    private final LogOptions options;

    SegmentStart(Disk disk, SegmentFiles files, Segments segments, SpareSegments spares, LogOptions options) {
        this.disk = disk;
        this.files = files;
        this.segments = segments;
        this.spares = spares;
        this.options = options;
    }

    /**
     * Begins a segment, instead of an empty one with the same first index if there is one; its name and header are durable on
     * return.
     *
     * @param groupBytes room for a group of so many bytes, and its mark, is wanted
     * @throws io.hightower.kv.statemachine.DiskFullException if there is no space; then nothing has changed
     */
    SegmentWriter begin(long firstIndex, long groupBytes) {
        long epoch = segments.nextEpoch();
        String name = LogFormat.fileName(firstIndex);
        long needed = LogFormat.HEADER_BYTES + groupBytes + LogFormat.RECORD_HEADER_BYTES;
        Optional<String> spare = needed <= options.segmentBytes() ? spares.take() : Optional.empty();
        if (spare.isPresent()) {
            try (DiskFile file = disk.open(spare.get())) {
                file.writeDurably(0, LogFormat.header(options.storeId(), firstIndex, epoch));
            }
            disk.rename(spare.get(), name);
        } else {
            long fileBytes = Math.max(needed, Math.min(options.segmentBytes(), BYTES_WHILE_WAITING_MAX));
            files.writeInAdvance(name, LogFormat.header(options.storeId(), firstIndex, epoch), fileBytes, () -> false);
        }
        disk.syncDirectory();
        DiskFile segment = disk.open(name);
        if (!options.syncPolicy().isEveryWrite()) {
            segment.expectSmallWrites();
        }
        SegmentWriter writer = new SegmentWriter(segment, new RecordChecksum(options.storeId(), epoch), firstIndex);
        segments.add(firstIndex, writer.fileBytes());
        return writer;
    }
}
