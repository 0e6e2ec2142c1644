package io.hightower.kv.cluster.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Sample;
import io.hightower.kv.cluster.guarantees.kv.LeaseDelay;
import io.hightower.kv.cluster.guarantees.kv.LeaseEndsInTime;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.cluster.guarantees.recording.Recorder;
import io.hightower.kv.cluster.guarantees.recording.RecordingEngine;
import io.hightower.kv.cluster.guarantees.watch.WatchDelay;
import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.state.HashKv;
import io.hightower.kv.statemachine.state.StateHash;
import io.hightower.kv.statemachine.watch.WatchRequest;
import io.hightower.kv.statemachine.watch.WatchRequest.Changes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;

/** Clients and watchers of every kind at work on some members, recorded, and held against all guarantees. */
final class GuaranteeRun {
    static final long PATIENCE_SECONDS = 30;

    private static final int WRITERS = 5;
    private static final int LEASE_CLIENTS = 3;
    private static final long CALLS_PER_PART_LEAST = 150;

    private final Members members;
    private final SplittableRandom random;
    private final Recorder recorder = new Recorder();
    private final RecordedMembers recorded;
    private final Map<WatcherLoop, RunThread> watchers = new LinkedHashMap<>();
    private final List<RunThread> clients = new ArrayList<>();

    /** Begins. */
    GuaranteeRun(Members members, RandomGenerator random) {
        this.members = members;
        this.recorded = new RecordedMembers(members, recorder);
        this.random = new SplittableRandom(random.nextLong());
        startWatchers();
        startClients();
    }

    private void startWatchers() {
        WatchRequest all = WatchRequest.of(KeyRange.all());
        WatchRequest leases = WatchRequest.of(KeyRange.prefix(Bytes.utf8("l/")));
        watch(History.REFERENCE, all.from(1), 0);
        watch("now", all.withProgress(), 0);
        watch(
                "puts-in-a",
                WatchRequest.of(KeyRange.prefix(Bytes.utf8("a/")))
                        .only(Changes.PUTS)
                        .withPrevious(),
                0);
        watch("deletes", all.from(1).only(Changes.DELETES).withPrevious(), 0);
        watch("ends-of-leases", leases.only(Changes.DELETES).withProgress(), 0);
        watch("one-key", WatchRequest.of(KeyRange.single(Bytes.utf8("b/7"))).withPrevious(), 0);
        watch("progress-alone", all.only(Changes.NONE).withProgress(), 0);
        watch("fragments", all.from(1).inFragmentsOf(300).withPrevious(), 0);
        watch("future", all.from(60), 0);
        watch("slow", all.from(1).withPrevious(), 60);
        watch("slow-in-fragments", all.inFragmentsOf(100), 25);
    }

    private void watch(String name, WatchRequest request, long pauseMillis) {
        String member = members.names().get(watchers.size() % members.names().size());
        WatcherLoop loop = new WatcherLoop(recorded, name, member, request, pauseMillis);
        watchers.put(loop, new RunThread(name, loop::run));
    }

    private WatcherLoop reference() {
        return watchers.keySet().iterator().next();
    }

    private void startClients() {
        for (int i = 0; i < WRITERS; i++) {
            String name = "writer-" + i;
            RandomGenerator own = random.split();
            RandomClient client = new RandomClient(name, own);
            start(name, i, engine -> {
                client.act(engine);
                return own.nextInt(6);
            });
        }
        for (int i = 0; i < LEASE_CLIENTS; i++) {
            start("leaser-" + i, i, new LeaseClient((i + 1) * 1_000_000L, random.split())::act);
        }
        clients.add(new RunThread("compactor", new Compactor(recorded, random.split(), reference())::run));
        clients.add(new RunThread("sampler", this::sample));
    }

    /** What a client does; the answer says how many milliseconds it waits then. */
    private interface Act {
        long on(RecordingEngine engine);
    }

    private void start(String client, int number, Act act) {
        String member = members.names().get(number % members.names().size());
        clients.add(new RunThread(client, thread -> {
            while (!thread.isStopped()) {
                Optional<RecordingEngine> engine = recorded.find(client, member);
                thread.pause(engine.isPresent() ? act.on(engine.get()) : 5);
            }
        }));
    }

