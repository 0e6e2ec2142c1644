package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.AppliedState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.CRC32C;

/** A view of a sorted map together with its bytes, which are its only file. */
final class TreeMapPinned implements StateStore.PinnedState {
    private final StoreView view;
    private final byte[] exported;

    TreeMapPinned(StoreView view) {
        this.view = view;
        try {
            this.exported = TreeMapExport.write(view);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public AppliedState applied() {
        return view.applied();
    }

    @Override
    public StoreView view() {
        return view;
    }

    @Override
    public List<StateFile> files() {
        CRC32C checksum = new CRC32C();
        checksum.update(exported);
        return List.of(new StateFile("tree-map", exported.length, (int) checksum.getValue()));
    }

    @Override
    public InputStream open(StateFile file, long offset) {
        return new ByteArrayInputStream(exported, Math.toIntExact(offset), exported.length);
    }

    @Override
    public void close() {
        view.close();
    }
}
