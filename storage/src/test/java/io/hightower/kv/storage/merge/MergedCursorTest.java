package io.hightower.kv.storage.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import io.hightower.kv.storage.run.VersionKind;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Random moves over random runs, compared with one sorted map of all versions; and what a merged cursor costs. */
class MergedCursorTest {
    private static final int KEYS = 30;

    private enum Kind {
        WRITE,
        DELETE,
        ERASE,
        SEAL,
        FIRST,
        LAST,
        SEEK,
        SEEK_BEFORE,
        NEXT_KEY,
        PREVIOUS_KEY,
        NEXT_VERSION
    }

    private static final List<Kind> JUMPS = List.of(Kind.FIRST, Kind.LAST, Kind.SEEK, Kind.SEEK_BEFORE);

    private record Step(Kind kind, int number) {}

    @Test
    void movesAsOverOneRun(TestInfo test) {
        SeededRuns.of(test).count(400).check(MergedCursorTest::steps, steps -> {
            Comparison comparison = new Comparison();
            for (Step step : steps) {
                comparison.take(step);
            }
        });
    }

    private static List<Step> steps(RandomGenerator random) {
        List<Step> steps = new ArrayList<>();
        int keys = random.nextInt(1, KEYS);
        int writes = random.nextInt(120);
        int sealEvery = random.nextInt(1, 40);
        for (int i = 0; i < writes; i++) {
            Kind kind = random.nextInt(sealEvery) == 0 ? Kind.SEAL : Kind.values()[random.nextInt(3)];
            steps.add(new Step(kind, random.nextInt(keys)));
        }
        for (int i = 0; i < 150; i++) {
            int roll = random.nextInt(100);
            Kind kind;
            if (roll < 12) {
                kind = JUMPS.get(random.nextInt(JUMPS.size()));
            } else if (roll < 40) {
                kind = Kind.NEXT_VERSION;
            } else {
                kind = random.nextInt(i % 30 + 2) == 0 ? Kind.PREVIOUS_KEY : Kind.NEXT_KEY;
            }
            steps.add(new Step(kind, random.nextInt(KEYS)));
        }
        return steps;
    }

    /** Short keys, keys that begin another one, and keys that differ behind their eighth byte. */
    private static Bytes key(int number) {
        return switch (number % 3) {
            case 0 -> Bytes.wrap(new byte[] {(byte) (number * 37), 0});
            case 1 -> Bytes.wrap(new byte[number / 3 + 1]);
            default -> Bytes.utf8("a common prefix " + number);
        };
    }

    private static final class Comparison {
        private final List<ListRun> newestFirst = new ArrayList<>(List.of(new ListRun()));
        private final TreeMap<Bytes, List<StoredVersion>> model = new TreeMap<>();
        private long revision = 1;
        private MergedCursor cursor;
        private Bytes standing;
        private int version;

        void take(Step step) {
            if (step.kind().compareTo(Kind.SEAL) <= 0) {
                cursor = null;
                standing = null;
                write(step);
                return;
            }
            if (cursor == null) {
                cursor = MergedCursor.of(
                        newestFirst.stream().map(ListRun::cursor).toList());
            }
            move(step);
        }

        private void write(Step step) {
            Bytes key = key(step.number());
            List<StoredVersion> versions = model.computeIfAbsent(key, absent -> new ArrayList<>());
            revision++;
            switch (step.kind()) {
                case SEAL -> newestFirst.add(0, new ListRun());
                case WRITE -> add(key, versions, ListRun.value("v" + revision, revision / 2, (int) revision % 2));
                case DELETE -> add(key, versions, ListRun.tombstone(revision / 2, (int) revision % 2));
                default -> {
                    if (!versions.isEmpty() && versions.get(0).kind() == VersionKind.TOMBSTONE) {
                        StoredVersion tombstone = versions.remove(0);
                        add(key, versions, ListRun.erased(tombstone.main(), tombstone.sub()));
                    }
                }
            }
            if (versions.isEmpty()) {
                model.remove(key);
            }
        }

