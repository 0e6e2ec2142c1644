package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.manifest.ManifestFile;
import io.hightower.kv.storage.manifest.StoreManifest;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Puts one manifest after the other into force, and with each a root that reads from its files. <b>Thread-safe</b>: edits wait
 * for one another, and for the disk.
 *
 * <p>After a failed sync, and after a manifest of which nobody knows whether it is in force, nothing is committed any more.
 */
final class Committer {
    private final Disk disk;
    private final Bytes storeId;
    private final OpenFiles files;
    private final AtomicLong nextFileNumber;
    private final Poison poison;

    /** Guarded by this. */
    private StoreManifest manifest;

    private volatile LogPosition durable;
    private @Nullable Roots roots;

    /** A manifest and its files, retained. */
    record Pinned(StoreManifest manifest, FileSet files) {}

    Committer(Disk disk, Bytes storeId, OpenFiles files, StoreManifest manifest, Poison poison) {
        this.poison = poison;
        this.disk = disk;
        this.storeId = storeId;
        this.files = files;
        this.manifest = manifest;
        this.durable = manifest.applied().position();
        this.nextFileNumber = new AtomicLong(manifest.nextFileNumber());
    }

    /** Says whose root is replaced. Called once, before the first commit. */
    synchronized void replaces(Roots replaced) {
        roots = replaced;
    }

    LogPosition durable() {
        return durable;
    }

    synchronized StoreManifest manifest() {
        return manifest;
    }

    /** Returns a number that no file had before. */
    long takeFileNumber() {
        return nextFileNumber.getAndIncrement();
    }

    /** Makes later numbers greater than those of files that come from elsewhere. */
    void skipFileNumbers(long next) {
        nextFileNumber.accumulateAndGet(next, Math::max);
    }

    /** Retains the files in force, together with the manifest that names them. The caller releases them. */
    synchronized Pinned pin() {
        return new Pinned(manifest, presentRoots().pin().files());
    }

    /**
     * Puts a changed manifest into force.
     *
     * @param change makes the next manifest from the present one, whose counters are those of the next already
     * @param rootChange makes the next root from the present one and the new files; the floor of history is that of the
     *     manifest
     */
    synchronized void commit(UnaryOperator<StoreManifest> change, BiFunction<Root, FileSet, Root> rootChange) {
        commit(presentRoots().current().files(), change, rootChange);
    }

    /** As above; files that {@code opened}, which is retained, has open are not opened again either. */
    synchronized void commit(
            FileSet opened, UnaryOperator<StoreManifest> change, BiFunction<Root, FileSet, Root> rootChange) {
        poison.requireNone();
        StoreManifest next = change.apply(new StoreManifest(
                manifest.edits() + 1,
                manifest.applied(),
                nextFileNumber.get(),
                manifest.historyFloor(),
                manifest.levels(),
                manifest.history(),
                manifest.system()));
        Roots replaced = presentRoots();
        FileSet before = replaced.current().files();
        FileSet successor = files.open(next, List.of(opened, before));
        try {
            ManifestFile.write(disk, storeId, next);
            manifest = next;
            durable = next.applied().position();
            replaced.replace(root -> rootChange.apply(root, successor).withHistoryFrom(next.historyFloor()));
        } catch (DiskFullException e) {
            successor.release();
            throw e;
        } catch (RuntimeException | Error e) {
            // Nobody knows which manifest is in force.
            poison.take(e);
            successor.release();
            throw e;
        }
        before.markReplacedBy(successor);
        before.release();
        files.obsoleteFiles().delete(successor.names());
    }

    /** Lets go of files that never came into force, and deletes those that are not in force. */
    synchronized void discard(FileSet unwanted) {
        FileSet inForce = presentRoots().current().files();
        unwanted.markReplacedBy(inForce);
        unwanted.release();
        if (poison.cause().isEmpty()) {
            files.obsoleteFiles().delete(inForce.names());
        }
    }

    private Roots presentRoots() {
        Roots present = roots;
        if (present == null) {
            throw new IllegalStateException("The store is still being opened");
        }
        return present;
    }
}
