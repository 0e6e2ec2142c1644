package io.hightower.kv.storage.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every list of up to five versions, at every horizon, over everything that may lie below, against a reader by brute force. */
class RetentionTest {
    private static final Bytes KEY = Bytes.utf8("key");
    private static final int VERSIONS_MAX = 5;

    /** Mains are even, so that there are horizons between them; below the oldest there is room for what is hidden. */
    private static final int MAIN_STEP = 2;

    private static final int OLDEST_MAIN = 4;

    /** One case: the versions that are merged, newest first, and those that older runs hold. */
    private record Case(
            List<StoredVersion> merged, List<StoredVersion> below, long horizon, long oldestChange, boolean mayHold) {
        List<StoredVersion> before() {
            return joined(merged, below);
        }

        List<StoredVersion> kept() {
            ListRun run = new ListRun();
            for (int i = merged.size() - 1; i >= 0; i--) {
                run.add(KEY, merged.get(i));
            }
            Retention retention = new Retention(horizon, oldestChange, at -> mayHold);
            List<StoredVersion> kept = new ArrayList<>();
            VersionCursor cursor = run.cursor();
            cursor.first();
            retention.nextKey();
            do {
                if (retention.keeps(cursor)) {
                    kept.add(cursor.current());
                }
            } while (cursor.nextVersion());
            return kept;
        }

        long newestMain() {
            return merged.get(0).main();
        }
    }

    private static List<StoredVersion> joined(List<StoredVersion> newer, List<StoredVersion> older) {
        List<StoredVersion> all = new ArrayList<>(newer);
        all.addAll(older);
        return all;
    }

    /** Returns what a read at a main revision goes by: nothing if that is an erased tombstone. */
    private static List<StoredVersion> seen(List<StoredVersion> versions, long main) {
        return versions.stream()
                .filter(version -> version.main() <= main)
                .limit(1)
                .filter(version -> version.kind() != VersionKind.ERASED)
                .toList();
    }

    private interface Check {
        void check(Case present);
    }

    private static long forEveryCase(Check check) {
        long cases = 0;
        for (int count = 1; count <= VERSIONS_MAX; count++) {
            for (int kinds = 0; kinds < Math.pow(VersionKind.values().length, count); kinds++) {
                for (int subs = 0; subs < 1 << (count - 1); subs++) {
                    cases += forEveryPlace(versions(count, kinds, subs), check);
                }
            }
        }
        return cases;
    }

    /** A bit of {@code subs} says that a version has the same main revision as the next older one. */
    private static List<StoredVersion> versions(int count, int kinds, int subs) {
        List<StoredVersion> newestFirst = new ArrayList<>();
        int main = OLDEST_MAIN;
        int sub = 0;
        int restKinds = kinds;
        for (int i = 0; i < count; i++) {
            if (i > 0 && ((subs >> (i - 1)) & 1) == 1) {
                sub++;
            } else if (i > 0) {
                main += MAIN_STEP;
                sub = 0;
            }
            newestFirst.add(0, version(restKinds % 3, main, sub));
            restKinds /= 3;
        }
        return newestFirst;
    }

    private static StoredVersion version(int kind, long main, int sub) {
        return switch (kind) {
            case 0 -> ListRun.value(main + "." + sub, main, sub);
            case 1 -> ListRun.tombstone(main, sub);
            default -> ListRun.erased(main, sub);
        };
    }

