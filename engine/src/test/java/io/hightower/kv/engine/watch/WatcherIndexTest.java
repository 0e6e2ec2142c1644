package io.hightower.kv.engine.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.ChangeFeed.Change;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class WatcherIndexTest {
    private static final int KEYS = 200;

    private static final WatchHub HUB = new WatchHub(new TreeMapStateStore(), WatchOptions.defaults(), Metrics.none());

    /** Adds the range, or removes a watcher of it, or asks for these keys. */
    private record Step(Kind kind, KeyRange range, Set<Bytes> keys) {
        enum Kind {
            ADD,
            REMOVE,
            ASK
        }
    }

    @Test
    void findsEveryWatcherOfAChangedKeyOnce(TestInfo info) {
        SeededRuns.of(info).count(40).check(WatcherIndexTest::steps, WatcherIndexTest::run);
    }

    private static List<Step> steps(RandomGenerator random) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            Set<Bytes> keys = new HashSet<>();
            for (int left = random.nextInt(1, 30); left > 0; left--) {
                keys.add(key(random));
            }
            Step.Kind kind =
                    random.nextInt(10) < 6 ? Step.Kind.ADD : random.nextBoolean() ? Step.Kind.REMOVE : Step.Kind.ASK;
            steps.add(new Step(kind, range(random), keys));
        }
        return steps;
    }

    private static Bytes key(RandomGenerator random) {
        return Bytes.utf8("k" + random.nextInt(KEYS));
    }

    private static KeyRange range(RandomGenerator random) {
        return switch (random.nextInt(5)) {
            case 0, 1 -> KeyRange.single(key(random));
            case 2 -> KeyRange.prefix(key(random));
            case 3 -> KeyRange.startingAt(key(random));
            default -> {
                Bytes one = key(random);
                Bytes other = key(random);
                yield one.compareTo(other) < 0
                        ? KeyRange.of(one, other.successor())
                        : KeyRange.of(other, one.successor());
            }
        };
    }

    private static void run(List<Step> steps) {
        WatcherIndex index = new WatcherIndex();
        List<Watcher> present = new ArrayList<>();
        for (Step step : steps) {
            if (step.kind() == Step.Kind.ADD) {
                Watcher added = new Watcher(HUB, WatchRequest.of(step.range()), 1);
                index.add(added);
                present.add(added);
            } else if (step.kind() == Step.Kind.REMOVE && !present.isEmpty()) {
                Watcher removed = present.remove(Math.floorMod(Objects.hash(step), present.size()));
                index.remove(removed);
                index.remove(removed);
            } else {
                assertFound(index, present, step.keys());
            }
            assertThat(index.size()).isEqualTo(present.size());
        }
    }

    private static void assertFound(WatcherIndex index, List<Watcher> present, Set<Bytes> keys) {
        List<Change> changed = new ArrayList<>();
        for (Bytes key : keys) {
            Revision revision = new Revision(2, changed.size());
            changed.add(new Change(KeyRecord.tombstone(key, revision, 1), Optional.empty()));
        }
        RevisionChanges changes = RevisionChanges.applied(changed);
        List<Watcher> found = new ArrayList<>();
        index.forEachOf(changes, Objects.requireNonNull(changes.events()), found::add);
        assertThat(found)
                .containsExactlyInAnyOrderElementsOf(present.stream()
                        .filter(watcher ->
                                keys.stream().anyMatch(watcher.request().range()::contains))
                        .toList());
    }
}