        private void add(Bytes key, List<StoredVersion> versions, StoredVersion version) {
            versions.add(0, version);
            newestFirst.get(0).add(key, version);
        }

        private void move(Step step) {
            Bytes key = key(step.number());
            switch (step.kind()) {
                case FIRST -> arrive(cursor.first(), model.isEmpty() ? null : model.firstKey());
                case LAST -> arrive(cursor.last(), model.isEmpty() ? null : model.lastKey());
                case SEEK -> arrive(cursor.seek(key), model.ceilingKey(key));
                case SEEK_BEFORE -> arrive(cursor.seekBefore(key), model.lowerKey(key));
                default -> {
                    if (standing != null) {
                        moveOn(step.kind());
                    }
                }
            }
        }

        private void moveOn(Kind kind) {
            switch (kind) {
                case NEXT_KEY -> arrive(cursor.nextKey(), model.higherKey(standing));
                case PREVIOUS_KEY -> arrive(cursor.previousKey(), model.lowerKey(standing));
                default -> {
                    boolean moves = version + 1 < model.get(standing).size();
                    assertThat(cursor.nextVersion()).isEqualTo(moves);
                    version += moves ? 1 : 0;
                    compare();
                }
            }
        }

        private void arrive(boolean stands, Bytes expected) {
            assertThat(stands).isEqualTo(expected != null);
            standing = expected;
            version = 0;
            if (stands) {
                compare();
            }
        }

        private void compare() {
            assertThat(cursor.key()).isEqualTo(standing);
            assertThat(cursor.current()).isEqualTo(model.get(standing).get(version));
        }
    }

    @Test
    void countsTheTombstonesThatItHides() {
        ListRun older = new ListRun();
        older.add(key(2), ListRun.tombstone(5, 0));
        ListRun newer = new ListRun();
        newer.add(key(2), ListRun.erased(5, 0));
        newer.add(key(5), ListRun.tombstone(6, 0));
        newer.add(key(5), ListRun.erased(6, 0));
        MergedCursor cursor = MergedCursor.of(List.of(newer.cursor(), older.cursor()));
        for (boolean stands = cursor.first(); stands; stands = cursor.nextKey()) {
            assertThat(cursor.nextVersion()).isFalse();
            assertThat(cursor.nextVersion()).isFalse();
            assertThat(cursor.current()).isEqualTo(ListRun.erased(cursor.main(), 0));
        }
        assertThat(cursor.hidden()).isEqualTo(2);
    }

    @Test
    void doesNotLookAtOtherRunsWhileOneHoldsTheNextKeys() {
        ListRun left = numbered(0, 1000);
        ListRun right = numbered(1000, 2000);
        ListRun far = numbered(2000, 2001);
        List<ListRun.Cursor> cursors = List.of(right.cursor(), far.cursor(), left.cursor());
        MergedCursor merged = MergedCursor.of(cursors);
        merged.first();
        for (int i = 1; i < 1000; i++) {
            merged.nextKey();
        }
        assertThat(cursors.get(0).keyReads()).isEqualTo(1);
        assertThat(cursors.get(1).keyReads()).isEqualTo(1);
        assertThat(cursors.get(2).keyReads()).isEqualTo(1000);
    }

    private static ListRun numbered(int from, int until) {
        ListRun run = new ListRun();
        for (int number = from; number < until; number++) {
            run.add(Bytes.utf8("key " + (100_000 + number)), ListRun.value("value", 3, 0));
        }
        return run;
    }