    private static long forEveryPlace(List<StoredVersion> merged, Check check) {
        List<List<StoredVersion>> belows = new ArrayList<>();
        belows.add(List.of());
        belows.add(List.of(ListRun.value("hidden", 2, 0)));
        belows.add(List.of(ListRun.tombstone(3, 1), ListRun.value("hidden", 3, 0)));
        StoredVersion oldest = merged.get(merged.size() - 1);
        if (oldest.kind() == VersionKind.ERASED) {
            belows.add(List.of(ListRun.tombstone(oldest.main(), oldest.sub()), ListRun.value("hidden", 2, 0)));
        }
        long cases = 0;
        for (List<StoredVersion> below : belows) {
            for (long horizon = 0; horizon <= merged.get(0).main() + 2; horizon++) {
                for (long oldestChange : new long[] {horizon, horizon + 1}) {
                    check.check(new Case(merged, below, horizon, oldestChange, true));
                    cases++;
                    if (below.isEmpty()) {
                        check.check(new Case(merged, below, horizon, oldestChange, false));
                        cases++;
                    }
                }
            }
        }
        return cases;
    }

    @Test
    void everyReadFromTheHorizonOnSeesTheSameBeforeAndAfter() {
        long cases = forEveryCase(present -> {
            List<StoredVersion> after = joined(present.kept(), present.below());
            for (long main = present.horizon(); main <= present.newestMain() + 3; main++) {
                if (!seen(after, main).equals(seen(present.before(), main))) {
                    throw new AssertionError(present + " read at " + main + " after the merge: " + after);
                }
            }
        });
        assertThat(cases).isGreaterThan(100_000);
    }

    @Test
    void theNewestRecordIsTheSameBeforeAndAfter() {
        forEveryCase(present -> {
            List<StoredVersion> after = joined(present.kept(), present.below());
            require(seen(after, Long.MAX_VALUE).equals(seen(present.before(), Long.MAX_VALUE)), present);
        });
    }

    @Test
    void everythingThatIsKeptIsSeenBySomebodyOrHidesSomething() {
        forEveryCase(present -> {
            List<StoredVersion> kept = present.kept();
            for (StoredVersion version : kept) {
                boolean seen = false;
                for (long main = present.horizon(); main <= present.newestMain() + 3 && !seen; main++) {
                    seen = seen(kept, main).contains(version);
                }
                boolean hides = version.kind() == VersionKind.ERASED
                        && (present.mayHold() || version.main() >= present.oldestChange());
                require(seen || hides, present);
            }
        });
    }

    @Test
    void aTombstoneThatIsNewestAtTheHorizonOrBehindItIsNeverDropped() {
        forEveryCase(present -> {
            StoredVersion newest = present.merged().get(0);
            if (newest.kind() == VersionKind.TOMBSTONE) {
                require(present.kept().contains(newest), present);
            }
        });
    }

    @Test
    void anErasedTombstoneGoesOnlyFromTheBottom() {
        forEveryCase(present -> {
            StoredVersion newest = present.merged().get(0);
            if (newest.kind() == VersionKind.ERASED) {
                boolean goes = newest.main() < present.oldestChange() && !present.mayHold();
                require(present.kept().contains(newest) != goes, present);
            }
        });
    }

    @Test
    void everyChangeFromTheOldestOnThatIsAskedForIsKept() {
        forEveryCase(present -> {
            long newerMain = 0;
            for (StoredVersion version : present.merged()) {
                // What one command wrote and overwrote itself is no change.
                if (version.main() >= present.oldestChange() && version.main() != newerMain) {
                    require(present.kept().contains(version), present);
                }
                newerMain = version.main();
            }
        });
    }

    /** There are too many cases for an assertion object each. */
    private static void require(boolean holds, Case present) {
        if (!holds) {
            throw new AssertionError(present + " keeps " + present.kept());
        }
    }

    @Test
    void whatOneKeyHadDoesNotCountForTheNext() {
        ListRun run = new ListRun();
        run.add(Bytes.utf8("a"), ListRun.value("a", 4, 0));
        run.add(Bytes.utf8("b"), ListRun.value("b", 4, 1));
        Retention retention = new Retention(10, 10, Retention.OlderRuns.NONE);
        VersionCursor cursor = run.cursor();
        for (boolean stands = cursor.first(); stands; stands = cursor.nextKey()) {
            retention.nextKey();
            assertThat(retention.keeps(cursor)).isTrue();
        }
    }
}
