package io.hightower.kv.storage.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.storage.history.ChangeCursor;
import io.hightower.kv.storage.history.ChangeSelection;
import io.hightower.kv.storage.run.Run;
import io.hightower.kv.storage.run.StoredVersion;
import io.hightower.kv.storage.run.VersionCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * One writer and two readers. Revision r makes key number r, at a random place of the order, and changes the one key that
 * all share; so what a view of r revisions must show is known without a model.
 */
class MemtableConcurrencyTest {
    private static final int READERS = 2;
    private static final int REVISIONS = 30_000;
    private static final Bytes SHARED = Bytes.wrap(new byte[] {(byte) 0xff});

    private record Published(Memtable.Slice slice, int revisions) {}

    private volatile Published published;

    @Test
    void readersSeeAllOfAPrefixWhileTheWriterGoesOn(TestInfo test) throws Exception {
        ExecutorService readers = Executors.newFixedThreadPool(READERS);
        try {
            SeededRuns.of(test).count(3).checkEach(random -> {
                SplittableRandom scrambler = new SplittableRandom(random.nextLong());
                long[] scrambled = scrambler.longs(REVISIONS).map(n -> n >>> 1).toArray();
                Memtable memtable = Memtable.create();
                published = new Published(memtable.at(memtable.watermark()), 0);
                List<Future<Integer>> checks = new ArrayList<>();
                for (int i = 0; i < READERS; i++) {
                    SplittableRandom own = scrambler.split();
                    checks.add(readers.submit(() -> readUntilDone(scrambled, own)));
                }
                write(memtable, scrambled);
                for (Future<Integer> check : checks) {
                    assertThat(check.get()).isPositive();
                }
            });
        } finally {
            readers.shutdownNow();
        }
    }

    /** Half of the keys ascend behind all others, so that both ways into the list are taken. */
    private static Bytes key(long[] scrambled, int revision) {
        long number = revision % 2 == 0 ? scrambled[revision] >>> 1 : (1L << 62) + revision;
        return Bytes.copyOf(
                ByteBuffer.allocate(12).putLong(number).putInt(revision).flip());
    }

    private void write(Memtable memtable, long[] scrambled) {
        Bytes value = Bytes.wrap(new byte[40]);
        for (int i = 0; i < scrambled.length; i++) {
            long main = i + 2L;
            memtable.add(new KeyRecord(key(scrambled, i), true, value, main, new Revision(main, 0), 1, main));
            memtable.add(new KeyRecord(SHARED, true, Bytes.EMPTY, 2, new Revision(main, 1), i + 1L, main));
            published = new Published(memtable.at(memtable.watermark()), i + 1);
        }
    }

    private int readUntilDone(long[] scrambled, SplittableRandom random) {
        int checks = 0;
        Published view;
        do {
            view = published;
            switch (random.nextInt(6)) {
                case 0 -> checkForward(view);
                case 1 -> checkBackward(view);
                case 2 -> checkChanges(view, random);
                default -> {
                    for (int i = 0; i < 200; i++) {
                        checkLookups(view, scrambled, random);
                    }
                }
            }
            checks++;
        } while (view.revisions < scrambled.length);
        return checks;
    }

    private static void checkForward(Published view) {
        VersionCursor cursor = view.slice.cursor();
        int seen = 0;
        long before = -1;
        for (boolean stands = cursor.first(); stands && cursor.keyLength() == 12; stands = cursor.nextKey()) {
            long number = Bytes.prefix64(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength());
            assertThat(number > before && cursor.main() <= view.revisions + 1L).isTrue();
            before = number;
            seen++;
        }
        assertThat(seen).isEqualTo(view.revisions);
    }

    private static void checkBackward(Published view) {
        VersionCursor cursor = view.slice.cursor();
        int seen = 0;
        for (boolean stands = cursor.seekBefore(SHARED); stands; stands = cursor.previousKey()) {
            assertThat(cursor.main()).isLessThanOrEqualTo(view.revisions + 1L);
            seen++;
        }
        assertThat(seen).isEqualTo(view.revisions);
    }

    private static void checkChanges(Published view, SplittableRandom random) {
        int from = random.nextInt(view.revisions + 1);
        ChangeCursor changes = view.slice.from(from + 2L, ChangeSelection.ALL);
        for (int revision = from; revision < view.revisions; revision++) {
            for (int sub = 0; sub < 2; sub++) {
                assertThat(changes.next()).isTrue();
                assertThat(changes.main()).isEqualTo(revision + 2L);
                assertThat(changes.sub()).isEqualTo(sub);
            }
        }
        assertThat(changes.next()).isFalse();
    }

    private static void checkLookups(Published view, long[] scrambled, SplittableRandom random) {
        int revision = Math.min(scrambled.length - 1, random.nextInt(view.revisions + 5));
        Bytes key = key(scrambled, revision);
        StoredVersion found = view.slice.find(key, key.hash64(), Run.NEWEST);
        assertThat(found == null).isEqualTo(revision >= view.revisions);
        if (found != null) {
            assertThat(found.main()).isEqualTo(revision + 2L);
            assertThat(found.value().length()).isEqualTo(40);
        }
        VersionCursor cursor = view.slice.cursor();
        assertThat(cursor.seek(key) && cursor.key().equals(key)).isEqualTo(found != null);
        StoredVersion shared = view.slice.find(SHARED, SHARED.hash64(), Run.NEWEST);
        assertThat(shared == null ? 0L : shared.main() - 1L).isEqualTo(view.revisions);
    }
}
