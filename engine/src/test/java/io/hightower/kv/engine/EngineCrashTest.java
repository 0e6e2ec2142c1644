package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.spi.ReadView;
import io.hightower.kv.storage.simulated.CutPart;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.PowerLostException;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Cuts the power at every disk operation of a short life of a store: first opening, writes of every kind, a new log segment,
 * checkpoints, closing, reopening and more writes. Whatever the disk kept of what was not synced, the reopened store has
 * everything that was acknowledged, and what it has is what a prefix of the commands makes.
 */
class EngineCrashTest {
    private static final int SEEDS = 2;

    /** What a reader sees: the state after a prefix of the steps. */
    private record Seen(long revision, long latestVersion, List<KeyValue> entries) {}

    /** How far a life came: {@code acknowledged} steps returned, {@code begun} were begun. */
    private static final class Progress {
        int begun;
        int acknowledged;
    }

    @Test
    void recoversEveryAcknowledgedWriteAndAPrefixAfterPowerLossAtEveryDiskOperation() {
        List<Seen> states = new ArrayList<>();
        SimulatedDisk whole = SimulatedDisk.empty();
        live(whole, new Progress(), engine -> states.add(see(engine)));
        long operations = whole.operations();

        Set<String> images = new HashSet<>();
        for (long operation = 1; operation <= operations; operation++) {
            for (CutPart part : CutPart.values()) {
                SimulatedDisk disk = SimulatedDisk.empty();
                disk.cutPowerAt(operation, part);
                Progress progress = new Progress();
                live(disk, progress, engine -> {});
                for (LossPolicy policy : LossPolicy.values()) {
                    for (int seed = 0; seed < seeds(policy); seed++) {
                        String moment = "operation=" + operation + " part=" + part + " policy=" + policy + " seed="
                                + seed + " acknowledged=" + progress.acknowledged + " begun=" + progress.begun;
                        SimulatedDisk found = disk.reopenAfterPowerLoss(policy, seed);
                        if (images.add(found.fingerprint() + progress.acknowledged)) {
                            assertRecovers(found, progress, states, moment);
                        }
                    }
                }
            }
        }
        System.out.println("Power was cut at " + operations + " operations; distinct disks: " + images.size());
        assertThat(images.size()).isGreaterThan(500);
    }

    private static int seeds(LossPolicy policy) {
        return policy == LossPolicy.RANDOM_SUBSET || policy == LossPolicy.TORN_SECTOR ? SEEDS : 1;
    }

    private static void assertRecovers(SimulatedDisk disk, Progress progress, List<Seen> states, String moment) {
        Seen first;
        try (LocalEngine engine = open(disk)) {
            first = see(engine);
            int prefix = states.lastIndexOf(first);
            assertThat(prefix)
                    .as("the state is that of a prefix: %s found=%s", moment, first)
                    .isNotNegative();
            assertThat(prefix)
                    .as("nothing acknowledged is lost: %s", moment)
                    .isGreaterThanOrEqualTo(progress.acknowledged);
            assertThat(states.indexOf(first))
                    .as("nothing is invented: %s", moment)
                    .isLessThanOrEqualTo(progress.begun);
            engine.put(Bytes.utf8("after"), Bytes.utf8("the crash"));
        }
        try (LocalEngine engine = open(disk.reopenAfterPowerLoss(LossPolicy.NOTHING_UNSYNCED_SURVIVES, 0))) {
            assertThat(engine.get(Bytes.utf8("after")))
                    .as("the store goes on: %s", moment)
                    .hasValue(Bytes.utf8("the crash"));
            assertThat(engine.len())
                    .as("the store goes on: %s", moment)
                    .isEqualTo(first.entries().size() + 1L);
        }
    }

    /** Lives the whole life, or as much of it as the disk allows. Each step changes what a reader sees, or nothing. */
    private static void live(SimulatedDisk disk, Progress progress, Consumer<LocalEngine> afterStep) {
        try {
            firstOpening(disk, progress, afterStep);
            secondOpening(disk, progress, afterStep);
        } catch (RuntimeException e) {
            assertThat(rootCause(e)).as("only the power may fail").isInstanceOf(PowerLostException.class);
        }
    }

    private static void firstOpening(SimulatedDisk disk, Progress progress, Consumer<LocalEngine> afterStep) {
        try (LocalEngine engine = open(disk)) {
            afterStep.accept(engine);
            List<Runnable> steps = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String key = "key" + i;
                steps.add(() -> engine.put(Bytes.utf8(key), value(40)));
            }
            steps.add(() -> engine.delete(Bytes.utf8("key1")));
            steps.add(() -> engine.submitBatch(List.of(
                    Command.put(Bytes.utf8("batch1"), value(700)),
                    Command.put(Bytes.utf8("batch2"), value(700)),
                    Command.delete(Bytes.utf8("key2")))));
            steps.add(() -> engine.submit(new Command.Put(Bytes.utf8("versioned"), value(3), 99)));
            steps.add(() -> engine.submit(new Command.Put(Bytes.utf8("versioned"), value(4), 98)));
            steps.add(() -> engine.put(Bytes.utf8("large"), value(40_000)));
            steps.add(() -> engine.put(Bytes.utf8("larger"), value(50_000)));
            steps.add(engine::runCompactionNow);
            steps.add(() -> engine.put(Bytes.utf8("key1"), value(5)));
            steps.add(() -> engine.deleteRange(KeyRange.prefix(Bytes.utf8("batch"))));
            steps.add(engine::flush);
            perform(steps, progress, engine, afterStep);
        }
    }

    private static void secondOpening(SimulatedDisk disk, Progress progress, Consumer<LocalEngine> afterStep) {
        try (LocalEngine engine = open(disk)) {
            List<Runnable> steps = new ArrayList<>();
            steps.add(() -> engine.put(Bytes.utf8("again"), value(60_000)));
            steps.add(() -> engine.put(Bytes.utf8("key0"), value(1)));
            steps.add(engine::runCompactionNow);
            steps.add(() -> engine.delete(Bytes.utf8("large")));
            perform(steps, progress, engine, afterStep);
        }
    }

    private static void perform(
            List<Runnable> steps, Progress progress, LocalEngine engine, Consumer<LocalEngine> afterStep) {
        for (Runnable step : steps) {
            progress.begun++;
            step.run();
            progress.acknowledged++;
            afterStep.accept(engine);
        }
    }

    private static LocalEngine open(SimulatedDisk disk) {
        Options options = Options.at(Path.of("simulated"))
                .withSegmentBytes(64 * 1024)
                .withMaintenanceInterval(Duration.ofDays(1))
                .withFreeDiskBytesMin(0)
                .withTombstoneGrace(Duration.ZERO);
        return new Assembly(options).open(disk);
    }

    private static Seen see(LocalEngine engine) {
        return engine.readWith(
                view -> new Seen(view.revision(), view.latestVersion(), view.scan(KeyRange.all(), ReadView.NO_LIMIT)));
    }

    private static Bytes value(int length) {
        byte[] value = new byte[length];
        for (int i = 0; i < length; i++) {
            value[i] = (byte) (i * 31 + length);
        }
        return Bytes.wrap(value);
    }

    private static Throwable rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
