package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.spi.ReadView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineThreadsTest {
    @TempDir
    private Path directory;

    private LocalEngine open() {
        return Hightower.open(Options.at(directory).withFreeDiskBytesMin(0).withWorkerThreads(1));
    }

    /** Has the one reader thread wait for the gate. */
    private static CompletableFuture<Long> occupy(LocalEngine engine, CountDownLatch begun, CountDownLatch gate) {
        return engine.readWithAsync((ReadView view) -> {
            begun.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return view.revision();
        });
    }

    @Test
    void answersWritesWhileReadersKeepEveryReaderThread() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        try (LocalEngine engine = open()) {
            CompletableFuture<Long> slow = occupy(engine, begun, gate);
            begun.await();

            assertThat(engine.submitAsync(Command.put(Bytes.utf8("k"), Bytes.utf8("v"))))
                    .succeedsWithin(Duration.ofSeconds(10));

            assertThat(slow).isNotDone();
            gate.countDown();
            assertThat(slow).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void refusesReadersBeyondTheMostThatWait() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        try (LocalEngine engine = open()) {
            occupy(engine, begun, gate);
            begun.await();
            List<CompletableFuture<Long>> waiting = new ArrayList<>();
            for (int i = 0; i < Assembly.READERS_WAITING_MAX; i++) {
                waiting.add(engine.readWithAsync(ReadView::revision));
            }

            CompletableFuture<Long> refused = engine.readWithAsync(ReadView::revision);

            assertThatThrownBy(refused::join)
                    .cause()
                    .isInstanceOf(ReadUnavailableException.class)
                    .hasMessageContaining("Too many readers wait")
                    .hasCauseInstanceOf(RejectedExecutionException.class);
            gate.countDown();
            assertThat(CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)))
                    .succeedsWithin(Duration.ofSeconds(10));
            assertThat(engine.readWithAsync(ReadView::revision)).succeedsWithin(Duration.ofSeconds(10));
        }
    }
}
