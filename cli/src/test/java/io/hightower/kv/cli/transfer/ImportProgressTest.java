package io.hightower.kv.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cli.transfer.ImportSummary.Ending;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ImportProgressTest {
    @Test
    void showsShareRateAndTimeLeftByBytes() {
        ImportProgress progress = new ImportProgress(OptionalLong.of(1000), 0);

        assertThat(progress.bar(250, 5000, Duration.ofSeconds(10)))
                .isEqualTo(" 25% [=======                       ] 5,000 records  500/s  ETA 0:30");
    }

    @Test
    void estimatesFromWhatThisImportDid() {
        ImportProgress progress = new ImportProgress(OptionalLong.of(1000), 800);

        assertThat(progress.bar(900, 10, Duration.ofSeconds(10))).endsWith("ETA 0:10");
        assertThat(progress.bar(800, 0, Duration.ofSeconds(10))).endsWith("ETA -:--");
    }

    @Test
    void showsCountAndRateOfInputWithoutSize() {
        ImportProgress progress = new ImportProgress(OptionalLong.empty(), 0);

        assertThat(progress.bar(250, 1234, Duration.ofSeconds(2))).isEqualTo("1,234 records  617/s");
    }

    @Test
    void sumsUpInOneLine() {
        ImportMark end = new ImportMark(90, 9, OptionalLong.of(80));

        assertThat(new ImportProgress(OptionalLong.of(90), 0)
                        .summary(
                                new ImportSummary(8, 0, end, Ending.COMPLETE, Optional.empty()),
                                Duration.ofMillis(500)))
                .isEqualTo("imported 8 records in 0.5 s (16/s)");
        assertThat(new ImportProgress(OptionalLong.of(99), 10)
                        .summary(
                                new ImportSummary(7, 2, end, Ending.INTERRUPTED, Optional.empty()),
                                Duration.ofSeconds(7)))
                .isEqualTo(
                        "imported 7 records in 7.0 s (1/s), resumed, 2 lines skipped, not complete: every line up to 9 "
                                + "is done");
    }
}
