package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.statemachine.spi.StateFiles.StateFile;
import io.hightower.kv.storage.file.DiskFile;
import io.hightower.kv.storage.hot.HotKeyIndex;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.manifest.StoreManifest;
import io.hightower.kv.storage.memtable.Memtable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Brings the files of another state here, verifies them, and puts them into force.
 *
 * <pre>
 * 000000000017-0a1b2c3d.table.incoming     arriving; kept when the transfer breaks off, so that the next one goes on, unless
 *                                          that brings another state
 * 000000000017-0a1b2c3d.table              all have arrived: read through to the last byte
 * MANIFEST                                 names them: in force
 * </pre>
 *
 * <p><b>Thread-safe</b>: one state at a time is staged.
 */
final class Staging {
    static final String INCOMING_SUFFIX = ".incoming";

    private static final System.Logger LOGGER = System.getLogger(Staging.class.getName());
    private static final int CHUNK_BYTES = 1 << 18;
    private static final long MANIFEST_BYTES_MAX = 1L << 30;

    private final StoreParts parts;
    private final Roots roots;
    private final AtomicBoolean busy = new AtomicBoolean();

    Staging(StoreParts parts, Roots roots) {
        this.parts = parts;
        this.roots = roots;
    }

    /** Receives and verifies; the caller installs or discards the result. */
    StagedFiles receive(StateFiles source) throws IOException {
        if (!busy.compareAndSet(false, true)) {
            throw new StorageException("Another state is being received: wait until it is installed or given up");
        }
        boolean received = false;
        try {
            StoreManifest manifest = readManifest(source);
            StagedFiles staged = receiveFiles(source, manifest);
            received = true;
            return staged;
        } finally {
            if (!received) {
                busy.set(false);
            }
        }
    }

    private static StoreManifest readManifest(StateFiles source) throws IOException {
        List<StateFile> files = source.files();
        if (files.isEmpty() || !files.get(0).name().equals(ManifestFile.FILE)) {
            throw new CorruptionException(ManifestFile.FILE, 0, "a state that begins with its manifest", "other files");
        }
        StateFile first = files.get(0);
        if (first.length() > MANIFEST_BYTES_MAX) {
            throw new CorruptionException(
                    first.name(), 0, "at most " + MANIFEST_BYTES_MAX + " bytes", first.length() + " bytes");
        }
        byte[] content;
        try (InputStream stream = source.open(first, 0)) {
            content = stream.readNBytes((int) first.length());
        }
        CRC32C checksum = new CRC32C();
        checksum.update(content);
        requireChecksum(first, content.length, (int) checksum.getValue());
        StoreManifest manifest = ManifestFile.decode(content);
        requireListed(files.subList(1, files.size()), manifest);
        return manifest;
    }

    /** The list and the manifest name the same files, with the same lengths and checksums. */
    private static void requireListed(List<StateFile> files, StoreManifest manifest) {
        List<StateFile> expected = manifest.stateFiles();
        if (!expected.equals(files)) {
            throw new CorruptionException(
                    ManifestFile.FILE, 0, expected.size() + " files as the manifest says", files.size() + " others");
        }
    }

    private StagedFiles receiveFiles(StateFiles source, StoreManifest manifest) throws IOException {
        Committer.Pinned present = parts.committer().pin();
        try {
            List<String> arrived = new ArrayList<>();
            List<StateFile> files = source.files();
            Set<StateFile> inForce = new HashSet<>(present.manifest().stateFiles());
            List<StateFile> missing = files.subList(1, files.size()).stream()
                    .filter(file -> !inForce.contains(file))
                    .toList();
            deleteIncomingBut(
                    missing.stream().map(file -> file.name() + INCOMING_SUFFIX).collect(Collectors.toSet()));
            requireRoom(missing);
            for (StateFile file : missing) {
                requireNameFree(file, present);
                receive(file, source);
                arrived.add(file.name());
            }
            for (String name : arrived) {
                parts.disk().rename(name + INCOMING_SUFFIX, name);
            }
            FileSet opened = parts.files().open(manifest, List.of(present.files()));
            try {
                StateAudit.require(manifest, opened, arrived);
                return new StagedFiles(manifest, arrived, opened);
            } catch (RuntimeException e) {
                discard(new StagedFiles(manifest, arrived, opened));
                throw e;
            }
        } finally {
            present.files().release();
        }
    }

    /** For a while there are two states on the disk. To find out in the middle would take the room from the live one. */
    private void requireRoom(List<StateFile> missing) {
        long bytes = 0;
        for (StateFile file : missing) {
            bytes += Math.max(0, file.length() - arrivedBytes(file));
        }
        long free = parts.disk().freeBytes();
        long reserved = parts.options().reservedDiskBytes();
        if (free - bytes < reserved) {
            throw new DiskFullException(
                    "The disk has no room for another state beside the present one; free space, it is tried again:"
                            + " directory=" + parts.disk().description() + " missingBytes=" + bytes + " freeBytes="
                            + free
                            + " reservedBytes=" + reserved);
        }
    }

