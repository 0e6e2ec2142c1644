package io.hightower.kv.statemachine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.random.SeededRuns;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The immutable map against a {@link TreeMap}, and that it stays a balanced tree. */
class SystemRecordsTest {
    private static final int KEYS = 60;

    private enum Action {
        WRITE,
        REMOVE,
        SCAN,
        KEEP
    }

    private record Step(Action action, int key, int until, int value) {
        static Step random(RandomGenerator random) {
            int dice = random.nextInt(20);
            Action action =
                    dice < 10 ? Action.WRITE : dice < 16 ? Action.REMOVE : dice < 19 ? Action.SCAN : Action.KEEP;
            return new Step(action, random.nextInt(KEYS), random.nextInt(KEYS), random.nextInt(1000));
        }
    }

    /** The records as they must be, and the map that keeps them. */
    private record Moment(NavigableMap<Bytes, SystemRecord> expected, SystemRecords records) {
        void check() {
            assertThat(list(records.all())).isEqualTo(List.copyOf(expected.values()));
            assertThat(records.size()).isEqualTo(expected.size());
            assertThat(records.hash()).isEqualTo(sumAnew(expected.values()));
            assertThat((double) records.height()).isLessThanOrEqualTo(heightMax(expected.size()));
            for (int i = 0; i < KEYS; i++) {
                assertThat(records.get(key(i))).isEqualTo(Optional.ofNullable(expected.get(key(i))));
            }
        }
    }

    @Test
    void agreesWithATreeMap(TestInfo test) {
        SeededRuns.of(test)
                .count(60)
                .check(
                        random -> random.ints(300)
                                .mapToObj(i -> Step.random(random))
                                .toList(),
                        steps -> run(steps));
    }

    private static void run(List<Step> steps) {
        NavigableMap<Bytes, SystemRecord> expected = new TreeMap<>();
        SystemRecords records = SystemRecords.EMPTY;
        List<Moment> kept = new ArrayList<>();
        long changes = 0;
        for (Step step : steps) {
            Bytes key = key(step.key());
            switch (step.action()) {
                case WRITE -> {
                    changes++;
                    expected.put(key, new SystemRecord(key, value(step.value()), changes));
                    records = records.with(key, value(step.value()));
                }
                case REMOVE -> {
                    if (expected.remove(key) == null) {
                        assertThat(records.without(key)).isSameAs(records);
                    } else {
                        changes++;
                    }
                    records = records.without(key);
                }
                case SCAN -> {
                    KeyRange range = KeyRange.of(key, key(step.until()));
                    List<SystemRecord> inRange = expected.values().stream()
                            .filter(entry -> range.contains(entry.key()))
                            .toList();
                    assertThat(list(records.scan(range))).isEqualTo(inRange);
                    assertThat(records.count(range)).isEqualTo(inRange.size());
                    assertThat(records.count(KeyRange.startingAt(key)))
                            .isEqualTo(expected.tailMap(key, true).size());
                }
                case KEEP -> kept.add(new Moment(new TreeMap<>(expected), records));
            }
            assertThat(records.revision()).isEqualTo(changes);
            new Moment(expected, records).check();
        }
        kept.forEach(Moment::check);
    }

    @Test
    void staysBalancedInWhateverOrderKeysComeAndGo(TestInfo test) {
        SeededRuns.of(test).count(6).checkEach(random -> {
            SystemRecords records = SystemRecords.EMPTY;
            int order = random.nextInt(3);
            for (int i = 0; i < 3000; i++) {
                int number = order == 0 ? i : order == 1 ? 3000 - i : random.nextInt(100_000);
                records = records.with(wideKey(number), Bytes.EMPTY);
                assertThat((double) records.height()).isLessThanOrEqualTo(heightMax(records.size()));
            }
            List<SystemRecord> left = list(records.all());
            while (!left.isEmpty()) {
                int place = order == 2 ? random.nextInt(left.size()) : 0;
                records = records.without(left.remove(place).key());
                assertThat(records.size()).isEqualTo(left.size());
                assertThat((double) records.height()).isLessThanOrEqualTo(heightMax(records.size()));
            }
            assertThat(records.hash()).isZero();
            assertThat(records.height()).isZero();
        });
    }

