package io.hightower.kv.cluster.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.client.RestClient;
import io.hightower.kv.cluster.check.Evidence;
import io.hightower.kv.cluster.check.history.Op;
import io.hightower.kv.cluster.check.verdict.Verdict;
import io.hightower.kv.cluster.judged.RecordedClient;
import io.hightower.kv.cluster.judged.RecordedCluster;
import io.hightower.kv.cluster.process.ProcessCluster;
import io.hightower.kv.cluster.process.ServerProcess;
import io.hightower.kv.cluster.process.StatusProbe;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** Three processes under load, a fault, and the verdict on what clients saw. <b>Used by one thread at a time.</b> */
final class FaultRun implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final ProcessCluster cluster;
    private final RecordedCluster recorded = new RecordedCluster();
    private final ClientLoad load;
    private final List<Evidence> evidence = new ArrayList<>();

    private FaultRun(ProcessCluster cluster) {
        this.cluster = cluster;
        this.load = ClientLoad.on(cluster, recorded);
    }

    /** Starts the processes in a directory, and clients. */
    static FaultRun in(Path directory, String... moreArguments) {
        List<String> arguments = new ArrayList<>(List.of("--free-disk-bytes-min=0"));
        arguments.addAll(Arrays.asList(moreArguments));
        ProcessCluster cluster = ProcessCluster.in(directory, arguments);
        try {
            cluster.start();
            FaultRun run = new FaultRun(cluster);
            run.work(300);
            return run;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    ProcessCluster cluster() {
        return cluster;
    }

    /** Returns the name of the leader; waits for one. */
    String leader() {
        return Awaitility.await("a member leads")
                .atMost(PATIENCE)
                .until(cluster::leader, leader -> leader.isPresent())
                .orElseThrow();
    }

    /** Returns the name of the leader among the others; waits for one. */
    String leaderBut(String old) {
        return Awaitility.await("a member other than " + old + " leads")
                .atMost(PATIENCE)
                .until(
                        () -> cluster.names().stream()
                                .filter(name -> !name.equals(old))
                                .filter(name -> leads(cluster.member(name)))
                                .findFirst(),
                        leader -> leader.isPresent())
                .orElseThrow();
    }

    /** Returns the term of the last entry that a member has applied: entries of a later leader have a higher one. */
    long termAt(String member) {
        return StatusProbe.ask(cluster.member(member).restUrl()).orElseThrow().appliedTerm();
    }

    private static boolean leads(ServerProcess member) {
        return member.isAlive()
                && StatusProbe.ask(member.restUrl())
                        .filter(status -> status.role().equals("leader"))
                        .isPresent();
    }

    /** Lets clients work until so many more operations were answered. */
    void work(long operations) {
        long until = load.answered() + operations;
        Awaitility.await("clients are answered " + operations + " times")
                .atMost(PATIENCE)
                .until(() -> load.answered() >= until);
    }

    /** Reads every key at one member, at once, and returns how many of these readings were answered. */
    long readAt(String member) {
        try (RestClient rest = RestClient.open(URI.create(cluster.member(member).restUrl()))) {
            RecordedClient reader = recorded.client(rest);
            return ClientLoad.KEYS.stream()
                    .filter(key -> reader.get(key).isOk())
                    .count();
        }
    }

    /** Waits until one member answers readings of every key: it is up, and knows what was acknowledged. */
    void awaitReadAt(String member) {
        Awaitility.await("readings at " + member + " are answered")
                .atMost(PATIENCE)
                .until(() -> readAt(member) == ClientLoad.KEYS.size());
    }

    /** Notes that something has to have happened. */
    void expect(String what, boolean happened, Object facts) {
        evidence.add(new Evidence(what, happened, facts.toString()));
    }

    /**
     * Ends the clients, waits until all members hold the same, reads everything at every member, and judges.
     *
     * @param name of the file that is left in {@code target/histories}
     */
    void judge(String name) throws IOException {
        load.close();
        awaitEqualStates();
        cluster.names().forEach(this::awaitReadAt);
        List<Op> history = recorded.history();
        recorded.write(Path.of(System.getProperty("basedir", ""), "target", "histories", name + ".jsonl"));
        evidence.add(Evidence.ofConcurrency(history));
        long began = System.nanoTime();
        Verdict verdict = recorded.judge(evidence.toArray(Evidence[]::new));
        System.out.println(name + ": operations=" + history.size() + " failures=" + recorded.failures() + " evidence="
                + evidence + " judgedInMillis=" + (System.nanoTime() - began) / 1_000_000);
        assertThat(verdict.isPass()).as(verdict.toString()).isTrue();
        assertThat(recorded.failures().keySet())
                .as("what clients were thrown")
                .isSubsetOf("NotReplicatedException", "OutcomeUnknownException", "ReadUnavailableException");
    }

    private void awaitEqualStates() {
        Awaitility.await("all members hold the same").atMost(PATIENCE).untilAsserted(() -> {
            Map<String, StatusProbe.Status> statuses = cluster.statuses();
            assertThat(statuses).hasSize(cluster.names().size());
            assertThat(statuses.values().stream()
                            .map(StatusProbe.Status::stateHash)
                            .distinct())
                    .as(statuses.toString())
                    .hasSize(1);
        });
    }

    @Override
    public void close() {
        try {
            load.close();
        } finally {
            cluster.close();
        }
    }
}
