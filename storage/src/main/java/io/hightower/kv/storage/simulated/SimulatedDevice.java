package io.hightower.kv.storage.simulated;

import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.StorageException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** What a disk and its open files share, and what files do. <b>Used by one thread at a time</b>: the disk sees to that. */
final class SimulatedDevice {
    private static final long NEVER = Long.MAX_VALUE;

    final SimulatedNames names = new SimulatedNames();
    final FaultPlan faults = new FaultPlan();

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
        byte[] bytes = new byte[count];
        if (count > 0) {
            file.content().read((int) offset, bytes);
        }
        target.put(bytes);
        return count;
    }

    void write(String name, SimulatedFile file, long offset, ByteBuffer source) {
        FaultPlan.Verdict verdict = faults.next(OperationKind.WRITE, name + " offset=" + offset);
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        long growth = Math.max(0, offset + bytes.length - file.content().length());
        long excess = Math.min(bytes.length, growth - Math.min(growth, freeBytes()));
        int count =
                switch (verdict.part()) {
                    case NOTHING -> 0;
                    case HALF -> bytes.length / 2;
                    case ALL -> bytes.length;
                };
        int fitting = (int) Math.min(count, bytes.length - excess);
        file.write(Math.toIntExact(offset), Arrays.copyOf(bytes, fitting));
        verdict.conclude();
        if (excess > 0) {
            throw new DiskFullException("A file cannot be written: file=" + name + " offset=" + offset);
        }
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
