package io.hightower.kv.engine.planted;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.storage.lsm.BackgroundWork;
import io.hightower.kv.storage.lsm.LogStructuredStore;
import io.hightower.kv.storage.simulated.CutPart;
import io.hightower.kv.storage.simulated.LossPolicy;
import io.hightower.kv.storage.simulated.PowerLostException;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Cuts the power at every disk operation of short lives of a whole store. They are a small part of what the crash tests of
 * the engine do, short enough to be run once for each planted bug.
 */
class StoreLifeCrashTest {
    private static final int KEYS = 9;
    private static final int SEEDS = 6;

    /** One thing that is done to a store, and what it makes of the store's content. */
    private record Step(StoreAction action, ContentChange change) {}

    private interface StoreAction {
        void perform(TinyStore store);
    }

    private interface ContentChange {
        void apply(Map<String, String> content);
    }

    /** A life as far as it came. */
    private static final class Progress {
        int begun;
        int acknowledged;
    }

    private final List<Step> steps = new ArrayList<>();
    private final List<Map<String, String>> states = new ArrayList<>();

    private void add(StoreAction action, ContentChange change) {
        steps.add(new Step(action, change));
    }

    private void put(int number, int salt, int length) {
        String key = "key" + number % KEYS;
        String value = salt + "-" + number + "v".repeat(length);
        add(store -> store.put(key, value), content -> content.put(key, value));
    }

    private void delete(int number) {
        String key = "key" + number % KEYS;
        add(store -> store.delete(key), content -> content.remove(key));
    }

    @Test
    void whateverWasAcknowledgedIsThere() {
        for (int i = 0; i < 14; i++) {
            put(i, 1, 250);
        }
        delete(3);
        add(store -> store.replication().trimLog(), content -> {});
        add(store -> store.replication().checkpoint(), content -> {});
        for (int i = 0; i < 16; i++) {
            put(i, 2, 300);
        }
        add(store -> store.replication().trimLog(), content -> {});
        put(1, 3, 10);
        add(store -> store.store().compact(), content -> {});
        put(2, 4, 10);
        cutEverywhere();
    }

    @Test
    void anInstalledStateIsWholeOrNotThere() {
        SimulatedDisk elsewhere = SimulatedDisk.empty();
        Bytes otherId = Bytes.utf8("fedcba9876543210");
        try (TinyStore donor = TinyStore.open(elsewhere, otherId, BackgroundWork.onCallersThread())) {
            for (int i = 0; i < 20; i++) {
                donor.put("donated" + i, "d".repeat(200));
            }
            Map<String, String> donated = donor.content();
            try (StateStore.PinnedState pinned = donor.store().pin()) {
                put(1, 1, 30);
                put(2, 1, 30);
                add(store -> install(store, pinned), content -> {
                    content.clear();
                    content.putAll(donated);
                });
                put(3, 1, 30);
                put(4, 1, 30);
                cutEverywhere();
            }
        }
    }

    private static void install(TinyStore store, StateStore.PinnedState donated) {
        try {
            store.replication().installSnapshot(donated);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void cutEverywhere() {
        states.add(Map.of());
        Map<String, String> content = new TreeMap<>();
        for (Step step : steps) {
            step.change().apply(content);
            states.add(new TreeMap<>(content));
        }
        SimulatedDisk whole = SimulatedDisk.empty();
        live(whole, new Progress());
        Set<String> seen = new HashSet<>();
        for (long operation = 1; operation <= whole.operations(); operation++) {
            for (CutPart part : CutPart.values()) {
                SimulatedDisk disk = SimulatedDisk.empty();
                disk.cutPowerAt(operation, part);
                Progress progress = new Progress();
                live(disk, progress);
                for (LossPolicy policy : LossPolicy.values()) {
                    SimulatedDisk found = disk.reopenAfterPowerLoss(policy, operation);
                    if (seen.add(found.fingerprint() + progress.acknowledged)) {
                        look(found, progress, "operation=" + operation + " part=" + part + " policy=" + policy);
                    }
                }
            }
        }
    }

    private void live(SimulatedDisk disk, Progress progress) {
        TinyStore store = null;
        try {
            store = TinyStore.open(disk);
            for (Step step : steps) {
                progress.begun++;
                step.action().perform(store);
                progress.acknowledged++;
            }
            store.close();
        } catch (RuntimeException e) {
            if (store != null) {
                store.abandon();
            }
            if (hasPower(disk)) {
                throw new AssertionError("Only the power may fail: begun=" + progress.begun, e);
            }
        }
    }

    private static boolean hasPower(SimulatedDisk disk) {
        try {
            disk.list();
            return true;
        } catch (PowerLostException e) {
            return false;
        }
    }

    private void look(SimulatedDisk found, Progress progress, String moment) {
        try (TinyStore store = TinyStore.open(found)) {
            Map<String, String> content = store.content();
            assertThat(states.subList(progress.acknowledged, progress.begun + 1))
                    .as(moment)
                    .contains(content);
            store.put("after", "the crash");
        } catch (RuntimeException e) {
            throw new AssertionError("A disk was not recovered: " + moment, e);
        }
    }

    @Test
    void aCopyIsWholeOrNoStore() {
        for (int i = 0; i < 25; i++) {
            put(i, 1, 250);
        }
        SimulatedDisk home = SimulatedDisk.empty();
        try (TinyStore origin = TinyStore.open(home)) {
            steps.forEach(step -> step.action().perform(origin));
            Map<String, String> expected = origin.content();
            SimulatedDisk whole = SimulatedDisk.empty();
            origin.store().checkpointTo(whole);
            for (long operation = 1; operation <= whole.operations() + 1; operation++) {
                for (CutPart part : CutPart.values()) {
                    cutCopy(origin, expected, operation, part);
                }
            }
        }
    }

    private static void cutCopy(TinyStore origin, Map<String, String> expected, long operation, CutPart part) {
        SimulatedDisk away = SimulatedDisk.empty();
        away.cutPowerAt(operation, part);
        boolean acknowledged = false;
        try {
            origin.store().checkpointTo(away);
            acknowledged = true;
        } catch (PowerLostException e) {
            // As was planned.
        }
        for (LossPolicy policy : LossPolicy.values()) {
            for (int seed = 1; seed <= SEEDS; seed++) {
                SimulatedDisk found = away.reopenAfterPowerLoss(policy, seed);
                boolean there = found.exists("MANIFEST");
                String moment = "operation=" + operation + " part=" + part + " policy=" + policy + " seed=" + seed;
                assertThat(there || !acknowledged).as(moment).isTrue();
                if (there) {
                    assertThat(copied(found, moment)).as(moment).isEqualTo(expected);
                }
            }
        }
    }

    private static Map<String, String> copied(SimulatedDisk found, String moment) {
        try (LogStructuredStore copy =
                LogStructuredStore.open(found, TinyStore.ID, TinyStore.options(), BackgroundWork.onCallersThread())) {
            return TinyStore.content(copy);
        } catch (RuntimeException e) {
            throw new AssertionError("A copy was not opened: " + moment, e);
        }
    }
}
