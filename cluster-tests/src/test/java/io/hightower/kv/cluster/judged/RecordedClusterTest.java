package io.hightower.kv.cluster.judged;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cluster.check.Evidence;
import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Invocation;
import io.hightower.kv.cluster.check.history.JsonLines;
import io.hightower.kv.cluster.check.history.Op;
import io.hightower.kv.cluster.check.history.Status;
import io.hightower.kv.cluster.check.model.StoreModel;
import io.hightower.kv.cluster.check.verdict.Verdict;
import io.hightower.kv.engine.Hightower;
import io.hightower.kv.engine.Options;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.api.KvEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of real engines and of broken stores are recorded and judged. */
class RecordedClusterTest {
    private static final String[] KEYS = {"a", "b", "c"};

    private final RecordedCluster recorded = new RecordedCluster();

    @Test
    void clientsOfAnEngineSeeALinearizableStore(@TempDir Path directory)
            throws IOException, ExecutionException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (KvEngine engine = Hightower.open(Options.at(directory.resolve("data")))) {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int number = i;
                clients.add(threads.submit(() -> work(recorded.client(engine), number)));
            }
            for (Future<?> client : clients) {
                client.get();
            }
        } finally {
            threads.shutdown();
        }
        Verdict verdict = recorded.judge(Evidence.ofConcurrency(recorded.history()));
        assertThat(verdict.isPass()).as(verdict.toString()).isTrue();
        assertThat(recorded.history())
                .allMatch(Op::isOk)
                .extracting(op -> op.asked().kind())
                .contains(Invocation.Kind.values());
        Path file = directory.resolve("histories").resolve("engine.jsonl");
        recorded.write(file);
        assertThat(JsonLines.read(file)).isEqualTo(recorded.history());
    }

    private static void work(RecordedClient client, int number) {
        SplittableRandom random = new SplittableRandom(number);
        Map<String, Long> seen = new HashMap<>();
        for (int i = 0; i < 150; i++) {
            String key = KEYS[random.nextInt(KEYS.length)];
            String value = number + "-" + i;
            switch (random.nextInt(7)) {
                case 0 -> client.put(key, value).orThrow();
                case 1 -> seen.put(key, client.get(key).orThrow().modRevision());
                case 2 -> client.delete(key).orThrow();
                case 3 -> client.cas(key, seen.getOrDefault(key, 0L), value).orThrow();
                case 4 -> client.range("a", "z").orThrow();
                case 5 -> client.perform(Invocation.deleteRange(key, "z")).orThrow();
                default ->
                    client.txn(key, seen.getOrDefault(key, 0L), value, "z").orThrow();
            }
        }
    }

    @Test
    void aMemberThatAnswersFromAnOldStateIsCaught() {
        StoreModel store = new StoreModel();
        StoreModel old = new StoreModel();
        RecordedClient client = recorded.client((StoreClient) store::perform);
        RecordedClient misled = recorded.client((StoreClient) old::perform);
        client.put("k", "v");
        assertThat(misled.get("k").orThrow().found()).isFalse();
        assertThat(recorded.judge().kind()).isEqualTo(Verdict.Kind.FAIL);
    }

    @Test
    void aRunInWhichNothingOfItsPurposeHappenedProvesNothing() {
        StoreModel store = new StoreModel();
        RecordedClient client = recorded.client((StoreClient) store::perform);
        client.put("k", "v");
        client.get("k");
        assertThat(recorded.judge().isPass()).isTrue();
        assertThat(recorded.judge(new Evidence("a change of leader", false, "leader=a"))
                        .kind())
                .isEqualTo(Verdict.Kind.VACUOUS);
        assertThat(recorded.judge(Evidence.ofConcurrency(recorded.history())).kind())
                .isEqualTo(Verdict.Kind.VACUOUS);
    }

    @Test
    void whatCertainlyDidNotHappenIsToldApartFromWhatIsUnknown() {
        assertThat(ends(new NotReplicatedException(NotReplicatedException.Reason.NO_LEADER, "")))
                .isEqualTo(Status.FAIL);
        assertThat(ends(new IllegalArgumentException(""))).isEqualTo(Status.FAIL);
        assertThat(ends(new OutcomeUnknownException(""))).isEqualTo(Status.INFO);
        assertThat(ends(new IllegalStateException(""))).isEqualTo(Status.INFO);
        assertThat(recorded.failures())
                .isEqualTo(Map.of(
                        "NotReplicatedException",
                        1L,
                        "IllegalArgumentException",
                        1L,
                        "OutcomeUnknownException",
                        1L,
                        "IllegalStateException",
                        1L));
    }

    private Status ends(RuntimeException thrown) {
        return recorded.client(throwing(thrown)).put("k", "v").status();
    }

    private static StoreClient throwing(RuntimeException thrown) {
        return asked -> {
            throw thrown;
        };
    }

    @Test
    void aReadingThatFailsHasNoEffectAndAClientWithAnUnknownWriteGoesOnAsAnother() {
        RecordedClient reader = recorded.client(throwing(new ReadUnavailableException("")));
        assertThat(reader.get("k").status()).isEqualTo(Status.FAIL);
        RecordedClient writer = recorded.client(throwing(new OutcomeUnknownException("")));
        writer.put("k", "v");
        writer.moveTo(asked -> Answer.put(2));
        writer.put("k", "w");
        assertThat(recorded.history()).extracting(Op::client).containsExactly(0, 1, 2);
    }
}
