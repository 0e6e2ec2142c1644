package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.storage.log.SyncPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class SyncPolicyConverterTest {
    private final SyncPolicyConverter converter = new SyncPolicyConverter();

    @Test
    void readsEachPolicy() {
        assertThat(converter.convert("every")).isEqualTo(SyncPolicy.everyWrite());
        assertThat(converter.convert("interval=25ms")).isEqualTo(SyncPolicy.interval(Duration.ofMillis(25)));
        assertThat(converter.convert("bytes=1MiB")).isEqualTo(SyncPolicy.afterBytes(1 << 20));
        assertThat(converter.convert("never")).isEqualTo(SyncPolicy.never());
    }

    @Test
    void refusesOthers() {
        for (String text : new String[] {"", "always", "interval", "interval=", "interval=0", "bytes=0", "bytes=x"}) {
            assertThatThrownBy(() -> converter.convert(text)).as(text).isInstanceOf(TypeConversionException.class);
        }
    }
}
