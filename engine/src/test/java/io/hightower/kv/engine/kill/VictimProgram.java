package io.hightower.kv.engine.kill;

import io.hightower.kv.engine.Hightower;
import io.hightower.kv.engine.HistoryRetention;
import io.hightower.kv.engine.Options;
import io.hightower.kv.engine.StorageOptions;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.storage.log.SyncPolicy;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that opens a store, tells what it finds and writes until somebody kills it.
 *
 * <p>Lines on its output: {@code opening}; {@code found N N …}, the steps of each thread that the store shows; {@code ack
 * THREAD STEP} once a step is durable, in one write to the pipe and before the thread goes on; {@code failed …}, then it ends.
 * It ends by itself when its input ends.
 */
final class VictimProgram {
    /** Threads that write. */
    static final int THREADS = 5;

    /** Of these, so many do not wait for one write before they hand in the next. */
    private static final int ASYNCHRONOUS = 2;

    /** Writes that such a thread has under way. */
    private static final int UNDER_WAY_MAX = 16;

    private static final int FORGETS_EVERY = 20;
    private static final long SPLIT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    // Unbuffered: what is written has left this process.
    private final FileOutputStream output = new FileOutputStream(FileDescriptor.out);
    private final LocalEngine store;
    private final Sabotage sabotage;

    private VictimProgram(LocalEngine store, Sabotage sabotage) {
        this.store = store;
        this.sabotage = sabotage;
    }

    /** Returns how many steps of a thread can be begun and not acknowledged. */
    static int underWayMax(int thread) {
        return isAsynchronous(thread) ? UNDER_WAY_MAX : 1;
    }

    private static boolean isAsynchronous(int thread) {
        return thread >= THREADS - ASYNCHRONOUS;
    }

    /**
     * Runs.
     *
     * @param arguments directory, seed of the scripts, seed of the options, the sabotage, whether to write, and for each thread
     *     the step that was acknowledged last
     */
    public static void main(String[] arguments) {
        try {
            endWithInput();
            say("opening");
            Options options = options(Path.of(arguments[0]), new SplittableRandom(Long.parseLong(arguments[2])));
            LocalEngine store = Hightower.open(options);
            List<Long> acknowledged = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                acknowledged.add(Long.parseLong(arguments[5 + thread]));
            }
            long seed = Long.parseLong(arguments[1]);
            List<Long> found = new RecoveredState(seed, acknowledged).in(store);
            say("found " + String.join(" ", found.stream().map(String::valueOf).toList()));
            if (Boolean.parseBoolean(arguments[4])) {
                new VictimProgram(store, Sabotage.valueOf(arguments[3])).writeUntilKilled(seed, found);
            }
            store.close();
        } catch (Throwable e) {
            fail(e);
        }
    }

    /** Everything happens often: flushes, merges, recycled segments, released tombstones. */
    private static Options options(Path directory, SplittableRandom random) {
        StorageOptions storage = StorageOptions.ofMemory(4 << 20)
                .withMemtableBytes(64 << 10)
                .withHotKeysBytes(random.nextBoolean() ? 64 << 10 : 0)
                .withFlushInterval(Duration.ofSeconds(1))
                .withBlockBytes(4 << 10)
                .withCompression(
                        random.nextBoolean() ? StorageOptions.Compression.LZ4 : StorageOptions.Compression.NONE)
                .withTableBytes(64 << 10)
                .withLevel0Tables(2)
                .withSegmentBytes(64 << 10)
                .withArchivedSegments(random.nextInt(3) == 0 ? 2 : 0)
                .withCheckpointLogBytes(256 << 10);
        return Options.at(directory)
                .withSync(syncPolicy(random))
                .withStorage(storage)
                .withHistory(history(random))
                .withEnqueueTimeout(Duration.ofMinutes(1))
                .withFreeDiskBytesMin(0)
                .withTombstoneGrace(Duration.ofMillis(100))
                .withMaintenanceInterval(Duration.ofMillis(20));
    }

    private static HistoryRetention history(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> HistoryRetention.forever();
            case 1 -> HistoryRetention.ofRevisions(100).every(Duration.ofSeconds(1));
            default -> HistoryRetention.none();
        };
    }

    /** The end of the process alone takes nothing that was acknowledged, whatever the policy. */
    private static SyncPolicy syncPolicy(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> SyncPolicy.never();
            case 1 -> SyncPolicy.interval(Duration.ofMillis(20));
            default -> SyncPolicy.everyWrite();
        };
    }

    private void writeUntilKilled(long seed, List<Long> found) throws InterruptedException {
        for (int thread = 0; thread < THREADS; thread++) {
            WriterScript script = new WriterScript(seed, thread);
            long next = found.get(thread) + 1;
            Runnable work = isAsynchronous(thread) ? () -> writeAhead(script, next) : () -> write(script, next);
            new Thread(work, "writer-" + thread).start();
        }
        new CountDownLatch(1).await();
    }

    private void write(WriterScript script, long first) {
        try {
            for (long step = first; ; step++) {
                if (sabotage == Sabotage.ACKNOWLEDGES_EARLY) {
                    acknowledge(script, step);
                }
                submit(script, step);
                if (sabotage != Sabotage.ACKNOWLEDGES_EARLY) {
                    acknowledge(script, step);
                }
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void submit(WriterScript script, long step) {
        if (sabotage == Sabotage.SPLITS_BATCHES) {
            for (Command command : script.commands(step)) {
                store.submit(command);
                LockSupport.parkNanos(SPLIT_NANOS);
            }
        } else if (sabotage != Sabotage.FORGETS_WRITES || step % FORGETS_EVERY != 0) {
            store.submit(script.command(step));
        }
    }

    private void writeAhead(WriterScript script, long first) {
        Semaphore room = new Semaphore(UNDER_WAY_MAX);
        try {
            for (long step = first; ; step++) {
                long handedIn = step;
                room.acquire();
                if (sabotage == Sabotage.ACKNOWLEDGES_EARLY) {
                    acknowledge(script, step);
                }
                store.submitAsync(script.command(step)).whenComplete((result, failure) -> {
                    if (failure != null) {
                        fail(failure);
                    } else if (sabotage != Sabotage.ACKNOWLEDGES_EARLY) {
                        acknowledge(script, handedIn);
                    }
                    room.release();
                });
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void acknowledge(WriterScript script, long step) {
        try {
            // Far below what a pipe takes as a whole, so lines of several threads do not mix.
            output.write(("ack " + script.thread() + " " + step + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            fail(e);
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static void endWithInput() {
        Thread watcher = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Nothing is said to this program: its input ends when whoever started it does.
                        }
                    } catch (IOException e) {
                        // As good as the end.
                    }
                    Runtime.getRuntime().halt(2);
                },
                "end-with-input");
        watcher.setDaemon(true);
        watcher.start();
    }

    private static void fail(Throwable failure) {
        failure.printStackTrace();
        say("failed " + String.valueOf(failure).replace('\n', ' '));
        Runtime.getRuntime().halt(1);
    }
}
