package io.hightower.kv.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hightower.kv.cli.transfer.ImportWindow.Ticket;
import io.hightower.kv.cli.transfer.LineSource.Line;
import io.hightower.kv.statemachine.Bytes;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ImportWindowTest {
    private final ImportWindow window = new ImportWindow(3, 100, ImportMark.START);

    @Test
    void acknowledgesNothingBehindAnUnansweredLine() throws InterruptedException {
        Ticket first = admit(1, "a", "");
        Ticket second = admit(2, "b", "");

        window.stored(second);
        assertThat(window.acknowledged()).isEqualTo(ImportMark.START);

        window.stored(first);
        assertThat(window.acknowledged()).isEqualTo(new ImportMark(20, 2, OptionalLong.of(10)));
    }

    @Test
    void acknowledgesSkippedLineWithoutTakingItForStored() throws InterruptedException {
        window.stored(admit(1, "a", ""));
        window.skip(line(2));
        window.refused(admit(3, "b", ""), true);

        assertThat(window.acknowledged()).isEqualTo(new ImportMark(30, 3, OptionalLong.of(0)));
    }

    @Test
    void neverAcknowledgesLineThatEndedTheImport() throws InterruptedException {
        Ticket bad = admit(1, "a", "");
        Ticket good = admit(2, "b", "");

        window.refused(bad, false);
        window.stored(good);

        assertThat(window.acknowledged()).isEqualTo(ImportMark.START);
        assertThat(window.awaitEmpty(Duration.ZERO)).isTrue();
    }

    @Test
    void holdsBackKeyThatIsOnItsWay() throws InterruptedException {
        Ticket first = admit(1, "a", "");
        CompletableFuture<Ticket> second = admitting(2, "a", "");
        assertThat(second).isNotDone();

        window.stored(first);

        assertThat(second).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void holdsBackRecordsBeyondTheirNumber() throws InterruptedException {
        Ticket first = admit(1, "a", "");
        admit(2, "b", "");
        admit(3, "c", "");
        CompletableFuture<Ticket> fourth = admitting(4, "d", "");
        assertThat(fourth).isNotDone();

        window.stored(first);

        assertThat(fourth).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void holdsBackRecordsBeyondTheirBytesButNotALoneOne() throws InterruptedException {
        Ticket large = admit(1, "a", "v".repeat(1000));
        CompletableFuture<Ticket> small = admitting(2, "b", "v");
        assertThat(small).isNotDone();

        window.stored(large);

        assertThat(small).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void admitsNothingOnceStopped() throws InterruptedException {
        admit(1, "a", "");
        CompletableFuture<Ticket> waiting = admitting(2, "a", "");

        window.stop();

        assertThat(waiting).failsWithin(Duration.ofSeconds(10));
        assertThat(window.awaitEmpty(Duration.ZERO)).isFalse();
    }

    private Ticket admit(long number, String key, String value) throws InterruptedException {
        return window.admit(line(number), record(key, value)).orElseThrow();
    }

    /** Begins to admit on another thread, and returns once that thread is done, or waits. */
    private CompletableFuture<Ticket> admitting(long number, String key, String value) {
        CompletableFuture<Ticket> admitted = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                admitted.complete(admit(number, key, value));
            } catch (InterruptedException | NoSuchElementException e) {
                admitted.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        await().until(() -> admitted.isDone() || thread.getState() == Thread.State.WAITING);
        return admitted;
    }

    private static TextRecord record(String key, String value) {
        return new TextRecord(Bytes.utf8(key), Bytes.utf8(value));
    }

    /** Every line is ten bytes long. */
    private static Line line(long number) {
        return new Line(number, 10 * (number - 1), 10 * number, Bytes.EMPTY, false);
    }
}
