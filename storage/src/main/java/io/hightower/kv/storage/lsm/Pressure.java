package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.spi.StateStore;
import java.util.Optional;

/**
 * The price of writing: how long writers wait for each KiB because flushes and merges lag behind.
 *
 * <pre>
 * price of a KiB
 *  1 ms (1 MiB/s) |                    ______ stop
 *                 |                 __/
 *               0 |________________/
 *                  soft limit      hard limit     of sealed memtables, of level 0 tables, of bytes to merge
 * </pre>
 *
 * <p>The price grows with the square of how far the worst of the three has come from its soft to its hard limit, so that it is
 * not felt at first; and it is paid for bytes, so that a lone writer of small records is not asked for more than one of large
 * batches. <b>Thread-safe.</b>
 */
final class Pressure {
    private static final long KIB_NANOS_MAX = 1_000_000;

    private static final int SEALED_SOFT = 2;
    private static final int SEALED_HARD = 5;
    private static final int LEVEL_0_SOFT_FACTOR = 3;
    private static final int LEVEL_0_HARD_FACTOR = 10;
    private static final long DEBT_SOFT_TABLES = 32;
    private static final long DEBT_HARD_TABLES = 512;

    private final StoreParts parts;
    private final Roots roots;
    private final Flusher flusher;
    private final Merging merging;

    Pressure(StoreParts parts, Roots roots, Flusher flusher, Merging merging) {
        this.parts = parts;
        this.roots = roots;
        this.flusher = flusher;
        this.merging = merging;
    }

    long kibNanos() {
        if (parts.poison().cause().isPresent()) {
            return StateStore.WRITES_STOPPED;
        }
        double share = Math.max(sealedShare(), Math.max(level0Share(), debtShare()));
        if (share <= 0) {
            return 0;
        }
        return share >= 1 ? StateStore.WRITES_STOPPED : (long) (share * share * KIB_NANOS_MAX);
    }

    private double sealedShare() {
        return share(roots.current().sealed().size(), SEALED_SOFT, SEALED_HARD);
    }

    private double level0Share() {
        long trigger = parts.options().level0Tables();
        return share(
                roots.current().files().flushedTables(), LEVEL_0_SOFT_FACTOR * trigger, LEVEL_0_HARD_FACTOR * trigger);
    }

    private double debtShare() {
        long table = parts.options().tableBytes();
        return share(merging.debtBytes(), DEBT_SOFT_TABLES * table, DEBT_HARD_TABLES * table);
    }

    private static double share(long value, long soft, long hard) {
        return (double) (value - soft) / (hard - soft);
    }

    /** Returns why writes wait or are refused, or what else is wrong; nothing if all is well. */
    Optional<String> problem() {
        Optional<String> failed = parts.poison()
                .cause()
                .map(cause -> "The store writes nothing any more until it is reopened: " + cause.getMessage());
        return failed.or(flusher::problem).or(merging::problem).or(this::lag);
    }

    private Optional<String> lag() {
        if (kibNanos() != StateStore.WRITES_STOPPED) {
            return Optional.empty();
        }
        return Optional.of("Writes wait until flushes and merges have caught up: sealedMemtables="
                + roots.current().sealed().size() + " level0Tables="
                + roots.current().files().flushedTables() + " bytesToMerge=" + merging.debtBytes());
    }
}
