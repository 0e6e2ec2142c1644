package io.hightower.kv.statemachine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.SystemRecords.Change;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What two moments of the system key space have different: against looking at every key of both, and what it costs. */
class SystemDifferenceTest {
    private static final int KEYS = 400;

    @Test
    void findsExactlyWhatLookingAtEveryKeyFinds(TestInfo test) {
        SeededRuns.of(test).count(400).checkEach(random -> {
            SystemRecords older = changed(SystemRecords.EMPTY, random, random.nextInt(600));
            SystemRecords newer = changed(older, random, random.nextInt(60));
            KeyRange range = range(random);
            assertThat(differences(newer, older, range)).isEqualTo(lookedUp(newer, older, range));
            assertThat(differences(older, newer, range)).isEqualTo(lookedUp(older, newer, range));
        });
    }

    @Test
    void treesThatShareNothingAreComparedByTheirRecords(TestInfo test) {
        SeededRuns.of(test).count(50).checkEach(random -> {
            SystemRecords one = changed(SystemRecords.EMPTY, random, random.nextInt(300));
            SystemRecords other = changed(readAnew(one), random, random.nextInt(20));
            assertThat(differences(other, one, KeyRange.all())).isEqualTo(lookedUp(other, one, KeyRange.all()));
            assertThat(differences(readAnew(one), one, KeyRange.all())).isEmpty();
        });
    }

    @Test
    void everythingIsNewBesideNothing() {
        SystemRecords some = SystemRecords.EMPTY.with(key(1), Bytes.EMPTY).with(key(2), Bytes.EMPTY);
        assertThat(differences(some, SystemRecords.EMPTY, KeyRange.all()))
                .extracting(change -> change.after().orElseThrow().key())
                .containsExactly(key(1), key(2));
        assertThat(differences(SystemRecords.EMPTY, some, KeyRange.all()))
                .allSatisfy(change -> assertThat(change.after()).isEmpty());
        assertThat(differences(SystemRecords.EMPTY, SystemRecords.EMPTY, KeyRange.all()))
                .isEmpty();
    }

    @Test
    void whatIsWrittenAnewWithTheSameValueIsAChange() {
        SystemRecords older = SystemRecords.EMPTY.with(key(1), Bytes.EMPTY);
        assertThat(differences(older.with(key(1), Bytes.EMPTY), older, KeyRange.all()))
                .hasSize(1);
    }

    @Test
    void tenChangesAmongAHundredThousandCostTheirPathsAndNotTheTree() {
        SystemRecords older = SystemRecords.EMPTY;
        for (int i = 0; i < 100_000; i++) {
            older = older.with(key(i * 2), Bytes.EMPTY);
        }
        SystemRecords written = older;
        SystemRecords shifted = older;
        for (int i = 0; i < 10; i++) {
            written = written.with(key(i * 20_000), Bytes.EMPTY);
            shifted = shifted.with(key(i * 20_000 + 1), Bytes.EMPTY).without(key(i * 18_000 + 6_000));
        }
        assertThat(visits(older, older)).isZero();
        assertThat(visits(written, older)).isBetween(1L, 10 * 2 * 17L);
        // A record that comes or goes moves its neighbours up or down, so that parts meet at another height.
        assertThat(visits(shifted, older)).isBetween(1L, 20 * 2 * 17L);
    }

    private static long visits(SystemRecords newer, SystemRecords older) {
        SystemDifference difference = newer.difference(older, KeyRange.all());
        difference.forEach(change -> {});
        return difference.visited();
    }

    private static SystemRecords changed(SystemRecords from, RandomGenerator random, int changes) {
        SystemRecords changed = from;
        for (int i = 0; i < changes; i++) {
            Bytes key = key(random.nextInt(KEYS));
            changed = random.nextInt(3) == 0 ? changed.without(key) : changed.with(key, Bytes.utf8("v" + i));
        }
        return changed;
    }

    private static SystemRecords readAnew(SystemRecords records) {
        SystemRecords anew = SystemRecords.EMPTY;
        for (SystemRecord read : records.all()) {
            anew = anew.withRecord(new SystemRecord(read.key(), read.value(), read.modRevision()));
        }
        return anew.atRevision(records.revision());
    }

    private static KeyRange range(RandomGenerator random) {
        return switch (random.nextInt(3)) {
            case 0 -> KeyRange.all();
            case 1 -> KeyRange.startingAt(key(random.nextInt(KEYS)));
            default -> KeyRange.of(key(random.nextInt(KEYS)), key(random.nextInt(KEYS)));
        };
    }

    private static List<Change> differences(SystemRecords newer, SystemRecords older, KeyRange range) {
        List<Change> found = new ArrayList<>();
        newer.forEachChange(older, range, found::add);
        return found;
    }

    private static List<Change> lookedUp(SystemRecords newer, SystemRecords older, KeyRange range) {
        TreeSet<Bytes> keys = new TreeSet<>();
        older.scan(range).forEach(present -> keys.add(present.key()));
        newer.scan(range).forEach(present -> keys.add(present.key()));
        List<Change> found = new ArrayList<>();
        for (Bytes key : keys) {
            Optional<SystemRecord> before = older.get(key);
            Optional<SystemRecord> after = newer.get(key);
            if (!before.equals(after)) {
                found.add(new Change(before, after));
            }
        }
        return found;
    }

    private static Bytes key(int number) {
        return Bytes.utf8(String.format("%07d", number));
    }
}
