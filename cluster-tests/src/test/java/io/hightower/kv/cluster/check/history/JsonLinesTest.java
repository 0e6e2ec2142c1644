package io.hightower.kv.cluster.check.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.cluster.check.history.Answer.Shown;
import io.hightower.kv.cluster.check.random.RandomHistory;
import io.hightower.kv.cluster.check.random.RandomHistory.Mix;
import io.hightower.kv.cluster.check.random.RandomHistory.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file format of histories. */
class JsonLinesTest {
    private static Op op(Invocation asked, Status status, Answer told) {
        return new Op(3, 1_000, 2_000, asked, status, told);
    }

    @Test
    void aLineHasTheFieldsOfItsOperation() {
        assertThat(JsonLines.line(op(Invocation.put("k", "v"), Status.OK, Answer.put(7))))
                .isEqualTo("{\"client\":3,\"call\":1000,\"return\":2000,\"op\":\"put\",\"key\":\"k\",\"value\":\"v\","
                        + "\"status\":\"ok\",\"rev\":7}");
        assertThat(JsonLines.line(op(Invocation.get("k"), Status.OK, Answer.found(7, new Shown("k", "v", 5, 1)))))
                .isEqualTo("{\"client\":3,\"call\":1000,\"return\":2000,\"op\":\"get\",\"key\":\"k\",\"status\":\"ok\","
                        + "\"rev\":7,\"modRev\":5,\"version\":1,\"found\":true,\"out\":\"v\"}");
        assertThat(JsonLines.line(op(
                        Invocation.txn("k", 5, "v", "z"),
                        Status.OK,
                        Answer.txn(7, true, List.of(new Shown("k", "v", 7, 2))))))
                .isEqualTo("{\"client\":3,\"call\":1000,\"return\":2000,\"op\":\"txn\",\"key\":\"k\",\"value\":\"v\","
                        + "\"expectRev\":5,\"end\":\"z\",\"status\":\"ok\",\"rev\":7,\"succeeded\":true,"
                        + "\"kvs\":[[\"k\",\"v\",7,2]]}");
        assertThat(JsonLines.line(op(Invocation.deleteRange("a", "z"), Status.INFO, Answer.NONE)))
                .isEqualTo("{\"client\":3,\"call\":1000,\"return\":2000,\"op\":\"delete\",\"key\":\"a\",\"end\":\"z\","
                        + "\"status\":\"info\"}");
    }

    @Test
    void whatWasWrittenIsReadBack(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("history.jsonl");
        List<Op> history = RandomHistory.of(new SplittableRandom(1), new Shape(5, 500, 4, 0, 10, 50, Mix.EVERYTHING));
        JsonLines.write(file, history);
        assertThat(JsonLines.read(file)).isEqualTo(history);
        Op untold = op(Invocation.delete("k"), Status.OK, Answer.deleted(0, Answer.UNTOLD));
        assertThat(JsonLines.op(JsonLines.line(untold))).isEqualTo(untold);
        Op strange = op(Invocation.put("\"\\\u0001ä", "\n"), Status.OK, Answer.put(2));
        assertThat(JsonLines.op(JsonLines.line(strange))).isEqualTo(strange);
    }

    @Test
    void aLineThatIsNoOperationIsNamed(@TempDir Path directory) throws IOException {
        String good = JsonLines.line(op(Invocation.put("k", "v"), Status.OK, Answer.put(7)));
        for (String bad : List.of(
                "{",
                "{}",
                good.replace("\"put\"", "\"pot\""),
                good.replace("\"rev\"", "\"revision\""),
                good.replace("2000", "999"),
                good.replace("\"ok\"", "\"fine\""))) {
            Path file = directory.resolve("history.jsonl");
            Files.writeString(file, good + "\n\n" + bad + "\n");
            assertThatThrownBy(() -> JsonLines.read(file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("history.jsonl:3");
        }
    }
}
