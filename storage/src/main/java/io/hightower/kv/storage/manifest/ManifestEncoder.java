package io.hightower.kv.storage.manifest;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.codec.RecordCodec;
import io.hightower.kv.storage.file.FileHeader;
import io.hightower.kv.storage.history.HistoryMeta;
import io.hightower.kv.storage.system.SystemMeta;
import io.hightower.kv.storage.table.TableMeta;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** Gives a manifest its bytes, see {@link ManifestFormat}. <b>Used by one thread at a time.</b> */
final class ManifestEncoder {
    private final ByteBuffer target;

    private ManifestEncoder(ByteBuffer target) {
        this.target = target;
    }

    static byte[] encode(Bytes storeId, StoreManifest manifest) {
        byte[] scalars = RecordCodec.encode(manifest.applied());
        ByteBuffer target = ByteBuffer.allocate(Math.toIntExact(length(manifest, scalars.length)));
        FileHeader.put(target, ManifestFormat.KIND, ManifestFormat.FORMAT_VERSION, storeId);
        target.putLong(target.capacity()).putLong(manifest.edits());
        target.putLong(manifest.nextFileNumber()).putLong(manifest.historyFloor());
        target.putInt(scalars.length).put(scalars);
        ManifestEncoder encoder = new ManifestEncoder(target);
        target.putInt(manifest.levels().size());
        for (List<TableMeta> tables : manifest.levels()) {
            target.putInt(tables.size());
            tables.forEach(encoder::putTable);
        }
        target.putInt(manifest.history().size());
        manifest.history().forEach(encoder::putHistory);
        target.putInt(manifest.system().isPresent() ? 1 : 0);
        manifest.system().ifPresent(encoder::putSystem);
        CRC32C crc = new CRC32C();
        crc.update(target.array(), 0, target.position());
        target.putInt((int) crc.getValue());
        InvariantViolation.check(!target.hasRemaining(), "a manifest is as long as it was measured");
        return target.array();
    }

    private static long length(StoreManifest manifest, int scalarsLength) {
        long length = ManifestFormat.LENGTH_MIN + (long) scalarsLength;
        length += (long) manifest.levels().size() * Integer.BYTES;
        for (TableMeta table : manifest.tables()) {
            length += ManifestFormat.TABLE_BYTES
                    + table.firstKey().length()
                    + table.lastKey().length();
        }
        length += (long) manifest.history().size() * ManifestFormat.HISTORY_BYTES;
        return length + (manifest.system().isPresent() ? ManifestFormat.FILE_BYTES : 0);
    }

    private void putTable(TableMeta table) {
        putFile(table.id().number(), table.id().originStoreId());
        target.putLong(table.length()).putInt((int) table.checksum());
        target.putLong(table.minMain()).putLong(table.maxMain());
        target.putLong(table.keys()).putLong(table.versions()).putLong(table.tombstones());
        putKey(table.firstKey());
        putKey(table.lastKey());
    }

    private void putHistory(HistoryMeta file) {
        putFile(file.id().number(), file.id().originStoreId());
        target.putLong(file.length()).putInt((int) file.checksum());
        target.putLong(file.completeFrom()).putLong(file.firstMain()).putLong(file.lastMain());
        target.putLong(file.values()).putLong(file.tombstones());
    }

    private void putSystem(SystemMeta file) {
        putFile(file.id().number(), file.id().originStoreId());
        target.putLong(file.length()).putInt((int) file.checksum());
    }

    private void putFile(long number, Bytes originStoreId) {
        target.putLong(number).put(originStoreId.asByteBuffer());
    }

    private void putKey(Bytes key) {
        target.putInt(key.length()).put(key.asByteBuffer());
    }
}
