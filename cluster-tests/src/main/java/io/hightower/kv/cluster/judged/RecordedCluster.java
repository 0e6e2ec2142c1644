package io.hightower.kv.cluster.judged;

import io.hightower.kv.client.RestClient;
import io.hightower.kv.cluster.check.Evidence;
import io.hightower.kv.cluster.check.Judge;
import io.hightower.kv.cluster.check.history.JsonLines;
import io.hightower.kv.cluster.check.history.Op;
import io.hightower.kv.cluster.check.history.Recorder;
import io.hightower.kv.cluster.check.verdict.Verdict;
import io.hightower.kv.statemachine.api.KvEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all clients of one store do and see, and the verdict on it. The store is empty at first, and nobody writes to it but
 * these clients. <b>Thread-safe.</b>
 *
 * <pre>
 * RecordedCluster recorded = new RecordedCluster();
 * RecordedClient client = recorded.client(engine);
 * client.put("k", "v");
 * assertThat(recorded.judge().isPass()).isTrue();
 * </pre>
 */
public final class RecordedCluster {
    private final Recorder recorder = new Recorder();
    private final Map<String, AtomicLong> failures = new ConcurrentHashMap<>();

    /** Returns a new client of a store. */
    public RecordedClient client(StoreClient store) {
        return new RecordedClient(this, recorder, store);
    }

    /** Returns a new client of an engine in this process. */
    public RecordedClient client(KvEngine engine) {
        return client(new EngineClient(engine));
    }

    /** Returns a new client over REST. */
    public RecordedClient client(RestClient rest) {
        return client(new RestStoreClient(rest));
    }

    void failed(RuntimeException thrown) {
        failures.computeIfAbsent(thrown.getClass().getSimpleName(), none -> new AtomicLong())
                .incrementAndGet();
    }

    /** Returns how often clients were thrown what, by the simple names of the exceptions. */
    public Map<String, Long> failures() {
        Map<String, Long> counts = new TreeMap<>();
        failures.forEach((name, count) -> counts.put(name, count.get()));
        return counts;
    }

    /** Returns what was noted so far, in the order of the calls. */
    public List<Op> history() {
        return recorder.history();
    }

    /**
     * Judges what was noted so far.
     *
     * @param evidence what has to have happened for the run to prove anything
     */
    public Verdict judge(Evidence... evidence) {
        return Judge.judge(history(), evidence);
    }

    /** Writes what was noted so far to a file, so that it can be judged again; see {@link JsonLines}. */
    public void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        JsonLines.write(file, history());
    }
}