    @Test
    void allocatesNothingWhileItMoves() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        MergedCursor merged = MergedCursor.of(List.of(new Numbers(3), new Numbers(1), new Numbers(7), new Numbers(3)));
        for (int warmUp = 0; warmUp < 5; warmUp++) {
            roundTrip(merged);
        }
        long before = threads.getThreadAllocatedBytes(id);
        long steps = roundTrip(merged);
        assertThat(steps).isGreaterThan(250_000);
        assertThat(threads.getThreadAllocatedBytes(id) - before).isLessThan(steps / 2);
    }

    private static long roundTrip(MergedCursor merged) {
        long steps = 0;
        for (boolean stands = merged.first(); stands; stands = merged.nextKey()) {
            steps++;
            while (merged.nextVersion()) {
                steps++;
            }
        }
        for (boolean stands = merged.last(); stands; stands = merged.previousKey()) {
            steps++;
        }
        return steps;
    }

    @Test
    void standsNowhereAfterDamageAndGoesOnElsewhere() {
        Numbers damaged = new Numbers(2);
        damaged.damagedAt = 50;
        MergedCursor merged = MergedCursor.of(List.of(new Numbers(3), damaged));
        merged.first();
        assertThatThrownBy(() -> {
                    while (merged.nextKey()) {
                        assertThat(merged.keyLength()).isEqualTo(Long.BYTES);
                    }
                })
                .isInstanceOf(CorruptionException.class);
        assertThatThrownBy(merged::nextKey).isInstanceOf(InvariantViolation.class);
        assertThat(merged.last()).isTrue();
        assertThat(merged.previousKey()).isTrue();
    }

    @Test
    void isEmptyWithoutRuns() {
        try (MergedCursor merged = MergedCursor.of(List.of())) {
            assertThat(merged.first()).isFalse();
            assertThat(merged.last()).isFalse();
            assertThat(merged.seek(Bytes.EMPTY)).isFalse();
            assertThat(merged.seekBefore(Bytes.utf8("x"))).isFalse();
        }
    }

    @Test
    void closesItsRuns() {
        List<ListRun.Cursor> cursors =
                List.of(numbered(0, 3).cursor(), numbered(0, 3).cursor());
        MergedCursor.of(cursors).close();
        assertThat(cursors).allMatch(ListRun.Cursor::isClosed);
    }

    /** A run of 100,000 numbers from which those are missing that a divisor leaves, that allocates nothing either. */
    private static final class Numbers implements VersionCursor {
        private static final int COUNT = 100_000;

        private final byte[] key = new byte[Long.BYTES];
        private final int step;
        private int number;
        private int damagedAt = Integer.MIN_VALUE;

        Numbers(int step) {
            this.step = step;
        }

        private boolean moveTo(int place) {
            if (place == damagedAt) {
                throw new CorruptionException("file", 0, "a number", "none");
            }
            number = place;
            for (int i = 0; i < Integer.BYTES; i++) {
                key[i] = (byte) (place >>> (24 - 8 * i));
            }
            return place >= 0 && place < COUNT;
        }

        @Override
        public boolean first() {
            return moveTo(0);
        }

        @Override
        public boolean last() {
            return moveTo((COUNT - 1) / step * step);
        }

        @Override
        public boolean seek(Bytes wanted) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean seekBefore(Bytes wanted) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean nextKey() {
            return moveTo(number + step);
        }

        @Override
        public boolean previousKey() {
            return moveTo(number - step);
        }

        @Override
        public boolean nextVersion() {
            return false;
        }

        @Override
        public byte[] keyArray() {
            return key;
        }

        @Override
        public int keyOffset() {
            return 0;
        }

        @Override
        public int keyLength() {
            return key.length;
        }

        @Override
        public VersionKind kind() {
            return VersionKind.VALUE;
        }

        @Override
        public long main() {
            return 1;
        }

        @Override
        public int sub() {
            return 0;
        }

        @Override
        public long createRevision() {
            return 1;
        }

        @Override
        public long version() {
            return 1;
        }

        @Override
        public long writeVersion() {
            return 1;
        }

        @Override
        public long lease() {
            return 0;
        }

        @Override
        public byte[] valueArray() {
            return key;
        }

        @Override
        public int valueOffset() {
            return 0;
        }

        @Override
        public int valueLength() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
