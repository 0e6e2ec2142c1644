package io.hightower.kv.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.benchmarks.measure.LatencyHistogram;
import io.hightower.kv.benchmarks.measure.Stop;
import io.hightower.kv.engine.Hightower;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchReadersTest {
    private static final int WATCHES = 7;

    private final LocalEngine engine = Hightower.inMemory();

    @AfterEach
    void closeEngine() {
        engine.close();
    }

    @Test
    void countEveryEventOfEveryWatchAndItsDelaySinceTheTimeInItsValue() {
        try (WatchReaders readers = readers()) {
            long begin = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                put(System.nanoTime());
            }
            readers.await(100 * WATCHES, new Stop());
            long longest = System.nanoTime() - begin;

            LatencyHistogram delays = readers.takeDelays();
            assertThat(readers.events()).isEqualTo(100 * WATCHES);
            assertThat(delays.count()).isEqualTo(100 * WATCHES);
            assertThat(delays.percentileNanos(1)).isBetween(1L, longest + longest / 100);
            assertThat(readers.takeDelays().count()).isZero();
        }
    }

    @Test
    void failWhenAWatchEnds() {
        WatchReaders readers = readers();

        engine.close();

        assertThatThrownBy(() -> readers.await(1, new Stop()))
                .hasRootCauseMessage("A watch ended: reason=STORE_CLOSED");
        assertThatThrownBy(readers::close).hasMessage("A watch failed");
    }

    @Test
    void endEarlyWhenAskedTo() {
        Stop stop = new Stop();
        stop.request();

        try (WatchReaders readers = readers()) {
            assertThatThrownBy(() -> readers.await(1, stop)).isInstanceOf(Stop.Stopped.class);
        }
    }

    private WatchReaders readers() {
        WatchReaders readers = new WatchReaders(2);
        for (int i = 0; i < WATCHES; i++) {
            readers.add(engine.watch(WatchRequest.of(KeyRange.all())));
        }
        return readers;
    }

    private void put(long submitted) {
        byte[] value = ByteBuffer.allocate(Long.BYTES).putLong(submitted).array();
        engine.put(Bytes.utf8("key"), Bytes.wrap(value));
    }
}
