package io.hightower.kv.cluster.guarantees;

import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.cluster.guarantees.recording.RecordingEngine;
import io.hightower.kv.cluster.guarantees.recording.RecordingWatch;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * A watcher that reads until it is told up to which revision, and goes on with another watch, behind what it knows to be whole,
 * whenever its member closes or a compaction overtakes it.
 */
final class WatcherLoop {
    private static final Duration PATIENCE = Duration.ofMillis(20);

    private final RecordedMembers members;
    private final String name;
    private final String member;
    private final long pauseMillis;

    private final CompletableFuture<Long> last = new CompletableFuture<>();
    private volatile long through;
    private WatchRequest next;

    /**
     * Makes a watcher.
     *
     * @param pauseMillis how long it rests after each message; 0 for one that keeps up
     */
    WatcherLoop(RecordedMembers members, String name, String member, WatchRequest request, long pauseMillis) {
        this.members = members;
        this.name = name;
        this.member = member;
        this.next = request;
        this.pauseMillis = pauseMillis;
    }

    /** Returns the revision up to which everything was given, as far as it was told. */
    long through() {
        return through;
    }

    /** Says after which revision it has seen enough. */
    void finishBehind(long revision) {
        last.complete(revision);
    }

    void run(RunThread thread) throws InterruptedException {
        while (!thread.isStopped()) {
            Optional<RecordingEngine> engine = members.find(name, member);
            if (engine.isEmpty()) {
                thread.pause(5);
            } else if (session(engine.get(), thread)) {
                return;
            }
        }
    }

    /** Returns whether it has seen enough. */
    private boolean session(RecordingEngine engine, RunThread thread) throws InterruptedException {
        RecordingWatch watch;
        try {
            watch = engine.watch(next);
        } catch (HightowerException e) {
            thread.pause(5);
            return false;
        }
        boolean enough = read(watch, thread);
        watch.close();
        while (watch.soFar().canceled().isEmpty() && watch.await(PATIENCE).isPresent()) {
            // What is left to be read is noted.
        }
        // Whatever might follow the end is noted, too.
        watch.poll();
        next = next.from(resumption(watch.soFar()));
        return enough;
    }

    private boolean read(RecordingWatch watch, RunThread thread) throws InterruptedException {
        while (!thread.isStopped()) {
            Optional<WatchMessage> message = watch.await(PATIENCE);
            if (message.isPresent()) {
                if (message.get() instanceof WatchMessage.Canceled) {
                    return false;
                }
                WatchSession.claimedBy(message.get()).ifPresent(claimed -> through = Math.max(through, claimed));
                if (pauseMillis > 0 && !last.isDone()) {
                    thread.pause(pauseMillis);
                }
            } else {
                watch.requestProgress();
            }
            if (last.isDone() && through >= last.join()) {
                return true;
            }
        }
        return true;
    }

    private long resumption(WatchSession session) {
        Optional<WatchMessage.Canceled> canceled = session.canceled();
        if (canceled.isPresent() && canceled.get().reason() == WatchMessage.Reason.COMPACTED) {
            return canceled.get().restartRevision();
        }
        OptionalLong complete = session.completeThrough();
        return complete.isPresent()
                ? complete.getAsLong() + 1
                : session.firstRevision().orElse(next.startRevision());
    }
}
