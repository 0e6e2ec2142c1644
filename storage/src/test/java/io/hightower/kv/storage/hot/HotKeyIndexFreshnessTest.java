package io.hightower.kv.storage.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** That no reader is ever served what its view does not show: in every order of steps, and with threads. */
class HotKeyIndexFreshnessTest {
    private static final Bytes KEY = Bytes.utf8("key");
    private static final long HASH = KEY.hash64();

    private static KeyValue value(Bytes key, long main) {
        return new KeyValue(key, Bytes.utf8("as of " + main), main, main, 1, main);
    }

    // Every order of steps.

    private enum WriterOrder {
        STAMP_FIRST,
        PUBLISH_FIRST
    }

    /** What one thread does, step by step. */
    private interface Program {
        /** Takes the next step; false if there was none left. */
        boolean step(World world);
    }

    /** The index, and the key's published revision: each revision is one that changed the key. */
    private static final class World {
        private final HotKeyIndex index = new HotKeyIndex(16 << 10);
        private long published = 1;
        private int stale;
        private int served;

        World() {
            index.promote(HASH, value(KEY, 1), 1);
        }
    }

    /** Changes the key several times; now and then a change is stamped only and made again. */
    private static final class Writer implements Program {
        private final WriterOrder order;
        private int done;

        Writer(WriterOrder order) {
            this.order = order;
        }

        @Override
        public boolean step(World world) {
            if (done == 4) {
                return false;
            }
            boolean stamps = (done % 2 == 0) == (order == WriterOrder.STAMP_FIRST);
            long main = 2L + done / 2;
            if (stamps) {
                world.index.written(HASH, main);
            } else {
                world.published = main;
            }
            done++;
            return true;
        }
    }

    /** Opens a view, looks the key up in two steps, reads it from elsewhere and puts it in, in two steps again; twice. */
    private static final class Reader implements Program {
        private static final int STEPS = 5;

        private int done;
        private long view;
        private HotEntry found;
        private KeyValue cold;
        private boolean admitted;

        @Override
        public boolean step(World world) {
            if (done == 2 * STEPS) {
                return false;
            }
            switch (done % STEPS) {
                case 0 -> view = world.published;
                case 1 -> found = world.index.entryOf(KEY, HASH);
                case 2 -> {
                    if (found != null && world.index.isUsable(found, view)) {
                        world.served++;
                        world.stale += found.value().equals(value(KEY, view)) ? 0 : 1;
                    }
                }
                case 3 -> {
                    cold = value(KEY, view);
                    admitted = world.index.isAdmitted(HASH, cold, view);
                }
                default -> {
                    if (admitted) {
                        world.index.put(new HotEntry(HASH, cold, view));
                    }
                }
            }
            done++;
            return true;
        }
    }

    /** Runs every order of the steps of a writer and a reader that came before, and of another reader after a while. */
    private static World everyOrder(WriterOrder order) {
        World total = new World();
        int writerSteps = 4;
        int readerSteps = 2 * Reader.STEPS;
        for (long pattern : orders(writerSteps, readerSteps)) {
            for (int secondAfter = 0; secondAfter <= writerSteps + readerSteps; secondAfter++) {
                World world = new World();
                Program writer = new Writer(order);
                Program reader = new Reader();
                Program second = new Reader();
                for (int step = 0; step < writerSteps + readerSteps; step++) {
                    if (step == secondAfter) {
                        runAll(second, world);
                    }
                    assertThat((((pattern >> step) & 1) == 1 ? writer : reader).step(world))
                            .isTrue();
                }
                runAll(new Reader(), world);
                total.stale += world.stale;
                total.served += world.served;
            }
        }
        return total;
    }

    private static void runAll(Program program, World world) {
        boolean more = true;
        while (more) {
            more = program.step(world);
        }
    }

    /** Returns all words with so many ones and zeros. */
    private static List<Long> orders(int ones, int zeros) {
        List<Long> found = new ArrayList<>();
        for (long word = 0; word < 1L << (ones + zeros); word++) {
            if (Long.bitCount(word) == ones) {
                found.add(word);
            }
        }
        return found;
    }

    @Test
    void noOrderOfStepsServesAStaleValue() {
        World total = everyOrder(WriterOrder.STAMP_FIRST);
        assertThat(total.served).isGreaterThan(1000);
        assertThat(total.stale).isZero();
    }

    /** The test above would find it if the writer stamped too late. */
    @Test
    void stampingAfterPublishingWouldServeStaleValues() {
        assertThat(everyOrder(WriterOrder.PUBLISH_FIRST).stale).isPositive();
    }

    // Threads.

    private static final int KEYS = 24;

    /** A published state: the main revision of each key's last change. */
    private static final class Published {
        private final long revision;
        private final long[] mains;

        Published(long revision, long[] mains) {
            this.revision = revision;
            this.mains = mains;
        }

        long revision() {
            return revision;
        }

        long[] copyOfMains() {
            return mains.clone();
        }

        KeyValue read(int key) {
            return value(key(key), mains[key]);
        }
    }

    private static Bytes key(int number) {
        return Bytes.utf8("key " + number);
    }

    @Test
    void threadsAreServedWhatTheirViewShows() throws Exception {
        // So small that keys share sets and stamps, and the limit is reached.
        Race race = new Race(new HotKeyIndex(6 << 10));
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int reader = 1; reader <= 2; reader++) {
                int seed = reader;
                running.add(threads.submit(() -> race.read(seed)));
            }
            race.write();
            for (Future<?> reader : running) {
                reader.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(race.hits.get()).isGreaterThan(1000);
    }

    private static final class Race {
        private static final int WRITES = 100_000;

        private final HotKeyIndex index;
        private final AtomicLong hits = new AtomicLong();
        private final CountDownLatch readersRun = new CountDownLatch(2);
        private volatile Published published = new Published(1, new long[KEYS]);
        private volatile boolean done;

        Race(HotKeyIndex index) {
            this.index = index;
        }

        void write() throws InterruptedException {
            readersRun.await();
            SplittableRandom random = new SplittableRandom(99);
            try {
                for (int i = 0; i < WRITES; i++) {
                    Published before = published;
                    long[] mains = before.copyOfMains();
                    long main = before.revision();
                    for (int changes = random.nextInt(1, 3); changes > 0; changes--) {
                        int key = random.nextInt(random.nextInt(1, KEYS + 1));
                        main++;
                        index.written(key(key).hash64(), main);
                        mains[key] = main;
                    }
                    if (random.nextInt(10) > 0) {
                        // Else the edit is dropped: the same revisions come again, for other keys.
                        published = new Published(main, mains);
                    }
                    if (i % 64 == 0) {
                        LockSupport.parkNanos(1);
                    }
                }
            } finally {
                done = true;
            }
        }

        void read(int seed) {
            SplittableRandom random = new SplittableRandom(seed);
            long found = 0;
            while (!done) {
                Published view = published;
                for (int i = random.nextInt(1, 20); i > 0; i--) {
                    int key = random.nextInt(KEYS);
                    Bytes bytes = key(key);
                    KeyValue known = index.find(bytes, bytes.hash64(), view.revision());
                    if (known == null) {
                        index.promote(bytes.hash64(), view.read(key), view.revision());
                    } else {
                        found++;
                        if (!known.equals(view.read(key))) {
                            throw new AssertionError(
                                    "stale: " + known + " in a view of " + view.revision() + " with " + view.read(key));
                        }
                    }
                }
                readersRun.countDown();
            }
            hits.addAndGet(found);
        }
    }
}
