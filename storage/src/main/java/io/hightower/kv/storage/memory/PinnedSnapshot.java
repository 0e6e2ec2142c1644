package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/** A view together with its bytes as a snapshot file. <b>Immutable</b>, but for closing. */
record PinnedSnapshot(StoreView view, Bytes bytes, StateFile file) implements StateStore.PinnedState {
    static PinnedSnapshot of(UUID storeId, StoreView view) {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try {
            SnapshotWriter.write(storeId, view, target);
        } catch (IOException e) {
            throw new StorageException("A snapshot cannot be written", e);
        }
        byte[] bytes = target.toByteArray();
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return new PinnedSnapshot(
                view, Bytes.wrap(bytes), new StateFile("state", bytes.length, (int) checksum.getValue()));
    }

    @Override
    public AppliedState applied() {
        return view.applied();
    }

    @Override
    public List<StateFile> files() {
        return List.of(file);
    }

    @Override
    public InputStream open(StateFile opened, long offset) {
        return new ByteArrayInputStream(bytes.toByteArray(), Math.toIntExact(offset), bytes.length());
    }

    @Override
    public void close() {
        view.close();
    }
}
