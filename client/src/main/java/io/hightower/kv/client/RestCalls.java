package io.hightower.kv.client;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends requests to one of several endpoints and tells what a broken connection means.
 *
 * <p>An endpoint that cannot be connected to is left for the next one, within the same request: nothing was sent yet. Once a
 * request may have been sent, a failure ends it. Thread-safe.
 */
final class RestCalls {
    private final RestClientOptions options;
    private final HttpClient http;
    private final AtomicInteger current = new AtomicInteger();

    RestCalls(RestClientOptions options, ExecutorService threads) {
        this.options = options;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(options.connectTimeout())
                .executor(threads)
                .build();
    }

    /** What a request does, which decides what its failure means. */
    enum Kind {
        /** It changes nothing: sending it again is safe. */
        READ,
        /** It changes something. */
        WRITE
    }

    /**
     * A request without its endpoint.
     *
     * @param target path and query
     * @param body what to send; nothing for a request without a body
     */
    record Call(Kind kind, String method, String target, Optional<byte[]> body) {
        static Call read(String target) {
            return new Call(Kind.READ, "GET", target, Optional.empty());
        }

        static Call write(String method, String target, Optional<byte[]> body) {
            return new Call(Kind.WRITE, method, target, body);
        }
    }

    /** What a server answered, whatever the status. */
    static final class Answer {
        private final URI endpoint;
        private final int status;
        private final HttpHeaders headers;
        private final byte[] body;

        Answer(URI endpoint, HttpResponse<byte[]> response) {
            this.endpoint = endpoint;
            this.status = response.statusCode();
            this.headers = response.headers();
            this.body = response.body();
        }

        URI endpoint() {
            return endpoint;
        }

        int status() {
            return status;
        }

        HttpHeaders headers() {
            return headers;
        }

        byte[] body() {
            return body;
        }
    }

    /** Writes a key into a path or query; the URL-safe alphabet needs no percent sign there. */
    static String text(Bytes key) {
        return Base64.getUrlEncoder().encodeToString(key.toByteArray());
    }

    /** Sends to the endpoint in use, or to the next one that can be reached. */
    CompletableFuture<Answer> send(Call call) {
        int first = current.get();
        CompletableFuture<Answer> result = new CompletableFuture<>();
        attempt(call, first, 0, result);
        return result;
    }

    /** Sends to one endpoint and no other. */
    CompletableFuture<Answer> sendTo(URI endpoint, Call call) {
        return exchange(endpoint, call).exceptionallyCompose(failure -> {
            Throwable cause = unwrap(failure);
            return CompletableFuture.failedFuture(
                    wasNotSent(cause) ? unreachable(call, List.of(endpoint), cause) : broken(call, endpoint, cause));
        });
    }

    private void attempt(Call call, int first, int tried, CompletableFuture<Answer> result) {
        List<URI> endpoints = options.endpoints();
        int number = Math.floorMod(first + tried, endpoints.size());
        URI endpoint = endpoints.get(number);
        CompletableFuture<Answer> unused = exchange(endpoint, call).whenComplete((answer, failure) -> {
            if (failure == null) {
                result.complete(answer);
                return;
            }
            Throwable cause = unwrap(failure);
            if (!wasNotSent(cause)) {
                result.completeExceptionally(broken(call, endpoint, cause));
                return;
            }
            current.compareAndSet(number, (number + 1) % endpoints.size());
            if (tried + 1 < endpoints.size()) {
                attempt(call, first, tried + 1, result);
            } else {
                result.completeExceptionally(unreachable(call, endpoints, cause));
            }
        });
    }

    /** Has the next request begin at the endpoint behind {@code endpoint}, if that is the one in use. */
    void leave(URI endpoint) {
        int number = options.endpoints().indexOf(endpoint);
        current.compareAndSet(number, (number + 1) % options.endpoints().size());
    }

    private CompletableFuture<Answer> exchange(URI endpoint, Call call) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint + call.target()))
                .method(
                        call.method(),
                        call.body()
                                .map(HttpRequest.BodyPublishers::ofByteArray)
                                .orElseGet(HttpRequest.BodyPublishers::noBody))
                .build();
        CompletableFuture<HttpResponse<byte[]>> sent = http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
        // The client's own timeout ends with the headers; this one covers the body, too.
        CompletableFuture<HttpResponse<byte[]>> timed =
                sent.copy().orTimeout(options.deadline().toNanos(), TimeUnit.NANOSECONDS);
        return timed.handle((response, failure) -> {
            if (failure != null) {
                sent.cancel(true);
                throw new CompletionException(unwrap(failure));
            }
            return new Answer(endpoint, response);
        });
    }

    private static boolean wasNotSent(Throwable failure) {
        return failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException;
    }

    private static RuntimeException unreachable(Call call, List<URI> endpoints, Throwable cause) {
        String message = "No server can be reached: endpoints=" + endpoints;
        return call.kind() == Kind.WRITE
                ? new NotReplicatedException(Reason.NO_LEADER, message, cause)
                : new ReadUnavailableException(message, cause);
    }

    private RuntimeException broken(Call call, URI endpoint, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause instanceof TimeoutException)) {
            // A request that cannot even be built, or a broken program: not the network's doing.
            return cause instanceof RuntimeException unchecked ? unchecked : new CompletionException(cause);
        }
        leave(endpoint);
        String message = cause instanceof TimeoutException
                ? "The server did not answer in time: endpoint=" + endpoint + " deadline=" + options.deadline()
                : "The connection broke before the answer came: endpoint=" + endpoint;
        return call.kind() == Kind.WRITE
                ? new OutcomeUnknownException(message, cause)
                : new ReadUnavailableException(message, cause);
    }

    static Throwable unwrap(Throwable failure) {
        Throwable inner = failure;
        while (inner instanceof CompletionException && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }
}
