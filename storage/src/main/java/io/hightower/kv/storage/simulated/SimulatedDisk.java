package io.hightower.kv.storage.simulated;

import io.hightower.kv.statemachine.DirectoryInUseException;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A disk in memory that knows what is durable, and fails when told to.
 *
 * <p>A test runs its workload, cuts the power at some operation, and looks at what the store makes of the disk afterwards:
 *
 * <pre>
 * SimulatedDisk disk = SimulatedDisk.empty();
 * disk.cutPowerAt(17, CutPart.HALF);
 * workload(disk);                                                       // ends with a PowerLostException
 * SimulatedDisk found = disk.reopenAfterPowerLoss(LossPolicy.TORN_SECTOR, seed);
 * </pre>
 *
 * <p>Operations that change the disk are numbered from 1. Reopening leaves the old disk as it is, so one cut can be looked
 * at under many policies and seeds. <b>Durability.</b> As {@link Disk} promises it, and not a bit better. <b>Threads.</b>
 * Thread-safe; the same calls in the same order give the same disk.
 */
public final class SimulatedDisk implements Disk {
    private static final int BITS_PER_BYTE = 8;

    /** Its monitor guards everything on it. */
    private final SimulatedDevice device = new SimulatedDevice();

    private SimulatedDisk() {}

    /** Makes a disk with nothing on it. */
    public static SimulatedDisk empty() {
        return new SimulatedDisk();
    }

    // What can be done to the disk.

    /**
     * Makes the operation of that number, and everything after it, fail for lack of power.
     *
     * @param operation counted from 1 on this disk, over all operations that change it
     * @param part how much of that operation is done nevertheless
     */
    public void cutPowerAt(long operation, CutPart part) {
        synchronized (device) {
            device.faults.cutPowerAt(operation, part);
        }
    }

    /** As {@link #cutPowerAt}, but what fails is the process only: {@link #endProcess} lets the next one go on. */
    public void endProcessAt(long operation, CutPart part) {
        synchronized (device) {
            device.faults.endProcessAt(operation, part);
        }
    }

    /** Makes everything from now on fail for lack of power. */
    public void cutPower() {
        synchronized (device) {
            device.faults.cutPower();
        }
    }

    /** Makes the {@code nth} operation of that kind from now on fail, 1 being the next. */
    public void failOnce(OperationKind kind, long nth) {
        synchronized (device) {
            device.faults.fail(kind, nth, false);
        }
    }

    /** Makes every operation of that kind fail from the {@code nth} on, 1 being the next. */
    public void failFrom(OperationKind kind, long nth) {
        synchronized (device) {
            device.faults.fail(kind, nth, true);
        }
    }

    /**
     * Makes every read fail that touches one of these bytes, as unreadable sectors do.
     *
     * @param name the file that has this name when it is read
     * @param until exclusive
     */
    public void failReads(String name, long from, long until) {
        synchronized (device) {
            device.readFaults.fail(name, from, until);
        }
    }

    /** Changes a bit in what is read, each time; what is at rest stays as it is. Bit 0 is the lowest. */
    public void flipReads(String name, long offset, int bit) {
        synchronized (device) {
            device.readFaults.flip(name, offset, mask(bit));
        }
    }

    /** Takes back what {@link #failOnce}, {@link #failFrom}, {@link #failReads} and {@link #flipReads} ordered. */
    public void heal() {
        synchronized (device) {
            device.faults.heal();
            device.readFaults.heal();
        }
    }

    /** Chooses what failing syncs do to the writes before them. */
    public void failedSync(FailedSync mode) {
        synchronized (device) {
            device.failedSync = mode;
        }
    }

    /** Limits the bytes of all files together. A write that does not fit does as much as fits, then fails. */
    public void capacity(long bytes) {
        synchronized (device) {
            device.capacityBytes = bytes;
        }
    }

    /** Makes the {@code nth} read from now on, 1 being the next, return only half of the bytes, as if the file ended there. */
    public void shortenRead(long nth) {
        synchronized (device) {
            device.readsUntilShort = nth;
        }
    }

    /** Changes a bit at rest: what is read and what survives power loss. Bit 0 is the lowest. */
    public void flipBit(String name, long offset, int bit) {
        synchronized (device) {
            device.require(name).flip(Math.toIntExact(offset), mask(bit));
        }
    }

    private static int mask(int bit) {
        if (bit < 0 || bit >= BITS_PER_BYTE) {
            throw new IllegalArgumentException("A byte has 8 bits: bit=" + bit);
        }
        return 1 << bit;
    }

    /** Puts a file there as if it had always been, replacing one of that name. Not an operation. */
    public void place(String name, byte[] content) {
        synchronized (device) {
            device.names.place(name, SimulatedFile.durable(FileImage.of(content)));
        }
    }

    // What can be asked of the disk.

    /** Returns how many operations changed the disk so far, the failed ones included. */
    public long operations() {
        synchronized (device) {
            return device.faults.operations();
        }
    }

    /** Returns a copy of what a reader of the file would see. Works without power. */
    public byte[] content(String name) {
        synchronized (device) {
            return device.require(name).content().toByteArray();
        }
    }

