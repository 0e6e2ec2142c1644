package io.hightower.kv.cluster.guarantees;

import io.hightower.kv.cluster.guarantees.recording.RecordingEngine;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One client that compacts now and then, never beyond what the reference watcher was given, reads at the compact revision and
 * below it, and sends visitors: watchers that begin there, below, around the newest revision and in the future, and leave soon.
 */
final class Compactor {
    private static final String NAME = "compactor";
    private static final int VISITORS_MAX = 6;

    private final RecordedMembers members;
    private final RandomGenerator random;
    private final WatcherLoop reference;
    private final Deque<RunThread> visitors = new ArrayDeque<>();
    private int visitorsSent;
    private long compacted;

    Compactor(RecordedMembers members, RandomGenerator random, WatcherLoop reference) {
        this.members = members;
        this.random = random;
        this.reference = reference;
    }

    void run(RunThread thread) throws InterruptedException {
        while (!thread.isStopped()) {
            List<String> names = members.members().names();
            String member = names.get(random.nextInt(names.size()));
            Optional<RecordingEngine> engine = members.find(NAME, member);
            if (engine.isPresent()) {
                visit(engine.get(), member);
            }
            thread.pause(100 + random.nextInt(150));
        }
        while (!visitors.isEmpty()) {
            leave();
        }
    }

    private void visit(RecordingEngine engine, String member) throws InterruptedException {
        long through = reference.through();
        try {
            if (through > compacted + 20) {
                compact(engine, through - random.nextInt((int) Math.min(200, through - compacted)), member);
            }
            send(member, Math.max(1, through - 100 + random.nextInt(200)));
        } catch (HightowerException e) {
            // Closed or without a leader: the history has it.
        }
    }

    private void compact(RecordingEngine engine, long revision, String member) throws InterruptedException {
        try {
            engine.compact(revision);
        } catch (RefusedException e) {
            // One of unknown outcome had been done after all.
        }
        compacted = revision;
        // Behind it, the member that answers the readings certainly knows of the compaction.
        engine.put(Bytes.utf8("compacted"), Bytes.utf8("through " + revision));
        read(engine, revision);
        read(engine, Math.max(1, revision - 1 - random.nextInt(5)));
        send(member, revision);
        send(member, Math.max(1, revision - 1 - random.nextInt(5)));
    }

    private static void read(RecordingEngine engine, long revision) {
        try {
            engine.range(RangeRequest.of(KeyRange.all()).atRevision(revision));
        } catch (HightowerException e) {
            // That this is refused, or is not, is what the history is judged for.
        }
    }

    private void send(String member, long start) throws InterruptedException {
        WatchRequest request = WatchRequest.of(KeyRange.all()).from(start);
        WatchRequest wanted = random.nextBoolean() ? request.withPrevious() : request;
        String name = "visitor-" + ++visitorsSent;
        WatcherLoop visitor = new WatcherLoop(members, name, member, wanted, random.nextInt(3));
        visitors.add(new RunThread(name, visitor::run));
        if (visitors.size() > VISITORS_MAX) {
            leave();
        }
    }

    private void leave() throws InterruptedException {
        RunThread first = visitors.remove();
        first.stop();
        first.join(GuaranteeRun.PATIENCE_SECONDS);
    }
}
