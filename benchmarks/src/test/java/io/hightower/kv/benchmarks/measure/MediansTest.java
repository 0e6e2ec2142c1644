package io.hightower.kv.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MediansTest {
    @Test
    void takesTheMiddleOrTheMeanOfTheMiddleTwo() {
        assertThat(Medians.median(List.of(9.0, 1.0, 5.0))).isEqualTo(5);
        assertThat(Medians.median(List.of(9.0, 1.0, 5.0, 6.0))).isEqualTo(5.5);
        assertThat(Medians.median(List.of())).isNaN();
    }

    @Test
    void spreadIsTheRangeAsShareOfTheMedian() {
        assertThat(Medians.spread(List.of(9.0, 10.0, 12.0))).isEqualTo(0.3);
        assertThat(Medians.spread(List.of())).isNaN();
    }
}