    private long arrivedBytes(StateFile file) {
        String incoming = file.name() + INCOMING_SUFFIX;
        if (!parts.disk().exists(incoming)) {
            return 0;
        }
        try (DiskFile arrived = parts.disk().open(incoming)) {
            return arrived.length();
        }
    }

    /** Two directories that go on from one copy give their files the same names: one's may not replace the other's. */
    private static void requireNameFree(StateFile file, Committer.Pinned present) {
        if (present.manifest().files().containsKey(file.name())) {
            throw new StorageException(
                    "The state has a file of the same name and other content as one here, because both"
                            + " stores began as copies of one: install it in an empty directory: file=" + file.name());
        }
    }

    /** Goes on where an earlier attempt ended, and verifies the whole. */
    private void receive(StateFile file, StateFiles source) throws IOException {
        String incoming = file.name() + INCOMING_SUFFIX;
        boolean begun = parts.disk().exists(incoming);
        CRC32C checksum = new CRC32C();
        long length;
        try (DiskFile target =
                begun ? parts.disk().open(incoming) : parts.disk().create(incoming)) {
            if (target.length() > file.length()) {
                target.truncate(0);
            }
            length = checksumOf(target, checksum);
            if (length < file.length()) {
                length = append(file, source, target, length, checksum);
            }
            target.sync();
        }
        if (length != file.length() || (int) checksum.getValue() != file.checksum()) {
            parts.disk().delete(incoming);
            requireChecksum(file, length, (int) checksum.getValue());
        }
    }

    private static long checksumOf(DiskFile present, CRC32C checksum) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        long offset = 0;
        long length = present.length();
        while (offset < length) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("Interrupted while a file was verified: file=" + present.name());
            }
            int count = present.read(offset, ByteBuffer.wrap(chunk));
            checksum.update(chunk, 0, count);
            offset += count;
        }
        return offset;
    }

    private static long append(StateFile file, StateFiles source, DiskFile target, long from, CRC32C checksum)
            throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        long length = from;
        try (InputStream stream = source.open(file, from)) {
            int count = stream.read(chunk);
            while (count >= 0 && length + count <= file.length()) {
                target.write(length, ByteBuffer.wrap(chunk, 0, count));
                checksum.update(chunk, 0, count);
                length += count;
                count = stream.read(chunk);
            }
        }
        return length;
    }

    private static void requireChecksum(StateFile file, long length, int checksum) {
        if (length != file.length() || checksum != file.checksum()) {
            throw new CorruptionException(
                    file.name(),
                    0,
                    file.length() + " bytes with checksum " + Integer.toHexString(file.checksum()),
                    length + " bytes with checksum " + Integer.toHexString(checksum));
        }
    }

    /** Makes the staged state the durable and the live one. Nothing else writes meanwhile. */
    void install(StagedFiles staged, LogPosition position, Memtable.Slice memtable, @Nullable HotKeyIndex hot) {
        StoreManifest arrived = staged.manifest();
        parts.committer().skipFileNumbers(arrived.nextFileNumber());
        AppliedState applied = arrived.applied().at(position);
        boolean kept = parts.options().keepHistory();
        parts.committer()
                .commit(
                        staged.files(),
                        manifest -> new StoreManifest(
                                manifest.edits(),
                                applied,
                                manifest.nextFileNumber(),
                                arrived.historyFloor(),
                                arrived.levels(),
                                arrived.history(),
                                arrived.system()),
                        (root, files) -> new Root(
                                applied,
                                memtable,
                                List.of(),
                                files,
                                hot,
                                files.systemRecords(),
                                arrived.historyFloor(),
                                kept));
        deleteIncomingBut(Set.of());
    }

    /** Lets go of a staged state; the files of one that was not installed are deleted. */
    void discard(StagedFiles staged) {
        if (roots.isClosed()) {
            staged.files().release();
            busy.set(false);
            return;
        }
        parts.committer().discard(staged.files());
        busy.set(false);
    }

    /** Deletes what transfers have left, unless one is under way. */
    void discardLeftovers() {
        if (busy.compareAndSet(false, true)) {
            deleteIncomingBut(Set.of());
            busy.set(false);
        }
    }

    private void deleteIncomingBut(Set<String> kept) {
        try {
            for (String name : parts.disk().list()) {
                if (name.endsWith(INCOMING_SUFFIX) && !kept.contains(name)) {
                    parts.disk().delete(name);
                }
            }
        } catch (StorageException e) {
            LOGGER.log(System.Logger.Level.WARNING, "What a broken transfer left stays on the disk", e);
        }
    }
}