    @Test
    void rebuildsTheSameRecordsFromOnesThatAreReadFromAFile() {
        SystemRecords written = SystemRecords.EMPTY
                .with(key(1), value(1))
                .with(key(2), value(2))
                .without(key(1))
                .with(key(3), value(3));
        SystemRecords read = SystemRecords.EMPTY;
        for (SystemRecord entry : written.all()) {
            read = read.withRecord(entry);
        }
        read = read.atRevision(written.revision());

        assertThat(list(read.all())).isEqualTo(list(written.all()));
        assertThat(read.revision()).isEqualTo(4);
        assertThat(read.hash()).isEqualTo(written.hash());
        assertThat(read.size()).isEqualTo(2);
        assertThat(read.get(key(3)).orElseThrow().modRevision()).isEqualTo(4);
    }

    @Test
    void anotherValueOrAnotherChangeIsAnotherHash() {
        SystemRecords one = SystemRecords.EMPTY.with(key(1), value(1));
        assertThat(SystemRecords.EMPTY.with(key(1), value(2)).hash()).isNotEqualTo(one.hash());
        assertThat(one.with(key(1), value(1)).hash()).isNotEqualTo(one.hash());
        assertThat(one.without(key(1)).hash())
                .isEqualTo(SystemRecords.EMPTY.hash())
                .isZero();
    }

    @Test
    void aScanEndsWithItsRange() {
        Iterator<SystemRecord> scan = SystemRecords.EMPTY
                .with(key(1), value(1))
                .with(key(5), value(5))
                .scan(KeyRange.single(key(1)))
                .iterator();
        assertThat(scan.next().key()).isEqualTo(key(1));
        assertThat(scan.hasNext()).isFalse();
        assertThatThrownBy(scan::next).isInstanceOf(NoSuchElementException.class);
    }

    private static double heightMax(int size) {
        return 1.45 * (Math.log(size + 2) / Math.log(2));
    }

    private static long sumAnew(Iterable<SystemRecord> records) {
        long sum = 0;
        for (SystemRecord entry : records) {
            sum += entry.hash();
        }
        return sum;
    }

    private static List<SystemRecord> list(Iterable<SystemRecord> records) {
        List<SystemRecord> list = new ArrayList<>();
        records.forEach(list::add);
        return list;
    }

    private static Bytes key(int number) {
        return Bytes.wrap(new byte[] {(byte) (number * 5), (byte) number});
    }

    private static Bytes wideKey(int number) {
        return Bytes.utf8(String.format("%06d", number));
    }

    private static Bytes value(int number) {
        return Bytes.utf8("value " + number);
    }

    @Test
    void recordsAboutTheClusterLeaveHashAndCountOfChangesAlone() {
        SystemRecords data = SystemRecords.EMPTY.with(Bytes.utf8("lease/1"), Bytes.utf8("a"));
        Bytes about = Bytes.utf8("member/1");
        SystemRecords both = data.with(about, Bytes.utf8("x")).with(about, Bytes.utf8("y"));
        assertThat(both.get(about).orElseThrow().modRevision()).isEqualTo(2);
        assertThat(both.hash()).isEqualTo(data.hash());
        assertThat(both.revision()).isEqualTo(data.revision());
        assertThat(both.with(Bytes.utf8("lease/2"), Bytes.utf8("b")).hash())
                .isEqualTo(data.with(Bytes.utf8("lease/2"), Bytes.utf8("b")).hash());
        assertThat(both.without(about).hash()).isEqualTo(data.hash());
        assertThat(both.without(about).revision()).isEqualTo(data.revision());
    }
}
