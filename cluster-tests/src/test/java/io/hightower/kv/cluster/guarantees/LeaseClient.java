package io.hightower.kv.cluster.guarantees;

import io.hightower.kv.cluster.guarantees.recording.RecordingEngine;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.PutOptions;
import java.util.random.RandomGenerator;

/**
 * One client that grants a lease, hangs keys on it, keeps it alive for a while, then revokes it or lets it end, and asks for it
 * once more. No id is used twice.
 */
final class LeaseClient {
    private static final int KEYS = 12;
    private static final int RENEWALS_MAX = 4;

    private final long firstId;
    private final RandomGenerator random;
    private long leasesGranted;
    private long valuesWritten;

    /** What is done next with the present lease; the first step grants another one. */
    private int step;

    private int renewals;

    LeaseClient(long firstId, RandomGenerator random) {
        this.firstId = firstId;
        this.random = random;
    }

    /** Does one thing. Returns how many milliseconds to wait before the next. */
    long act(RecordingEngine engine) {
        try {
            return next(engine);
        } catch (HightowerException e) {
            // No such lease, closed, or without a leader: the history has it. What became of the lease is not known.
            step = 0;
            return 20;
        }
    }

    private long next(RecordingEngine engine) {
        long id = firstId + leasesGranted;
        if (step == 0) {
            leasesGranted++;
            step = 1;
            // The first one is revoked soon, so that even a short run sees it.
            renewals = leasesGranted == 1 ? 1 : random.nextInt(RENEWALS_MAX + 1);
            engine.grantLease(id + 1, 1 + random.nextInt(2));
            return 0;
        }
        if (step <= 3) {
            step++;
            Bytes key = Bytes.utf8("l/" + random.nextInt(KEYS));
            Bytes value = Bytes.utf8("leased-" + id + "-" + ++valuesWritten);
            engine.put(new Command.Put(key, value, Command.NO_VERSION, PutOptions.lease(id)));
            return random.nextInt(30);
        }
        if (renewals > 0) {
            renewals--;
            step = engine.renewLease(id).ttlSeconds() > 0 ? step : 0;
            return 100L + random.nextInt(700);
        }
        if (step == 4) {
            step = 5;
            if (leasesGranted % 3 == 1) {
                engine.revokeLease(id);
                return 10;
            }
            // Twice the longest time-to-live and what may be added to it: then it is gone.
            return 500L + random.nextInt(3000);
        }
        step = 0;
        engine.renewLease(id);
        return 0;
    }
}
