package io.hightower.kv.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hightower.kv.client.RestCalls.Answer;
import io.hightower.kv.client.RestCalls.Call;
import io.hightower.kv.client.RestCalls.Kind;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.api.Membership;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client of the REST surface.
 *
 * <p><b>Durability.</b> A write that returned is as durable as the server promises. <b>Threads.</b> Thread-safe; futures
 * complete on a thread of the client: what hangs on them must not wait for another request. <b>Lifetime.</b> {@link #close}
 * ends its threads. <b>Failure.</b> Every method throws, or completes its future with, {@link IllegalArgumentException} for a
 * caller's mistake; {@link NotReplicatedException} if a write certainly did not happen, connection refused included; {@link
 * io.hightower.kv.statemachine.OutcomeUnknownException} if it may have, connection lost included; {@link
 * ReadUnavailableException} if a read failed; {@link UnexpectedAnswerException} if the endpoint is no Hightower KV server.
 * Nothing is sent twice behind the caller's back; see {@link Retry}.
 */
public final class RestClient implements AutoCloseable {
    private static final String NEXT_KEY = "Hightower-Next-Key";

    /** Parsing and connecting need little; the answers of 256 requests in flight keep two threads busy. */
    private static final int THREADS = 2;

    /** No key is smaller, because the empty one is not allowed. */
    private static final Bytes SMALLEST_KEY = Bytes.wrap(new byte[1]);

    /** Greater than every key that does not begin with so many bytes 0xff. Short, because it travels with each page. */
    private static final Bytes NEARLY_ALL = greatest(64);

    /** Greater than every key. */
    private static final Bytes ALL = greatest(Limits.KEY_BYTES_MAX + 1);

    private final ExecutorService threads;
    private final RestCalls calls;
    private final JsonMapper json = JsonMapper.builder().build();

    private RestClient(RestClientOptions options) {
        AtomicInteger count = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "rest-client-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.calls = new RestCalls(options, threads);
    }

    /** Prepares a client; it connects when it is used. The caller closes it. */
    public static RestClient open(RestClientOptions options) {
        return new RestClient(options);
    }

    /** Prepares a client of one server with default options; see {@link #open(RestClientOptions)}. */
    public static RestClient open(URI endpoint) {
        return open(RestClientOptions.to(List.of(endpoint)));
    }

    /**
     * Writes {@code value} under {@code key}. Writing the same again leaves the same value, unless somebody else wrote the
     * key in between.
     */
    public void put(Bytes key, Bytes value) {
        Waiting.forWrite(putAsync(key, value));
    }

    /** Like {@link #put}, without waiting. */
    public CompletableFuture<Void> putAsync(Bytes key, Bytes value) {
        Limits.requireKey(key);
        String body = "{\"value\":\"" + Base64.getEncoder().encodeToString(value.toByteArray()) + "\"}";
        Call call = Call.write("PUT", keyPath(key), Optional.of(body.getBytes(StandardCharsets.ISO_8859_1)));
        return calls.send(call).thenAccept(answer -> require(call.kind(), answer, 200));
    }

    /** Returns the key's value, or nothing. */
    public Optional<Bytes> get(Bytes key) {
        return Waiting.forRead(getAsync(key));
    }

    /** Like {@link #get}, without waiting. */
    public CompletableFuture<Optional<Bytes>> getAsync(Bytes key) {
        Limits.requireKey(key);
        return calls.send(Call.read(keyPath(key))).thenApply(answer -> {
            if (answer.status() == 404 && RestAnswers.isKeyNotFound(json, answer)) {
                return Optional.empty();
            }
            return Optional.of(RestAnswers.value(json, require(Kind.READ, answer, 200)));
        });
    }

    /** Removes the key's value. Removing what is not there is not an error. */
    public void delete(Bytes key) {
        Waiting.forWrite(deleteAsync(key));
    }

