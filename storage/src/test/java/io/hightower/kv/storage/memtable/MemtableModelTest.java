package io.hightower.kv.storage.memtable;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.storage.history.ChangeSelection;
import io.hightower.kv.storage.run.VersionKind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Random writes against a model: every view that was ever taken must go on showing its moment. */
class MemtableModelTest {
    private static final int RUNS = 60;
    private static final int STEPS = 250;
    private static final int KEYS = 60;
    private static final byte[] KEY_BYTES = {0, 1, 'a', 0x7f, (byte) 0x80, (byte) 0xff};

    private enum Action {
        PUT,
        DELETE,
        ERASE,
        VIEW
    }

    /** One step; the seed decides its details. */
    private record Step(Action action, long seed) {}

    private record View(Memtable.Slice slice, MemtableModel model) {}

    private static List<Step> steps(RandomGenerator random) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            int kind = random.nextInt(20);
            Action action = kind < 12 ? Action.PUT : kind < 16 ? Action.DELETE : kind < 19 ? Action.ERASE : Action.VIEW;
            steps.add(new Step(action, random.nextLong()));
        }
        return steps;
    }

    /** Keys that are prefixes of each other, shorter and longer than eight bytes, with zeros and high bits. */
    private static List<Bytes> keys(RandomGenerator random) {
        List<Bytes> keys = new ArrayList<>();
        while (keys.size() < KEYS) {
            byte[] key = new byte[random.nextInt(13)];
            int differing = random.nextInt(4);
            for (int i = 0; i < key.length; i++) {
                key[i] = i < key.length - differing ? 0 : KEY_BYTES[random.nextInt(KEY_BYTES.length)];
            }
            keys.add(Bytes.wrap(key));
        }
        return keys;
    }

    @Test
    void everyViewShowsItsMoment(TestInfo test) {
        SeededRuns.of(test).count(RUNS).check(MemtableModelTest::steps, new Workload()::run);
    }

    private static final class Workload {
        void run(List<Step> steps) {
            SplittableRandom random = new SplittableRandom(steps.hashCode());
            List<Bytes> keys = keys(random);
            Memtable memtable = Memtable.create();
            MemtableModel model = new MemtableModel();
            List<View> views = new ArrayList<>();
            List<KeyRecord> tombstones = new ArrayList<>();
            tombstones.add(KeyRecord.tombstone(keys.get(0), new Revision(7, 3), 12));
            long main = 1000;
            int sub = 0;
            views.add(new View(memtable.at(memtable.watermark()), model.copy()));
            for (Step step : steps) {
                SplittableRandom details = new SplittableRandom(step.seed);
                boolean sameEntry = details.nextInt(4) == 0;
                main = sameEntry ? main : main + 1 + details.nextInt(3);
                sub = sameEntry ? sub + 1 : 0;
                Bytes key = keys.get(details.nextInt(keys.size()));
                Revision revision = new Revision(main, sub);
                switch (step.action) {
                    case PUT -> put(memtable, model, value(key, revision, details));
                    case DELETE -> {
                        long writeVersion = details.nextBoolean() ? main : details.nextLong(1L << 62);
                        KeyRecord tombstone = KeyRecord.tombstone(key, revision, writeVersion);
                        put(memtable, model, tombstone);
                        tombstones.add(tombstone);
                    }
                    case ERASE -> {
                        KeyRecord tombstone = tombstones.get(details.nextInt(tombstones.size()));
                        memtable.erase(tombstone);
                        model.add(VersionKind.ERASED, tombstone);
                    }
                    case VIEW -> views.add(new View(memtable.at(memtable.watermark()), model.copy()));
                }
            }
            views.add(new View(memtable.at(memtable.watermark()), model.copy()));
            for (View view : views) {
                check(view, keys, random, main);
            }
        }

        private static KeyRecord value(Bytes key, Revision revision, SplittableRandom random) {
            byte[] value = new byte[random.nextInt(300)];
            random.nextBytes(value);
            boolean creates = random.nextBoolean();
            long created = creates ? revision.main() : random.nextLong(revision.main() + 1);
            long version = creates ? 1 + random.nextInt(2) : 1 + random.nextLong(1L << 40);
            long writeVersion = random.nextBoolean() ? revision.main() : random.nextLong(1L << 62);
            long lease = random.nextInt(3) == 0 ? random.nextLong() : KeyRecord.NO_LEASE;
            return new KeyRecord(key, true, Bytes.wrap(value), created, revision, version, writeVersion, lease);
        }

        private static void put(Memtable memtable, MemtableModel model, KeyRecord record) {
            memtable.add(record);
            model.add(record.live() ? VersionKind.VALUE : VersionKind.TOMBSTONE, record);
        }

        private static void check(View view, List<Bytes> keys, SplittableRandom random, long lastMain) {
            view.model.checkFinds(view.slice, keys);
            view.model.checkScans(view.slice);
            view.model.checkWalk(view.slice, keys, random, 40);
            view.model.checkChanges(view.slice, 0, ChangeSelection.ALL);
            for (ChangeSelection selection : ChangeSelection.values()) {
                view.model.checkChanges(view.slice, 1000 + random.nextLong(lastMain - 990), selection);
            }
        }
    }
}
