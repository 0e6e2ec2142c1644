package io.hightower.kv.storage.simulated;

import io.hightower.kv.statemachine.StorageException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts the operations and decides what becomes of each. <b>Used by one thread at a time.</b> */
final class FaultPlan {
    private static final long NEVER = Long.MAX_VALUE;

    private final Map<OperationKind, Failure> failures = new EnumMap<>(OperationKind.class);
    private final Map<OperationKind, Long> counts = new EnumMap<>(OperationKind.class);
    private long operations;
    private long cutAt = NEVER;
    private CutPart cutPart = CutPart.NOTHING;
    /** Whether what is cut is the process only, so that the next one can go on. */
    private boolean cutSparesPower;

    private boolean powerLost;

    private record Failure(long from, boolean forEver) {
        boolean hits(long count) {
            return forEver ? count >= from : count == from;
        }
    }

    /** What becomes of one operation: how much of it is done, and how it fails. */
    record Verdict(CutPart part, @Nullable StorageException failure) {
        private static final Verdict DONE = new Verdict(CutPart.ALL, null);

        boolean isDone() {
            return failure == null;
        }

        boolean isPowerLoss() {
            return failure instanceof PowerLostException;
        }

        /** Throws if the operation fails; called after its part was done. */
        void conclude() {
            if (failure != null) {
                throw failure;
            }
        }
    }

    Verdict next(OperationKind kind, String file) {
        String operation = kind + " file=" + file;
        requirePower(operation);
        if (kind != OperationKind.READ) {
            operations++;
        }
        if (operations >= cutAt && kind != OperationKind.READ) {
            powerLost = true;
            return new Verdict(cutPart, new PowerLostException(operation));
        }
        long count = counts.merge(kind, 1L, Long::sum);
        Failure failure = failures.get(kind);
        if (failure != null && failure.hits(count)) {
            return new Verdict(CutPart.HALF, new StorageException("A simulated fault: operation=" + operation));
        }
        return Verdict.DONE;
    }

    void requirePower(String operation) {
        if (powerLost) {
            throw new PowerLostException(operation);
        }
    }

    long operations() {
        return operations;
    }

    void cutPowerAt(long operation, CutPart part) {
        cutAt = operation;
        cutPart = part;
        cutSparesPower = false;
    }

    void endProcessAt(long operation, CutPart part) {
        cutPowerAt(operation, part);
        cutSparesPower = true;
    }

    void cutPower() {
        powerLost = true;
        cutSparesPower = false;
    }

    void nextProcess() {
        if (powerLost && cutSparesPower) {
            powerLost = false;
            cutAt = NEVER;
        }
    }

    void fail(OperationKind kind, long nth, boolean forEver) {
        failures.put(kind, new Failure(counts.getOrDefault(kind, 0L) + nth, forEver));
    }

    void heal() {
        failures.clear();
    }
}
