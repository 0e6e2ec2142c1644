package io.hightower.kv.cluster.faults;

import io.hightower.kv.client.RestClient;
import io.hightower.kv.client.RestClientOptions;
import io.hightower.kv.cluster.judged.Attempt;
import io.hightower.kv.cluster.judged.RecordedClient;
import io.hightower.kv.cluster.judged.RecordedCluster;
import io.hightower.kv.cluster.process.ProcessCluster;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Clients at work over REST, each on a thread of its own: some keep to one member, whatever happens to it, so that what a member
 * alone believes is seen; others go where they are served. Every value is written once. Thread-safe.
 */
final class ClientLoad implements AutoCloseable {
    /** Few, so that clients meet on them; the last readings take each of them. */
    static final List<String> KEYS = List.of("k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7");

    private static final int PER_MEMBER = 2;
    private static final int FREE = 2;

    /** Between two operations of a client, and after one that was refused at once. */
    private static final long PACE_NANOS = 1_000_000;

    private static final long PAUSE_NANOS = 20_000_000;
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private final RecordedCluster recorded;
    private final List<RestClient> rests = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong answered = new AtomicLong();
    private volatile boolean stopped;

    private ClientLoad(RecordedCluster recorded) {
        this.recorded = recorded;
    }

    /** Begins. */
    static ClientLoad on(ProcessCluster cluster, RecordedCluster recorded) {
        ClientLoad load = new ClientLoad(recorded);
        List<URI> all = cluster.members().stream()
                .map(member -> URI.create(member.restUrl()))
                .toList();
        Stream<List<URI>> pinned = all.stream()
                .flatMap(member -> Stream.generate(() -> List.of(member)).limit(PER_MEMBER));
        Stream.concat(pinned, Stream.generate(() -> all).limit(FREE)).forEach(load::add);
        load.threads.forEach(Thread::start);
        return load;
    }

    private void add(List<URI> members) {
        RestClient rest = RestClient.open(RestClientOptions.to(members).withDeadline(DEADLINE));
        rests.add(rest);
        int number = threads.size();
        threads.add(new Thread(() -> work(recorded.client(rest), number), "client-" + number));
    }

    private void work(RecordedClient client, int number) {
        SplittableRandom random = new SplittableRandom(number);
        for (int i = 0; !stopped; i++) {
            String key = KEYS.get(random.nextInt(KEYS.size()));
            int kind = random.nextInt(10);
            Attempt attempt;
            if (kind < 5) {
                attempt = client.get(key);
            } else {
                attempt = kind < 9 ? client.put(key, number + "-" + i) : client.delete(key);
            }
            if (attempt.isOk()) {
                answered.incrementAndGet();
            }
            LockSupport.parkNanos(attempt.isOk() ? PACE_NANOS : PAUSE_NANOS);
        }
    }

    /** Returns how many operations were answered so far. */
    long answered() {
        return answered.get();
    }

    /** Ends all clients and waits for them. Idempotent. */
    @Override
    public void close() {
        stopped = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while clients end", e);
        }
        rests.forEach(RestClient::close);
    }
}
