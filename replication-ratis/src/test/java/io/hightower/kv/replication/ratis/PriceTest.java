package io.hightower.kv.replication.ratis;

import static io.hightower.kv.replication.ratis.TestCluster.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader whose store lags behind pays for what it proposes, however little that is. */
final class PriceTest {
    private static final int WRITES = 20;

    /** More than a sleep that took too long can set off, for a record of this size. */
    private static final long KIB_NANOS = 200_000_000;

    private static final int VALUE_BYTES = 50;

    private final AtomicInteger asked = new AtomicInteger();

    @TempDir
    Path directory;

    @Test
    void aLoneWriterOfSmallRecordsPaysForEach() throws IOException {
        TestCluster cluster = TestCluster.of(1, directory);
        try (RatisReplication member =
                RatisReplication.open(cluster.options("m1"), new KvState(laggingStore()), Metrics.none())) {
            join(member.readBarrier());
            int before = asked.get();
            for (int i = 0; i < WRITES; i++) {
                join(member.submit(Command.put(Bytes.utf8("k"), Bytes.wrap(new byte[VALUE_BYTES]))));
            }
            // Before it sleeps, after it has slept, and when it notes what it owes for the next time.
            assertThat(asked.get() - before).isGreaterThanOrEqualTo(3 * (WRITES - 1));
        }
    }

    private StateStore laggingStore() {
        TreeMapStateStore store = new TreeMapStateStore();
        return (StateStore) Proxy.newProxyInstance(
                PriceTest.class.getClassLoader(), new Class<?>[] {StateStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("writeDelayNanos")) {
                        asked.incrementAndGet();
                        return KIB_NANOS;
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }
}
