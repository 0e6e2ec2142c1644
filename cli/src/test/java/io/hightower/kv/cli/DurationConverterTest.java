package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class DurationConverterTest {
    @Test
    void readsNumbersWithTheirUnit() {
        Map<String, Duration> durations = Map.of(
                "0", Duration.ZERO,
                "7ns", Duration.ofNanos(7),
                "250us", Duration.ofNanos(250_000),
                "25ms", Duration.ofMillis(25),
                "1.5s", Duration.ofMillis(1500),
                "5 m", Duration.ofMinutes(5),
                "2h", Duration.ofHours(2),
                "1d", Duration.ofDays(1));

        durations.forEach((text, duration) ->
                assertThat(DurationConverter.duration(text)).as(text).isEqualTo(duration));
    }

    @Test
    void refusesWhatIsNoDuration() {
        for (String text : new String[] {"", "5", "s", "-1s", "1w", "0.5ns", "1h30m", "PT5S", "999999999999d"}) {
            assertThatThrownBy(() -> DurationConverter.duration(text))
                    .as(text)
                    .isInstanceOf(TypeConversionException.class)
                    .hasMessageContaining("'" + text + "' is not a duration");
        }
    }
}
