package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.codec.RecordCodec;
import io.hightower.kv.statemachine.spi.StoreView;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * Writes what a view shows as a snapshot: header, blocks of records in key order, footer, end mark. The memory it takes does
 * not depend on the number of records. The format is described in {@code docs/formats/snapshot.md}.
 */
final class SnapshotWriter {
    private SnapshotWriter() {}

    /**
     * Writes a snapshot and leaves the stream open.
     *
     * @return the number of bytes written
     * @throws InvariantViolation if the records and the scalars contradict each other; nobody could read the snapshot
     */
    static long write(UUID storeId, StoreView view, OutputStream target) throws IOException {
        AppliedState applied = view.applied();
        target.write(new SnapshotHeader(storeId, applied.position()).encode());

        BlockWriter blocks = new BlockWriter(target, SnapshotFormat.KIND);
        SnapshotAudit audit = new SnapshotAudit();
        long records = 0;
        try (StoreView.RecordCursor cursor = view.records()) {
            while (cursor.next()) {
                KeyRecord record = cursor.current();
                require(audit.add(record));
                blocks.append(SnapshotFormat.RECORDS_BLOCK, RecordCodec.encode(record));
                records++;
            }
        }
        blocks.flush(SnapshotFormat.RECORDS_BLOCK);
        require(audit.finish(applied));

        new SnapshotFooter(records, blocks.contentBytes(), blocks.contentCrc(), applied).writeTo(blocks);
        target.write(
                ByteBuffer.allocate(Long.BYTES).putLong(SnapshotFormat.END_MARK).array());
        return SnapshotFormat.HEADER_BYTES + blocks.bytesWritten() + Long.BYTES;
    }

    private static void require(Optional<SnapshotAudit.Finding> finding) {
        finding.ifPresent(wrong -> {
            throw new InvariantViolation("a snapshot is written of records and scalars that fit together: expected="
                    + wrong.expected() + " found=" + wrong.found());
        });
    }
}
