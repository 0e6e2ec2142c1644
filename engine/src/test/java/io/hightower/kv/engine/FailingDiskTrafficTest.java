package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.OperationKind;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that fails under several writing threads: only the two typed errors are seen, and nothing acknowledged is lost. */
class FailingDiskTrafficTest {
    private static final int THREADS = 4;
    private static final int KEYS = 200;

    private final Queue<Bytes> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<Bytes> refused = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 20, 60})
    void aFailedSyncEndsInTypedErrorsAndLosesNothing(int failingSync) throws InterruptedException {
        SimulatedDisk disk = SimulatedDisk.empty();
        try (LocalEngine engine = open(disk)) {
            disk.failFrom(OperationKind.WRITE_DURABLY, failingSync);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                String name = "t" + i;
                threads.add(new Thread(() -> write(engine, name)));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(unexpected).isEmpty();
        assertThat(refused).isNotEmpty();

        disk.heal();
        try (LocalEngine engine = open(disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 1))) {
            assertThat(acknowledged).allMatch(key -> engine.get(key).isPresent());
            assertThat(refused).noneMatch(key -> engine.get(key).isPresent());
        }
    }

    private void write(LocalEngine engine, String name) {
        for (int i = 0; i < KEYS; i++) {
            Bytes key = Bytes.utf8(name + "-" + i);
            try {
                engine.put(key, key);
                acknowledged.add(key);
            } catch (NotReplicatedException e) {
                refused.add(key);
            } catch (OutcomeUnknownException e) {
                assertThat(e).hasCauseInstanceOf(Throwable.class);
            } catch (RuntimeException | Error e) {
                unexpected.add(e);
            }
        }
    }

    private static LocalEngine open(SimulatedDisk disk) {
        return new Assembly(Options.small(Path.of("simulated")).withFreeDiskBytesMin(0)).open(disk);
    }
}
