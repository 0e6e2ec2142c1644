package io.hightower.kv.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class RowTest {
    @Test
    void writesFieldsInOrderWithThreeDecimals() {
        Row row = new Row()
                .with("workload", "get-\"hot\"")
                .with("opsPerSecond", 12345678.90123)
                .with("ratioToRocksdb", Double.NaN)
                .with("reached", true)
                .without("note")
                .with("keys", 1_000_000);

        assertThat(row.toJson())
                .isEqualTo("{\"workload\":\"get-\\\"hot\\\"\",\"opsPerSecond\":12345678.901,\"ratioToRocksdb\":null,"
                        + "\"reached\":true,\"note\":null,\"keys\":1000000}");
    }

    @Test
    void readsWhatItWrote() {
        String json = new Row()
                .with("a", "text")
                .with("b", 1.5)
                .with("c", false)
                .without("d")
                .toJson();

        Row read = Row.parse(json);

        assertThat(read.toJson()).isEqualTo(json);
        assertThat(read.text("a")).hasValue("text");
        assertThat(read.number("b")).isEqualTo(1.5);
        assertThat(read.text("c")).hasValue("false");
        assertThat(read.text("d")).isEmpty();
        assertThat(read.number("d")).isNaN();
    }

    @Test
    void refusesWhatIsNoRow() {
        assertThatThrownBy(() -> Row.parse("hello")).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> Row.parse("[1]")).hasMessageContaining("Not a row");
        assertThatThrownBy(() -> Row.parse("{\"a\":[1]}")).hasMessageContaining("Not a row");
    }
}
