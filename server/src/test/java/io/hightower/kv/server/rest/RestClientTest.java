package io.hightower.kv.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.client.KeyAndValue;
import io.hightower.kv.client.RestClient;
import io.hightower.kv.client.ServerStatus;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.TooLargeException;
import io.hightower.kv.statemachine.api.ReplicationStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The client of this project against the server of this project. */
class RestClientTest {
    private static final Bytes KEY = Bytes.utf8("key");

    private final ScriptedEngine engine = new ScriptedEngine();
    private final ServedEngine served = ServedEngine.of(engine);
    private final RestClient client = RestClient.open(served.uri());

    @AfterEach
    void close() {
        client.close();
        served.close();
    }

    private List<KeyAndValue> scan(KeyRange range, int pageKeysMax) {
        List<KeyAndValue> found = new ArrayList<>();
        client.scan(range, pageKeysMax).forEachRemaining(found::add);
        return found;
    }

    private List<KeyAndValue> stored(KeyRange range) {
        return engine.scan(range).stream()
                .map((KeyValue found) -> new KeyAndValue(found.key(), found.value()))
                .toList();
    }

    @Test
    void writesAndReads() {
        assertThat(client.get(KEY)).isEmpty();
        client.put(KEY, Bytes.wrap(new byte[] {0, (byte) 0xff}));
        assertThat(client.get(KEY)).contains(Bytes.wrap(new byte[] {0, (byte) 0xff}));
        client.put(KEY, Bytes.EMPTY);
        assertThat(client.get(KEY)).contains(Bytes.EMPTY);
        client.delete(KEY);
        client.delete(KEY);
        assertThat(client.get(KEY)).isEmpty();
    }

    @Test
    void keepsManyWritesInFlight() {
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            writes.add(client.putAsync(Bytes.utf8("key-" + i), Bytes.utf8("value-" + i)));
        }
        CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).join();

        assertThat(engine.len()).isEqualTo(256);
    }

    @Test
    void scansPageByPage() {
        for (int i = 0; i < 25; i++) {
            engine.put(Bytes.utf8("key-" + i), Bytes.utf8("value-" + i));
        }
        KeyRange range = KeyRange.of(Bytes.utf8("key-1"), Bytes.utf8("key-3"));

        assertThat(scan(range, 1)).isEqualTo(stored(range));
        assertThat(scan(range, 12)).isEqualTo(stored(range));
        assertThat(scan(range, 1000)).isEqualTo(stored(range));
        assertThat(scan(KeyRange.of(KEY, KEY), 10)).isEmpty();
    }

    @Test
    void scansEveryKeyThereCanBe() {
        byte[] greatest = new byte[Limits.KEY_BYTES_MAX];
        Arrays.fill(greatest, (byte) 0xff);
        byte[] middle = Arrays.copyOf(greatest, 64);
        for (byte[] key : new byte[][] {{0}, {1}, {(byte) 0xff}, Arrays.copyOf(greatest, 63), middle, greatest}) {
            engine.put(key, new byte[] {1});
        }

        assertThat(scan(KeyRange.all(), 2)).hasSize(6).isEqualTo(stored(KeyRange.all()));
        assertThat(scan(KeyRange.startingAt(Bytes.copyOf(middle)), 2)).hasSize(2);
    }

    @Test
    void refusesBadKeysBeforeSending() {
        assertThatThrownBy(() -> client.put(Bytes.EMPTY, KEY)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.get(Bytes.wrap(new byte[Limits.KEY_BYTES_MAX + 1])))
                .isInstanceOf(TooLargeException.class);
    }

    @Test
    void learnsThatARequestIsTooLarge() {
        Bytes tooLarge = Bytes.wrap(new byte[Limits.REQUEST_BYTES_DEFAULT]);

        assertThatThrownBy(() -> client.put(KEY, tooLarge)).isInstanceOf(TooLargeException.class);
        assertThatThrownBy(() -> client.put(KEY, Bytes.wrap(new byte[20_000_000])))
                .isInstanceOf(TooLargeException.class);
    }

    @Test
    void throwsWhatTheEngineThrew() {
        for (Reason reason : Reason.values()) {
            engine.failWith(new NotReplicatedException(reason, "no"));

            assertThatThrownBy(() -> client.put(KEY, KEY))
                    .isInstanceOfSatisfying(NotReplicatedException.class, e -> assertThat(e.reason())
                            .isEqualTo(reason));
            assertThatThrownBy(() -> client.delete(KEY)).isInstanceOf(NotReplicatedException.class);
        }
        engine.failWith(new DiskFullException("full"));
        assertThatThrownBy(() -> client.put(KEY, KEY))
                .isInstanceOfSatisfying(NotReplicatedException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.DISK_FULL));
        for (RuntimeException failure : List.of(
                new OutcomeUnknownException("lost"), new StorageException("x"), new IllegalArgumentException("x"))) {
            engine.failWith(failure);
            assertThatThrownBy(() -> client.put(KEY, KEY)).isInstanceOf(failure.getClass());
        }
        engine.failWith(new ReadUnavailableException("late"));
        assertThatThrownBy(() -> client.get(KEY)).isInstanceOf(ReadUnavailableException.class);
        assertThatThrownBy(() -> scan(KeyRange.all(), 1)).isInstanceOf(ReadUnavailableException.class);
    }

    @Test
    void cannotTellWhetherAWriteHappenedOnAFailedServer() {
        engine.failWith(new IllegalStateException("bug"));

        assertThatThrownBy(() -> client.put(KEY, KEY)).isInstanceOf(OutcomeUnknownException.class);
        assertThatThrownBy(() -> client.get(KEY)).isInstanceOf(ReadUnavailableException.class);
    }

    @Test
    void asksWhereTheServerStands() {
        client.put(KEY, KEY);

        ServerStatus status = client.status(served.uri());

        assertThat(status.revision()).isEqualTo(2);
        assertThat(status.keys()).isEqualTo(1);
        assertThat(status.stateHash()).hasSize(16);
        assertThat(status.role()).isEqualTo("leader");
        assertThat(status.leaderId()).contains("local");
        assertThat(status.problem()).isEmpty();
    }

    @Test
    void asksWhetherTheServerCanDoItsWork() {
        assertThat(client.problem(served.uri())).isEmpty();

        engine.say(new ReplicationStatus(
                ReplicationStatus.Role.CANDIDATE, "n1", Optional.empty(), LogPosition.START, Optional.empty()));
        assertThat(client.problem(served.uri()))
                .hasValueSatisfying(problem -> assertThat(problem).contains("No leader is known"));
    }
}