    /** Returns a digest of all names and contents, to count the distinct disks that a test has seen. */
    public String fingerprint() {
        synchronized (device) {
            MessageDigest digest = sha256();
            MessageDigest chunkDigest = sha256();
            for (String name : device.names.list()) {
                FileImage content = device.require(name).content();
                digest.update((name + "\n" + content.length() + "\n").getBytes(StandardCharsets.UTF_8));
                content.feed(digest, chunkDigest);
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }

    /**
     * Returns the disk as it may be found when the power is back, without faults and locks; everything on it is durable. This
     * disk has no power from now on, and can be reopened again under another policy or seed.
     */
    public SimulatedDisk reopenAfterPowerLoss(LossPolicy policy, long seed) {
        synchronized (device) {
            device.faults.cutPower();
            SplittableRandom random = new SplittableRandom(seed);
            SimulatedDisk found = new SimulatedDisk();
            found.device.capacityBytes = device.capacityBytes;
            Map<SimulatedFile, FileImage> images = new HashMap<>();
            device.names
                    .afterPowerLoss(policy, random)
                    .forEach((name, file) -> found.device.names.place(
                            name,
                            SimulatedFile.durable(
                                    images.computeIfAbsent(file, present -> present.afterPowerLoss(policy, random)))));
            return found;
        }
    }

    /**
     * Ends the process that uses the disk, as {@code kill -9} does: locks are gone and open files closed, but unsynced changes
     * stay, still unsynced. If {@link #endProcessAt} ended it already, the disk works again for the next one.
     */
    public void endProcess() {
        synchronized (device) {
            device.process++;
            device.locked = false;
            device.faults.nextProcess();
        }
    }

    // The disk itself.

    @Override
    public DiskFile create(String name) {
        synchronized (device) {
            FaultPlan.Verdict verdict = device.faults.next(OperationKind.CREATE, requirePlain(name));
            if (verdict.isDone() && device.names.file(name) != null) {
                throw new StorageException("A file cannot be created, it exists: file=" + name);
            }
            if (verdict.isDone() && device.freeBytes() == 0) {
                throw new DiskFullException("A file cannot be created: file=" + name);
            }
            SimulatedFile file = SimulatedFile.empty();
            if (verdict.part() == CutPart.ALL) {
                device.names.name(file, name);
            }
            verdict.conclude();
            return new SimulatedHandle(device, name, file);
        }
    }

    @Override
    public DiskFile open(String name) {
        synchronized (device) {
            device.faults.requirePower("open file=" + name);
            return new SimulatedHandle(device, name, device.require(requirePlain(name)));
        }
    }

    @Override
    public boolean exists(String name) {
        synchronized (device) {
            device.faults.requirePower("exists file=" + name);
            return device.names.file(requirePlain(name)) != null;
        }
    }

    @Override
    public List<String> list() {
        synchronized (device) {
            device.faults.requirePower("list");
            return device.names.list();
        }
    }

    @Override
    public void rename(String from, String to) {
        synchronized (device) {
            FaultPlan.Verdict verdict = device.faults.next(OperationKind.RENAME, from + " to=" + requirePlain(to));
            SimulatedFile file = device.require(from);
            if (verdict.part() == CutPart.ALL) {
                device.names.name(file, to);
            }
            verdict.conclude();
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>An operation of the target, where the name appears. A file that is not synced is refused.
     */
    @Override
    public void linkTo(String name, Disk target) {
        if (!(target instanceof SimulatedDisk other)) {
            throw new IllegalArgumentException("Files are linked into a directory of the same kind: target=" + target);
        }
        FileImage image;
        synchronized (device) {
            device.faults.requirePower("link file=" + name);
            SimulatedFile file = device.require(requirePlain(name));
            if (!file.isSynced()) {
                throw new IllegalArgumentException("Only finished and synced files are linked: file=" + name);
            }
            image = file.content().copy();
        }
        other.receiveLink(name, image);
    }

    private void receiveLink(String name, FileImage image) {
        synchronized (device) {
            FaultPlan.Verdict verdict = device.faults.next(OperationKind.LINK, name);
            if (verdict.isDone() && device.names.file(name) != null) {
                throw new StorageException("A file cannot be linked, it exists: file=" + name);
            }
            if (verdict.part() == CutPart.ALL) {
                device.names.name(SimulatedFile.durable(image), name);
            }
            verdict.conclude();
        }
    }

    @Override
    public void delete(String name) {
        synchronized (device) {
            FaultPlan.Verdict verdict = device.faults.next(OperationKind.DELETE, name);
            SimulatedFile file = device.require(name);
            if (verdict.part() == CutPart.ALL) {
                device.names.delete(file);
            }
            verdict.conclude();
        }
    }

    @Override
    public void syncDirectory() {
        synchronized (device) {
            FaultPlan.Verdict verdict = device.faults.next(OperationKind.SYNC_DIRECTORY, "");
            if (verdict.part() == CutPart.ALL) {
                device.names.sync();
            }
            verdict.conclude();
        }
    }

    @Override
    public long freeBytes() {
        synchronized (device) {
            device.faults.requirePower("freeBytes");
            return device.freeBytes();
        }
    }

    @Override
    public DirectoryLock lock() {
        synchronized (device) {
            device.faults.requirePower("lock");
            if (device.locked) {
                throw new DirectoryInUseException(description(), "the simulated process " + device.process);
            }
            device.locked = true;
            return new Lock(device.process);
        }
    }

    @Override
    public String description() {
        return "simulated disk";
    }

    private static String requirePlain(String name) {
        if (name.isEmpty() || name.startsWith(".") || name.indexOf('/') >= 0 || name.equals("LOCK")) {
            throw new IllegalArgumentException("Not a plain file name: name=" + name);
        }
        return name;
    }

    private final class Lock implements DirectoryLock {
        private int holder;

        Lock(int holder) {
            this.holder = holder;
        }

        @Override
        public void close() {
            synchronized (device) {
                if (holder == device.process) {
                    device.locked = false;
                    holder = -1;
                }
            }
        }
    }
}
