package io.hightower.kv.benchmarks.measure;

import java.util.List;

/** What rounds say together. */
public final class Medians {
    private Medians() {}

    /** Returns the middle of the values, of an even number the mean of the middle two; NaN for none. */
    public static double median(List<Double> values) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Returns the distance between the largest and the smallest value as a share of the median; NaN for none. */
    public static double spread(List<Double> values) {
        double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
        double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
        return (most - least) / median(values);
    }
}
