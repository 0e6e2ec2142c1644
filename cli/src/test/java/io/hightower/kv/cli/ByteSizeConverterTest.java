package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class ByteSizeConverterTest {
    @Test
    void readsNumbersWithAndWithoutUnit() {
        Map<String, Long> sizes = Map.of(
                "0", 0L,
                "4096", 4096L,
                "12B", 12L,
                "64KiB", 65_536L,
                "64 MiB", 67_108_864L,
                "1.5gib", 1_610_612_736L,
                "2TiB", 2_199_023_255_552L,
                "3kB", 3_000L,
                "0.25MB", 250_000L);

        sizes.forEach((text, bytes) ->
                assertThat(ByteSizeConverter.bytes(text)).as(text).isEqualTo(bytes));
    }

    @Test
    void refusesWhatIsNoWholeNumberOfBytes() {
        for (String text :
                new String[] {"", "MiB", "-1", "1.5", "0.1KiB", "1XB", "1e6", "1,5MiB", "8388608TiB", "0x10"}) {
            assertThatThrownBy(() -> ByteSizeConverter.bytes(text))
                    .as(text)
                    .isInstanceOf(TypeConversionException.class)
                    .hasMessageContaining("'" + text + "' is not a size");
        }
    }
}
