package io.hightower.kv.storage.memtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.storage.history.ChangeSelection;
import io.hightower.kv.storage.run.Run;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A memtable by example: sizes, growth, limits. */
class MemtableTest {
    private static final int OVERHEAD_BYTES_MAX = 40;

    private final Memtable memtable = Memtable.create();
    private final MemtableModel model = new MemtableModel();
    private long main = 1;

    private KeyRecord value(Bytes key, Bytes value) {
        main++;
        return new KeyRecord(key, true, value, main, new Revision(main, 0), 1, main);
    }

    private void add(KeyRecord record) {
        memtable.add(record);
        model.add(record.live() ? VersionKind.VALUE : VersionKind.TOMBSTONE, record);
    }

    private Memtable.Slice all() {
        return memtable.at(memtable.watermark());
    }

    private static Bytes random(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Bytes.wrap(bytes);
    }

    @Test
    void anEmptyOneHoldsNothing() {
        model.checkFinds(all(), List.of(Bytes.utf8("a"), Bytes.EMPTY));
        model.checkScans(all());
        model.checkChanges(all(), 0, ChangeSelection.ALL);
        assertThat(memtable.entries()).isZero();
    }

    @Test
    void whatIsAddedLaterDoesNotShowInAView() {
        add(value(Bytes.utf8("b"), Bytes.utf8("old")));
        Memtable.Slice before = all();
        MemtableModel expected = model.copy();
        add(value(Bytes.utf8("a"), Bytes.EMPTY));
        add(value(Bytes.utf8("b"), Bytes.utf8("new")));
        add(value(Bytes.utf8("c"), Bytes.EMPTY));
        List<Bytes> keys = List.of(Bytes.utf8("a"), Bytes.utf8("b"), Bytes.utf8("c"));
        expected.checkFinds(before, keys);
        expected.checkScans(before);
        model.checkFinds(all(), keys);
        model.checkScans(all());
    }

    @Test
    void anErasedTombstoneStandsBeforeTheTombstone() {
        Bytes key = Bytes.utf8("a");
        KeyRecord tombstone = KeyRecord.tombstone(key, new Revision(5, 2), 77);
        add(tombstone);
        memtable.erase(tombstone);
        StoredVersion erased = MemtableModel.version(VersionKind.ERASED, tombstone);
        assertThat(all().find(key, key.hash64(), Run.NEWEST)).isEqualTo(erased);
        assertThat(all().find(key, key.hash64(), 5)).isEqualTo(erased);
        assertThat(all().find(key, key.hash64(), 4)).isNull();
        assertThat(memtable.entries()).isEqualTo(2);
        assertThat(memtable.keys()).isEqualTo(1);
    }

    @Test
    void longKeysAndValuesOfAllSizesComeBack() {
        SplittableRandom random = new SplittableRandom(1);
        List<Bytes> keys = new ArrayList<>();
        int[] sizes = {0, 1, 127, 128, 65_535, 65_536, 65_537, 1 << 20, 3 << 20, 100};
        for (int round = 0; round < 3; round++) {
            for (int size : sizes) {
                Bytes key = random(random, random.nextBoolean() ? Limits.KEY_BYTES_MAX : random.nextInt(20));
                keys.add(key);
                add(value(key, random(random, size)));
            }
        }
        add(value(keys.get(3), random(random, 2 << 20)));
        model.checkFinds(all(), keys);
        model.checkScans(all());
        model.checkChanges(all(), 0, ChangeSelection.ALL);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 50, 100})
    void ascendingAndRandomKeysAreFoundWhateverTheMixture(int ascendingPercent) {
        SplittableRandom random = new SplittableRandom(ascendingPercent);
        List<Bytes> keys = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            boolean ascends = random.nextInt(100) < ascendingPercent;
            long number = ascends ? (1L << 40) + i : random.nextLong(1L << 41);
            Bytes key = Bytes.utf8(String.format("key%015d", number));
            keys.add(key);
            add(value(key, Bytes.EMPTY));
        }
        model.checkScans(all());
        model.checkFinds(all(), keys);
        model.checkWalk(all(), keys, random, 1_000);
    }

    @Test
    void manyKeysAreFoundAndOthersAreNot() {
        int count = 150_000;
        for (int i = 0; i < count; i++) {
            memtable.add(value(number(i), Bytes.EMPTY));
        }
        Memtable.Slice slice = all();
        for (int i = 0; i < count; i++) {
            Bytes here = number(i);
            StoredVersion found = slice.find(here, here.hash64(), Run.NEWEST);
            assertThat(found == null ? 0 : found.main()).isEqualTo(i + 2L);
            Bytes missing = number(count + i);
            assertThat(slice.find(missing, missing.hash64(), Run.NEWEST)).isNull();
        }
    }

    private static Bytes number(long number) {
        return Bytes.copyOf(ByteBuffer.allocate(16)
                .putLong(number * 0x9E3779B97F4A7C15L)
                .putLong(number)
                .flip());
    }

    @Test
    void changesBeginAtEachRevision() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1_000; i++) {
            Bytes key = number(random.nextInt(100));
            if (random.nextInt(3) > 0) {
                add(value(key, random(random, random.nextInt(2_000))));
            } else {
                KeyRecord tombstone = KeyRecord.tombstone(key, new Revision(++main, 0), main);
                add(tombstone);
                memtable.erase(tombstone);
                model.add(VersionKind.ERASED, tombstone);
            }
        }
        for (long from = 0; from < main + 2; from += 7) {
            model.checkChanges(all(), from, ChangeSelection.ALL);
            model.checkChanges(all(), from, ChangeSelection.TOMBSTONES);
        }
    }

    @Test
    void revisionsThatDoNotAscendAreABrokenProgram() {
        memtable.add(KeyRecord.tombstone(Bytes.utf8("a"), new Revision(5, 1), 1));
        assertThatThrownBy(() -> memtable.add(KeyRecord.tombstone(Bytes.utf8("b"), new Revision(5, 1), 1)))
                .isInstanceOf(InvariantViolation.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEntryCostsAtMostFortyBytesBesideKeyAndValue(boolean ascending) {
        SplittableRandom random = new SplittableRandom(1);
        int count = 200_000;
        Bytes value = random(random, 128);
        for (int i = 0; i < count; i++) {
            memtable.add(value(ascending ? Bytes.utf8(String.format("%016d", i)) : random(random, 16), value));
        }
        double used = memtable.bytes() / (double) count - (16 + 128);
        double reserved = memtable.reservedBytes() / (double) count - (16 + 128);
        System.out.printf("memtable overhead: usedBytes=%.1f reservedBytes=%.1f%n", used, reserved);
        assertThat(used).isLessThanOrEqualTo(OVERHEAD_BYTES_MAX);
        assertThat(memtable.entries()).isEqualTo(count);
    }
}
