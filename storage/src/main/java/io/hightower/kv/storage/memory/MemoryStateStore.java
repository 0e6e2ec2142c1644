package io.hightower.kv.storage.memory;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A state store that holds all records in memory, and makes them durable as a whole in one snapshot file.
 *
 * <p><b>Ordering.</b> A view shows one published root; opening it takes no lock and copies nothing. <b>Durability.</b> {@link
 * #durable} is the position of the newest complete snapshot file. A checkpoint writes all records anew, beside the old file,
 * which stays in force until the new one is on the disk under its name. <b>Threads.</b> Edits and {@link Staged#install} are
 * confined to the apply thread; the rest is thread-safe. Checkpoints and installs wait for each other. <b>Lifetime.</b> The
 * disk belongs to the caller, and no other store may use it meanwhile; closing waits for a running checkpoint, and is for the
 * time after the last edit. <b>Failure.</b> After a failed sync every further checkpoint and install throws with the first
 * cause. If an install fails in a sync, the next opening may find the old state or the new one: the caller must stop applying.
 */
public final class MemoryStateStore implements StateStore {
    private static final System.Logger LOGGER = System.getLogger(MemoryStateStore.class.getName());
    private static final String STREAM = "snapshot stream";

    private final UUID storeId;
    private final SnapshotFiles files;
    private final Metrics.Timer checkpointTimer;
    private final Metrics.Counter checkpointBytes;
    private final AtomicLong stagedCount = new AtomicLong();

    /** Held while the durable snapshot is replaced. */
    private final Object replacing = new Object();

    /** Written by the apply thread, and once when closing. */
    private volatile StoreRoot root;

    /** Written under {@link #replacing}. */
    private volatile LogPosition durable;

    private volatile boolean closed;

    private MemoryStateStore(MemoryStoreOptions options, SnapshotFiles files, StoreRoot root) {
        this.storeId = options.storeId();
        this.files = files;
        this.root = root;
        this.durable = root.applied().position();
        Metrics metrics = options.metrics();
        this.checkpointTimer = metrics.timer("store.checkpoint", "Time to write a snapshot file and make it durable");
        this.checkpointBytes = metrics.counter("store.checkpoint.bytes", "Bytes of snapshot files written");
    }

    /**
     * Opens the store that the disk holds; an empty one if it holds no snapshot. What was left over from an interrupted
     * checkpoint is deleted.
     *
     * @throws CorruptionException if the newest snapshot is damaged, or of another store; an older one is never used instead
     * @throws io.hightower.kv.statemachine.FormatException if it is not in a format that this release reads
     */
    public static MemoryStateStore open(Disk disk, MemoryStoreOptions options) {
        SnapshotFiles files = new SnapshotFiles(disk);
        OptionalLong newest = files.newest();
        StoreRoot root = newest.isPresent() ? load(files, newest.getAsLong(), options) : StoreRoot.EMPTY;
        files.deleteTemporary();
        if (newest.isPresent()) {
            // The file's name may not be durable yet: its writer may have ended before it synced the directory.
            files.syncDirectory();
            files.deleteBefore(newest.getAsLong());
        }
        MemoryStateStore store = new MemoryStateStore(options, files, root);
        store.registerGauges(options.metrics());
        return store;
    }

    private static StoreRoot load(SnapshotFiles files, long index, MemoryStoreOptions options) {
        Metrics.Timer timer = options.metrics().timer("store.load", "Time to load the snapshot file at opening");
        long started = timer.start();
        SnapshotReader.Content content = read(files, index);
        requireBelongs(content.header(), index, options.storeId());
        timer.stop(started);
        AppliedState applied = content.root().applied();
        LOGGER.log(
                System.Logger.Level.INFO,
                "Snapshot loaded: position=" + applied.position() + " revision=" + applied.revision() + " keys="
                        + applied.liveKeys() + " tombstones=" + applied.tombstones());
        return content.root();
    }

    private static SnapshotReader.Content read(SnapshotFiles files, long index) {
        try (DiskFile file = files.open(index)) {
            return SnapshotReader.read(file.name(), new DiskFileInput(file));
        } catch (IOException e) {
            throw new StorageException("A snapshot cannot be read: file=" + SnapshotFormat.fileName(index), e);
        }
    }

    private static void requireBelongs(SnapshotHeader header, long index, UUID storeId) {
        String file = SnapshotFormat.fileName(index);
        if (!header.storeId().equals(storeId)) {
            throw new CorruptionException(
                    file, SnapshotFormat.HEADER_STORE_ID_OFFSET, "store " + storeId, "store " + header.storeId());
        }
        if (header.position().index() != index) {
            throw new CorruptionException(
                    file,
                    SnapshotFormat.HEADER_INDEX_OFFSET,
                    "index " + index,
                    "index " + header.position().index());
        }
    }

    private void registerGauges(Metrics metrics) {
        metrics.gauge("store.keys", "Keys that hold a value", () -> applied().liveKeys());
        metrics.gauge("store.memory.bytes", "Estimated memory that the records take, in bytes", this::memoryBytes);
    }

    @Override
    public AppliedState applied() {
        return root.applied();
    }

    @Override
    public Edit edit() {
        requireOpen();
        return new StoreEdit(this, root);
    }

    /** Puts {@code after} in the place of {@code before}, which the edit began with: the very object, not an equal one. */
    @SuppressWarnings("ReferenceEquality")
    void publish(StoreRoot before, StoreRoot after) {
        requireOpen();
        InvariantViolation.check(root == before, "edits follow one another");
        root = after;
    }

    @Override
    public StoreView view() {
        requireOpen();
        return new PinnedView(root);
    }

    @Override
    public LogPosition durable() {
        return durable;
    }

    @Override
    public long memoryBytes() {
        return root.memoryBytes();
    }

    @Override
    public LogPosition checkpoint() {
        synchronized (replacing) {
            requireOpen();
            files.requireHealthy();
            StoreRoot pinned = root;
            LogPosition position = pinned.applied().position();
            // Every published edit has a later position, so an equal one means that nothing was published.
            if (position.equals(durable)) {
                return position;
            }
            long started = checkpointTimer.start();
            long bytes = writeFile(pinned);
            durable = position;
            checkpointTimer.stop(started);
            checkpointBytes.add(bytes);
            files.deleteBefore(position.index());
            return position;
        }
    }

    private long writeFile(StoreRoot pinned) {
        long index = pinned.applied().position().index();
        try (StoreView view = new PinnedView(pinned)) {
            return files.write(index, target -> SnapshotWriter.write(storeId, view, target));
        } catch (IOException e) {
            throw new StorageException("A snapshot cannot be written: file=" + SnapshotFormat.fileName(index), e);
        }
    }

    @Override
    public long writeDelayNanos() {
        return 0;
    }

    @Override
    public Optional<String> problem() {
        return Optional.empty();
    }

    @Override
    public void compact() {
        checkpoint();
    }

    @Override
    public PinnedState pin() {
        checkpoint();
        return PinnedSnapshot.of(storeId, view());
    }

    @Override
    public Staged stage(StateFiles source) throws IOException {
        requireOpen();
        if (source.files().size() != 1) {
            throw new io.hightower.kv.statemachine.FormatException(STREAM, "several files", "one file");
        }
        try (InputStream exported = source.open(source.files().get(0), 0)) {
            return stage(exported);
        }
    }

    private Staged stage(InputStream exported) throws IOException {
        TemporaryFile temporary = files.createTemporary("staged-" + stagedCount.incrementAndGet());
        try {
            return stage(exported, temporary);
        } catch (RuntimeException | IOException e) {
            try {
                temporary.close();
            } catch (StorageException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private Staged stage(InputStream exported, TemporaryFile temporary) throws IOException {
        DiskFileOutput copy = new DiskFileOutput(temporary.file());
        SnapshotReader.Content content = SnapshotReader.read(STREAM, new CopyingInput(exported, copy));
        copy.flush();
        files.sync(temporary.file());
        return new StagedSnapshot(this, temporary, content.root());
    }

    /** Makes a staged file the durable snapshot, and its content the live root. */
    void install(TemporaryFile temporary, StoreRoot staged) {
        synchronized (replacing) {
            requireOpen();
            LogPosition position = staged.applied().position();
            if (position.compareTo(durable) < 0) {
                throw new IllegalArgumentException("A snapshot cannot be installed before what is durable: position="
                        + position + " durable=" + durable);
            }
            temporary.file().write(0, ByteBuffer.wrap(new SnapshotHeader(storeId, position).encode()));
            files.install(temporary, position.index());
            durable = position;
            root = staged;
            files.deleteBefore(position.index());
        }
        LOGGER.log(
                System.Logger.Level.INFO,
                "Snapshot installed: position=" + staged.applied().position() + " revision="
                        + staged.applied().revision());
    }

    /** Deletes a staged file; once the store is closed, only lets go of it. */
    void discard(TemporaryFile temporary) {
        synchronized (replacing) {
            if (closed) {
                temporary.abandon();
            } else {
                temporary.close();
            }
        }
    }

    @Override
    public void close() {
        synchronized (replacing) {
            closed = true;
            root = StoreRoot.EMPTY.at(root.applied());
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The store is closed");
        }
    }
}
