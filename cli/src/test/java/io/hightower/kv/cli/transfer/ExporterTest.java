package io.hightower.kv.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.cli.transfer.RecordPages.Page;
import io.hightower.kv.cli.transfer.TextRecord.Notation;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.ReadUnavailableException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ExporterTest {
    private final TreeMap<Bytes, Bytes> store = new TreeMap<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @Test
    void writesEveryPageInKeyOrder() throws Exception {
        for (int i = 0; i < 10; i++) {
            store.put(Bytes.utf8("k" + i), Bytes.utf8("v\n" + i));
        }

        long written = new Exporter(this::page, Notation.ESCAPED).export(KeyRange.all(), output);

        assertThat(written).isEqualTo(10);
        assertThat(output.toString(StandardCharsets.UTF_8))
                .startsWith("k0\tv\\n0\nk1\tv\\n1\n")
                .endsWith("k9\tv\\n9\n");
    }

    @Test
    void writesOnlyTheRange() throws Exception {
        store.put(Bytes.utf8("a1"), Bytes.EMPTY);
        store.put(Bytes.utf8("b1"), Bytes.EMPTY);
        store.put(Bytes.utf8("b2"), Bytes.EMPTY);
        store.put(Bytes.utf8("c"), Bytes.EMPTY);

        new Exporter(this::page, Notation.ESCAPED).export(KeyRange.prefix(Bytes.utf8("b")), output);

        assertThat(output.toString(StandardCharsets.UTF_8)).isEqualTo("b1\t\nb2\t\n");
    }

    @Test
    void keepsWhatWasWrittenBeforeAPageFailed() {
        List<CompletableFuture<Page>> pages = List.of(
                CompletableFuture.completedFuture(
                        new Page(List.of(new TextRecord(Bytes.utf8("a"), Bytes.EMPTY)), Optional.of(Bytes.utf8("b")))),
                CompletableFuture.failedFuture(new ReadUnavailableException("gone")));
        Exporter exporter = new Exporter(range -> pages.get(range.from().isEmpty() ? 0 : 1), Notation.ESCAPED);

        assertThatThrownBy(() -> exporter.export(KeyRange.all(), output))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ReadUnavailableException.class);
        assertThat(output.toString(StandardCharsets.UTF_8)).isEqualTo("a\t\n");
    }

    /** Three records a page. */
    private CompletableFuture<Page> page(KeyRange range) {
        List<Bytes> keys = store.keySet().stream().filter(range::contains).toList();
        List<TextRecord> records = keys.stream()
                .limit(3)
                .map(key -> new TextRecord(key, store.get(key)))
                .toList();
        Optional<Bytes> next = keys.size() > 3 ? Optional.of(keys.get(3)) : Optional.empty();
        return CompletableFuture.completedFuture(new Page(records, next));
    }
}
