package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.StorageException;
import java.util.ArrayList;
import java.util.List;

/** Collects what a verification finds, and counts what it reads. <b>Used by one thread at a time.</b> */
final class Findings {
    private final VerificationListener listener;
    private final List<Finding> found = new ArrayList<>();
    private long bytesTotal;
    private long bytesDone;

    Findings(VerificationListener listener) {
        this.listener = listener;
    }

    void expect(long bytes) {
        bytesTotal += bytes;
    }

    void reading(String what) {
        listener.reading(what, bytesDone, bytesTotal);
    }

    void done(long bytes) {
        bytesDone += bytes;
    }

    long bytesDone() {
        return bytesDone;
    }

    void add(Finding.Kind kind, String file, long offset, String text) {
        Finding finding = new Finding(kind, file, offset, text);
        found.add(finding);
        listener.found(finding);
    }

    void remark(String file, String text) {
        add(Finding.Kind.REMARK, file, 0, text);
    }

    /** Runs a check of a file and turns its failure into a finding; returns whether there was none. */
    boolean holds(String file, Runnable check) {
        try {
            check.run();
            return true;
        } catch (StorageException e) {
            add(e, file);
            return false;
        }
    }

    /** Adds what a failure says; {@code file} is what was read when it came. */
    void add(StorageException failure, String file) {
        if (failure instanceof CorruptionException damage) {
            add(Finding.Kind.DAMAGED, damage.file(), damage.offset(), message(damage));
        } else if (failure instanceof FormatException) {
            add(Finding.Kind.FOREIGN, file, 0, message(failure));
        } else {
            add(Finding.Kind.UNREADABLE, file, 0, message(failure));
        }
    }

    private static String message(StorageException e) {
        return String.valueOf(e.getMessage());
    }

    List<Finding> all() {
        return found;
    }
}
