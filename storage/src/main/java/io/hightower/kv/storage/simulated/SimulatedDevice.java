package io.hightower.kv.storage.simulated;

import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.StorageException;
import java.nio.ByteBuffer;

/** What a disk and its open files share, and what files do. <b>Used by one thread at a time</b>: the disk sees to that. */
final class SimulatedDevice {
    private static final long NEVER = Long.MAX_VALUE;

    final SimulatedNames names = new SimulatedNames();
    final FaultPlan faults = new FaultPlan();
    final ReadFaults readFaults = new ReadFaults();

    FailedSync failedSync = FailedSync.PAGES_DROPPED_AT_POWER_LOSS;
    long capacityBytes = Long.MAX_VALUE;
    long readsUntilShort = NEVER;
    /** Counts the processes that used the disk; open files and locks are good for one of them. */
    int process;

    boolean locked;

    long freeBytes() {
        return Math.max(0, capacityBytes - names.bytes());
    }

    SimulatedFile require(String name) {
        SimulatedFile file = names.file(name);
        if (file == null) {
            throw new StorageException("A file is missing: file=" + name);
        }
        return file;
    }

    int read(String name, SimulatedFile file, long offset, ByteBuffer target) {
        faults.next(OperationKind.READ, name).conclude();
        long available = Math.max(0, file.content().length() - offset);
        int count = (int) Math.min(available, target.remaining());
        if (readsUntilShort != NEVER && --readsUntilShort == 0) {
            count /= 2;
            readsUntilShort = NEVER;
        }
        int limit = target.limit();
        int start = target.position();
        target.limit(start + count);
        if (count > 0) {
            file.content().read((int) offset, target);
        }
        target.limit(limit);
        readFaults.apply(name, offset, target, start);
        return count;
    }

    void write(String name, SimulatedFile file, long offset, ByteBuffer source) {
        FaultPlan.Verdict verdict = faults.next(OperationKind.WRITE, name + " offset=" + offset);
        byte[] bytes = bytes(source);
        int fitting = fitting(file, offset, bytes.length);
        int count =
                switch (verdict.part()) {
                    case NOTHING -> 0;
                    case HALF -> bytes.length / 2;
                    case ALL -> bytes.length;
                };
        file.write(Math.toIntExact(offset), bytes, Math.min(count, fitting));
        verdict.conclude();
        if (fitting < bytes.length) {
            throw new DiskFullException("A file cannot be written: file=" + name + " offset=" + offset);
        }
    }

    private static byte[] bytes(ByteBuffer source) {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        return bytes;
    }

    private int fitting(SimulatedFile file, long offset, int count) {
        long growth = Math.max(0, offset + count - file.content().length());
        long excess = Math.min(count, growth - Math.min(growth, freeBytes()));
        return (int) (count - excess);
    }

    void writeDurably(String name, SimulatedFile file, long offset, ByteBuffer source) {
        FaultPlan.Verdict verdict = faults.next(OperationKind.WRITE_DURABLY, name + " offset=" + offset);
        if (verdict.part() == CutPart.NOTHING) {
            verdict.conclude();
        }
        byte[] bytes = bytes(source);
        int from = Math.toIntExact(offset);
        int fitting = fitting(file, offset, bytes.length);
        file.write(from, bytes, fitting);
        if (verdict.isPowerLoss()) {
            // A half that ends within a sector leaves that sector pending, to be lost or torn.
            int half = (from + fitting / 2) / SimulatedFile.SECTOR_BYTES * SimulatedFile.SECTOR_BYTES;
            int durableUntil = verdict.part() == CutPart.ALL ? from + fitting : half;
            if (durableUntil > from) {
                file.syncRange(from, durableUntil);
            }
            verdict.conclude();
        }
        if (!verdict.isDone() || fitting < bytes.length) {
            file.failSyncRange(from, from + fitting, failedSync);
            verdict.conclude();
            throw new StorageException(
                    "A file cannot be written durably, the disk is full: file=" + name + " offset=" + offset);
        }
        file.syncRange(from, from + bytes.length);
    }

    void truncate(String name, SimulatedFile file, long length) {
        FaultPlan.Verdict verdict = faults.next(OperationKind.TRUNCATE, name + " length=" + length);
        if (length > file.content().length()) {
            throw new IllegalArgumentException("Cutting cannot make a file longer: file=" + name + " length=" + length);
        }
        if (verdict.part() == CutPart.ALL) {
            file.truncate((int) length);
        }
        verdict.conclude();
    }

    void sync(String name, SimulatedFile file) {
        FaultPlan.Verdict verdict = faults.next(OperationKind.SYNC, name);
        if (verdict.part() == CutPart.ALL) {
            file.sync();
        } else if (!verdict.isPowerLoss()) {
            file.failSync(failedSync);
        } else if (verdict.part() == CutPart.HALF) {
            file.syncHalf();
        }
        verdict.conclude();
    }
}