    /** Like {@link #delete}, without waiting. */
    public CompletableFuture<Void> deleteAsync(Bytes key) {
        Limits.requireKey(key);
        Call call = Call.write("DELETE", keyPath(key), Optional.empty());
        return calls.send(call).thenAccept(answer -> require(call.kind(), answer, 204));
    }

    /**
     * Returns every key in the half-open range and its value, in key order. Pages are read when they are needed, each as of
     * its own moment, and the next one while the caller works on the present one. {@link Iterator#next} throws what a read
     * throws.
     *
     * @param pageKeysMax keys of a page, 1 or more; the server may send fewer
     */
    public Iterator<KeyAndValue> scan(KeyRange range, int pageKeysMax) {
        if (pageKeysMax < 1) {
            throw new IllegalArgumentException("A page has at least one key: pageKeysMax=" + pageKeysMax);
        }
        return new ScanIterator(range, part -> scanPageAsync(part, pageKeysMax));
    }

    /**
     * Reads the beginning of a range, without waiting.
     *
     * @param range without an upper end, it may come in more pages than it would need
     * @param pageKeysMax keys of the page, 1 or more; the server may send fewer
     */
    public CompletableFuture<ScanPage> scanPageAsync(KeyRange range, int pageKeysMax) {
        Bytes from = range.from().isEmpty() ? SMALLEST_KEY : range.from();
        Bytes until = range.until().orElse(from.compareTo(NEARLY_ALL) < 0 ? NEARLY_ALL : ALL);
        if (from.compareTo(until) >= 0) {
            return CompletableFuture.completedFuture(new ScanPage(List.of(), Optional.empty()));
        }
        String target =
                "/v1/kv?fromKey=" + RestCalls.text(from) + "&endKey=" + RestCalls.text(until) + "&limit=" + pageKeysMax;
        return calls.send(Call.read(target)).thenApply(answer -> {
            require(Kind.READ, answer, 200);
            Optional<Bytes> next = answer.headers().firstValue(NEXT_KEY).map(RestAnswers::bytes);
            boolean partOnly = range.until().isEmpty() && until.equals(NEARLY_ALL);
            return new ScanPage(
                    RestAnswers.keysAndValues(json, answer), partOnly ? next.or(() -> Optional.of(until)) : next);
        });
    }

    /** Asks one server where it stands. */
    public ServerStatus status(URI endpoint) {
        return Waiting.forRead(statusAsync(endpoint));
    }

    /** Like {@link #status}, without waiting. */
    public CompletableFuture<ServerStatus> statusAsync(URI endpoint) {
        return calls.sendTo(endpoint, Call.read("/v1/status"))
                .thenApply(answer -> RestAnswers.status(json, require(Kind.READ, answer, 200)));
    }

    /** Returns the members of the cluster, whose changes this client asks for. */
    public Membership membership() {
        return new RestMembership(calls, json, this::require);
    }

    /** Returns why the server cannot do its work, or nothing if it can. */
    public Optional<String> problem(URI endpoint) {
        return Waiting.forRead(calls.sendTo(endpoint, Call.read("/health")).thenApply(answer -> {
            JsonNode body = RestAnswers.json(json, answer);
            if (answer.status() == 503 && body.path("code").asText("").equals("unhealthy")) {
                return Optional.of(body.path("message").asText("unhealthy"));
            }
            require(Kind.READ, answer, 200);
            return Optional.<String>empty();
        }));
    }

    private Answer require(Kind kind, Answer answer, int status) {
        if (answer.status() == status) {
            return answer;
        }
        RuntimeException failure = RestErrors.failure(json, kind, answer);
        if (answer.status() >= 500) {
            // This member has a problem that another one may not have.
            calls.leave(answer.endpoint());
        }
        throw failure;
    }

    private static String keyPath(Bytes key) {
        return "/v1/kv/" + RestCalls.text(key);
    }

    private static Bytes greatest(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0xff);
        return Bytes.wrap(bytes);
    }

    /** Ends the client's threads; requests in flight are abandoned. Idempotent. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