    private void sample(RunThread thread) throws InterruptedException {
        while (!thread.isStopped()) {
            sampleAll(reference().through());
            thread.pause(200);
        }
    }

    /** Asks every member for its hashes, that of history at one revision. */
    void sampleAll(long revision) {
        for (String name : members.names()) {
            members.find(name).ifPresent(engine -> {
                try {
                    AppliedState applied = engine.applied();
                    String place = "index=" + applied.position().index();
                    recorder.sampled(new Sample(name, Sample.Kind.STATE, place, StateHash.of(applied)));
                    HashKv.Hash history = engine.hashKv(revision);
                    String moment = "revision=" + history.revision() + " compact=" + history.compactRevision();
                    recorder.sampled(new Sample(name, Sample.Kind.HISTORY, moment, history.hash()));
                } catch (RevisionUnavailableException e) {
                    // Compacted meanwhile, or not there yet.
                } catch (HightowerException e) {
                    // Closed meanwhile.
                }
            });
        }
    }

    /** Returns an engine of a client of its own. */
    RecordingEngine client(String name, String member) {
        return recorded.member(name, member);
    }

    /** Lets the clients work for so long, and on a slow machine until they have done something worth judging. */
    void work(Duration time) throws InterruptedException {
        long enough = recorder.callsNoted() + CALLS_PER_PART_LEAST;
        clients.get(0).pause(time.toMillis());
        Awaitility.await("the clients do something")
                .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .until(() -> recorder.callsNoted() >= enough);
    }

    /** Stops the clients, has what they left be seen by everybody, and returns the newest revision. */
    long settle() throws InterruptedException {
        clients.forEach(RunThread::stop);
        for (RunThread client : clients) {
            client.join(PATIENCE_SECONDS);
        }
        String any = members.names().get(0);
        Awaitility.await("every lease ends")
                .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .until(() -> members.member(any).leases().isEmpty());
        long last = 0;
        for (String name : members.names()) {
            Result.RangeResult read = recorded.member(History.LAST_READER, name).range(RangeRequest.of(KeyRange.all()));
            last = Math.max(last, read.revision());
        }
        for (Map.Entry<WatcherLoop, RunThread> watcher : watchers.entrySet()) {
            watcher.getKey().finishBehind(last);
        }
        for (RunThread watcher : watchers.values()) {
            watcher.join(PATIENCE_SECONDS);
        }
        Awaitility.await("every member has applied the same, and has nothing left to tidy up")
                .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .until(this::isQuiet);
        sampleAll(last);
        return last;
    }

    /** Nobody writes any more once the leases have ended and the tombstones are released. */
    private boolean isQuiet() {
        List<AppliedState> states = members.names().stream()
                .map(name -> members.member(name).applied())
                .toList();
        return states.stream().allMatch(state -> state.tombstones() == 0)
                && states.stream()
                                .map(state -> state.position().index())
                                .distinct()
                                .count()
                        == 1;
    }

    /** Judges what was recorded. */
    void judge(String name) throws IOException {
        History history = recorder.history();
        long begun = System.nanoTime();
        List<Judgement> judgements = new ArrayList<>(Guarantees.judge(history));
        judgements.add(new LeaseEndsInTime(Duration.ofSeconds(PATIENCE_SECONDS)).check(history));
        StringBuilder report = new StringBuilder();
        report.append("operations=").append(history.operations().size());
        report.append(" answered=").append(history.answered().size());
        report.append(" revisions=").append(history.log().last());
        report.append(" watches=").append(history.watches().size());
        report.append(" events=")
                .append(history.watches().stream()
                        .mapToLong(watch -> watch.events().size())
                        .sum());
        report.append(" judgedInMillis=").append((System.nanoTime() - begun) / 1_000_000);
        report.append('\n')
                .append(WatchDelay.of(history))
                .append('\n')
                .append(LeaseDelay.of(history))
                .append('\n');
        judgements.forEach(judgement -> report.append(judgement).append('\n'));
        Path file = Path.of(System.getProperty("basedir", ""), "target", "guarantees", name + ".txt");
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, report.toString());
        List<String> notPassed = judgements.stream()
                .filter(judgement -> judgement.verdict() != Judgement.Verdict.PASS)
                .map(Judgement::guarantee)
                .toList();
        assertThat(notPassed).as(report.toString()).isEmpty();
    }
}
