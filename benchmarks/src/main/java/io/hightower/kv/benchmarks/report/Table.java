package io.hightower.kv.benchmarks.report;

import java.io.PrintWriter;
import java.util.Locale;

/** Rows under a head, each printed as it comes. <b>Used by one thread at a time.</b> */
public final class Table {
    private static final String FORM = "%-24s %-14s %7s %12s %-12s %10s %10s %8s  %-16s%n";
    private static final String UNKNOWN = "-";

    private final PrintWriter output;
    private boolean isBegun;

    /** Prints into {@code output}. */
    public Table(PrintWriter output) {
        this.output = output;
    }

    /** Prints a row. */
    public void print(Row row) {
        if (!isBegun) {
            isBegun = true;
            output.printf(
                    FORM, "workload", "engine", "threads", "value", "unit", "p50 µs", "p99 µs", "ratio", "target");
        }
        output.printf(
                FORM,
                row.text("workload").orElse(UNKNOWN),
                row.text("engine").orElse(UNKNOWN),
                firstShown(row, 0, "threads", "outstanding"),
                shown(row, "value", row.number("value") < 1000 ? 2 : 0),
                row.text("unit").orElse(UNKNOWN),
                shown(row, "p50Micros", 2),
                shown(row, "p99Micros", 2),
                firstShown(row, 2, "ratioToRocksdb", "ratioToOneCommand", "ratioToPuts"),
                verdict(row));
        row.text("note").ifPresent(note -> output.println("  " + note));
        output.flush();
    }

    private static String verdict(Row row) {
        String target = row.text("target").orElse("");
        return row.text("reached")
                .map(reached -> target + (reached.equals("true") ? " reached" : " missed"))
                .orElse("");
    }

    private static String firstShown(Row row, int decimals, String... fields) {
        for (String field : fields) {
            if (!Double.isNaN(row.number(field))) {
                return shown(row, field, decimals);
            }
        }
        return UNKNOWN;
    }

    private static String shown(Row row, String field, int decimals) {
        double number = row.number(field);
        return Double.isNaN(number) ? UNKNOWN : String.format(Locale.ROOT, "%." + decimals + "f", number);
    }
}
