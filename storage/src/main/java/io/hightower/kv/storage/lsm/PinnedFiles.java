package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.StoreIdentity;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.manifest.StoreManifest;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** A manifest and the files that it names, kept from being deleted by the view. Thread-safe. */
final class PinnedFiles implements StateStore.PinnedState {
    private final StoreParts parts;
    private final StoreManifest manifest;
    private final PinnedView view;
    private final Bytes manifestContent;

    /** Takes over the view, which shows what the manifest describes. */
    PinnedFiles(StoreParts parts, StoreManifest manifest, PinnedView view) {
        this.parts = parts;
        this.manifest = manifest;
        this.view = view;
        this.manifestContent = Bytes.wrap(ManifestFile.encode(parts.storeId(), manifest));
    }

    @Override
    public AppliedState applied() {
        return manifest.applied();
    }

    @Override
    public StoreView view() {
        return view;
    }

    @Override
    public List<StateFile> files() {
        List<StateFile> files = new ArrayList<>();
        CRC32C checksum = new CRC32C();
        checksum.update(manifestContent.asByteBuffer());
        files.add(new StateFile(ManifestFile.FILE, manifestContent.length(), (int) checksum.getValue()));
        files.addAll(manifest.stateFiles());
        return files;
    }

    @Override
    public InputStream open(StateFile file, long offset) {
        view.applied();
        if (file.name().equals(ManifestFile.FILE)) {
            byte[] content = manifestContent.toByteArray();
            return new ByteArrayInputStream(content, Math.toIntExact(offset), content.length);
        }
        if (!manifest.files().containsKey(file.name())) {
            throw new IllegalArgumentException("The state has no such file: file=" + file);
        }
        return new FileStream(parts.disk().open(file.name()), offset);
    }

    /** Makes a directory of its own from links to the files. */
    void linkTo(Disk target) {
        if (!target.list().isEmpty()) {
            throw new StorageException("A checkpoint needs an empty directory: directory=" + target.description());
        }
        for (String name : manifest.files().keySet()) {
            parts.disk().linkTo(name, target);
        }
        ManifestFile.write(target, parts.storeId(), manifest);
        // Last: a directory with files but without it is refused, so half a copy is never taken for a store.
        StoreIdentity.write(target, parts.storeId());
    }

    @Override
    public void close() {
        view.close();
    }
}
