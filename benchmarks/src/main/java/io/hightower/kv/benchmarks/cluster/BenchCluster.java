package io.hightower.kv.benchmarks.cluster;

import io.hightower.kv.benchmarks.candidate.CandidateException;
import io.hightower.kv.benchmarks.fork.ChildJvm;
import io.hightower.kv.benchmarks.measure.Sample;
import io.hightower.kv.benchmarks.measure.Stop;
import io.hightower.kv.benchmarks.measure.Trial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Three members under load. <b>Used by one thread at a time.</b> */
public final class BenchCluster implements AutoCloseable {
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final Duration LEADER_WITHIN = Duration.ofSeconds(60);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    /** Below the ports that systems give to outgoing connections, one of which could take a member's port. */
    private static final int FIRST_PORT = 20_000;

    private static final int PORTS = 12_000;

    private final List<Member> members = new ArrayList<>();
    private final Duration settlingMost;
    private final Stop stop;

    /**
     * What to measure.
     *
     * @param directory where the members live; it exists
     * @param batchCommandsMax most commands in one log entry
     * @param keys how many different keys are written and read
     * @param valueBytes length of a value
     * @param settlingMost how long to wait at most for what members do in the background after a turn
     */
    public record Plan(Path directory, int batchCommandsMax, long keys, int valueBytes, Duration settlingMost) {}

    private BenchCluster(Plan plan, Stop stop) {
        this.settlingMost = plan.settlingMost();
        this.stop = stop;
    }

    /** Begins to open members in processes of their own, each with a heap of this size. */
    public static BenchCluster forked(Plan plan, String heap, Stop stop) {
        ChildJvm jvm = ChildJvm.like().withHeap(heap);
        BenchCluster cluster = new BenchCluster(plan, stop);
        orders(plan).forEach(order -> cluster.members.add(new ForkedMember(jvm, order)));
        cluster.members.forEach(Member::begin);
        return cluster;
    }

    /** Begins to open members in this process. */
    public static BenchCluster local(Plan plan, Stop stop) {
        BenchCluster cluster = new BenchCluster(plan, stop);
        orders(plan).forEach(order -> cluster.members.add(new LocalMember(order)));
        cluster.members.forEach(Member::begin);
        return cluster;
    }

    private static List<Member.Order> orders(Plan plan) {
        Map<String, String> addresses = new LinkedHashMap<>();
        List<Integer> ports = freePorts(NAMES.size());
        for (int i = 0; i < NAMES.size(); i++) {
            addresses.put(NAMES.get(i), "127.0.0.1:" + ports.get(i));
        }
        return NAMES.stream()
                .map(name -> new Member.Order(
                        name,
                        plan.directory().resolve(name),
                        addresses,
                        plan.batchCommandsMax(),
                        plan.keys(),
                        plan.valueBytes()))
                .toList();
    }

    private static List<Integer> freePorts(int count) {
        List<Integer> free = new ArrayList<>();
        int start = (int) Math.floorMod(System.nanoTime(), (long) PORTS);
        for (int tried = 0; free.size() < count && tried < PORTS; tried++) {
            int port = FIRST_PORT + (start + tried) % PORTS;
            if (isFree(port)) {
                free.add(port);
            }
        }
        if (free.size() < count) {
            throw new UncheckedIOException(new IOException("No free ports on loopback: count=" + count));
        }
        return free;
    }

    private static boolean isFree(int port) {
        try (ServerSocket listener = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return listener.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits until all members are open, and one leads. */
    public void awaitOpen() {
        members.forEach(Member::awaitOpen);
        leader();
    }

    /** Returns the leader; waits for one. */
    private Member leader() {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < LEADER_WITHIN.toNanos()) {
            stop.check();
            for (Member member : members) {
                if (member.leads()) {
                    return member;
                }
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        throw new CandidateException(
                "No member of the cluster leads",
                new IllegalStateException(
                        "waited for " + TimeUnit.NANOSECONDS.toSeconds(LEADER_WITHIN.toNanos()) + " s"));
    }

    /** Returns puts with so many outstanding in all members together; the leader has what cannot be divided by three. */
    public Trial puts(int outstanding) {
        return new LoadTrial(Load.Kind.PUT, outstanding);
    }

    /** Returns linearizable reads with so many outstanding in all members together, as {@link #puts}. */
    public Trial gets(int outstanding) {
        return new LoadTrial(Load.Kind.GET, outstanding);
    }

    /** Loads of one kind; closing it leaves the cluster open. */
    private final class LoadTrial implements Trial {
        private final Load.Kind kind;
        private final int outstanding;

        LoadTrial(Load.Kind kind, int outstanding) {
            this.kind = kind;
            this.outstanding = outstanding;
        }

        @Override
        public Sample measure(long nanos) {
            Member leader = leader();
            int share = outstanding / members.size();
            for (Member member : members) {
                int others = share * (members.size() - 1);
                member.begin(new Load(kind, member == leader ? outstanding - others : share, nanos));
            }
            LoopReport ofLeader = LoopReport.none();
            LoopReport ofFollowers = LoopReport.none();
            for (Member member : members) {
                LoopReport report = member.end();
                if (member == leader) {
                    ofLeader = report;
                } else {
                    ofFollowers = ofFollowers.beside(report);
                }
            }
            stop.check();
            return sample(ofLeader, ofFollowers, leader.leads());
        }

        private Sample sample(LoopReport ofLeader, LoopReport ofFollowers, boolean stillLeads) {
            LoopReport all = ofLeader.beside(ofFollowers);
            Map<String, Double> facts = new TreeMap<>();
            facts.put("p999Micros", all.percentileMicros(0.999));
            facts.put("failed", (double) all.failed());
            facts.put("leaderChanges", stillLeads ? 0.0 : 1.0);
            add(facts, "leader", ofLeader);
            if (ofFollowers.operations() > 0) {
                add(facts, "followers", ofFollowers);
            }
            return new Sample(all.perSecond(), all.perSecond(), all.latencies(), facts);
        }

        private static void add(Map<String, Double> facts, String who, LoopReport report) {
            facts.put(who + "OpsPerSecond", report.perSecond());
            facts.put(who + "P50Micros", report.percentileMicros(0.5));
            facts.put(who + "P99Micros", report.percentileMicros(0.99));
            facts.put(who + "P999Micros", report.percentileMicros(0.999));
        }

        @Override
        public void settle() {
            members.forEach(member -> member.beginSettling(settlingMost));
            members.forEach(Member::endSettling);
        }

        @Override
        public void close() {
            // The cluster goes on for other loads.
        }
    }

    /** Closes all members at the same time: nobody is left to take over from another. */
    @Override
    public void close() {
        CompletableFuture.allOf(members.stream()
                        .map(member -> CompletableFuture.runAsync(member::close))
                        .toArray(CompletableFuture[]::new))
                .join();
    }
}
