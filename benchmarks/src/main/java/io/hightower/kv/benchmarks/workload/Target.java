package io.hightower.kv.benchmarks.workload;

import java.util.Locale;

/**
 * What the engine is to reach in a workload. <b>Immutable.</b>
 *
 * @param of what the bound is compared with
 * @param isLeast whether the bound is the least that will do, or the most
 * @param bound the bound
 */
public record Target(Of of, boolean isLeast, double bound) {
    /** What is compared. */
    public enum Of {
        /** The value divided by that of RocksDB. */
        RATIO,

        /** The value itself. */
        VALUE
    }

    /** At least so many times RocksDB's value. */
    static Target ratioAtLeast(double bound) {
        return new Target(Of.RATIO, true, bound);
    }

    /** At most so many times RocksDB's value. */
    static Target ratioAtMost(double bound) {
        return new Target(Of.RATIO, false, bound);
    }

    /** At most this value. */
    static Target valueAtMost(double bound) {
        return new Target(Of.VALUE, false, bound);
    }

    /** At least this value. */
    static Target valueAtLeast(double bound) {
        return new Target(Of.VALUE, true, bound);
    }

    /** Tells whether it is reached; not if what is compared is not a number. */
    public boolean isReachedBy(double value, double ratio) {
        double compared = of == Of.RATIO ? ratio : value;
        return isLeast ? compared >= bound : compared <= bound;
    }

    /** Returns it as rows show it, for instance {@code ratio >= 1.3}. */
    public String label() {
        return String.format(
                Locale.ROOT, "%s %s %s", of.name().toLowerCase(Locale.ROOT), isLeast ? ">=" : "<=", number());
    }

    private String number() {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
