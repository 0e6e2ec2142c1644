package io.hightower.kv.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cli.transfer.LineSource.Line;
import io.hightower.kv.statemachine.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LineSourceTest {
    @Test
    void tellsNumberAndPlaceOfEachLine() throws IOException {
        assertThat(lines("ab\n\nc\n", 10))
                .containsExactly(
                        new Line(1, 0, 3, Bytes.utf8("ab"), false),
                        new Line(2, 3, 4, Bytes.EMPTY, false),
                        new Line(3, 4, 6, Bytes.utf8("c"), false));
    }

    @Test
    void acceptsLastLineWithoutNewline() throws IOException {
        assertThat(lines("a\nbc", 10)).last().isEqualTo(new Line(2, 2, 4, Bytes.utf8("bc"), false));
    }

    @Test
    void findsNoLineInEmptyInput() throws IOException {
        assertThat(lines("", 10)).isEmpty();
    }

    @Test
    void readsOverLineThatIsTooLong() throws IOException {
        assertThat(lines("12345\n1234\n", 4))
                .containsExactly(new Line(1, 0, 6, Bytes.EMPTY, true), new Line(2, 6, 11, Bytes.utf8("1234"), false));
    }

    @Test
    void joinsLineThatArrivesInPieces() throws IOException {
        String longLine = "x".repeat(700_000);

        assertThat(lines(longLine + "\ny\n", 1_000_000))
                .containsExactly(
                        new Line(1, 0, 700_001, Bytes.utf8(longLine), false),
                        new Line(2, 700_001, 700_003, Bytes.utf8("y"), false));
    }

    @Test
    void countsOnFromTheMarkThatItStartsAt() throws IOException {
        LineSource source = new LineSource(stream("b\n"), new ImportMark(100, 7, OptionalLong.empty()), 10);

        assertThat(source.next()).contains(new Line(8, 100, 102, Bytes.utf8("b"), false));
    }

    private static List<Line> lines(String text, int lineBytesMax) throws IOException {
        LineSource source = new LineSource(stream(text), ImportMark.START, lineBytesMax);
        List<Line> lines = new ArrayList<>();
        for (Optional<Line> line = source.next(); line.isPresent(); line = source.next()) {
            lines.add(line.get());
        }
        return lines;
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
