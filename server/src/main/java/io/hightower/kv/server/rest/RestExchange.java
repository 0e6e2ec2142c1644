package io.hightower.kv.server.rest;

import io.hightower.kv.server.metrics.RequestMetrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its answer, given exactly once.
 *
 * <p>Confined to the event loop of the request's connection, except where a method says otherwise.
 */
final class RestExchange {
    static final String JSON = "application/json";

    private static final Logger LOGGER = LoggerFactory.getLogger(RestExchange.class);

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Context context;
    private final JsonText json;
    private final RequestMetrics metrics;
    private final RestLimits limits;
    private final long started = System.nanoTime();
    private String route = "other";
    private String method = "other";

    /** What the request holds of a budget, until its answer has left or it has failed. */
    private Optional<ByteBudget.Charge> charge = Optional.empty();

    private boolean bodyAwaited;

    /** The one answer is given, or nobody is there to take it. */
    private boolean answered;

    private boolean counted;
    private boolean closeAfterAnswer;

    RestExchange(HttpServerRequest request, Context context, JsonText json, RequestMetrics metrics, RestLimits limits) {
        this.request = request;
        this.response = request.response();
        this.context = context;
        this.json = json;
        this.metrics = metrics;
        this.limits = limits;
    }

    /** Names the path of the API description and the method that the request is counted under. */
    void countAs(String newRoute, String newMethod) {
        this.route = newRoute;
        this.method = newMethod;
    }

    HttpServerRequest request() {
        return request;
    }

    HttpServerResponse response() {
        return response;
    }

    JsonText json() {
        return json;
    }

    RestLimits limits() {
        return limits;
    }

    /** Tells whether the client has left. May be called on any thread. */
    boolean isClosed() {
        return response.closed();
    }

    /** Begins the charge of this request; it is closed when the answer has left. At most once. */
    ByteBudget.Charge charge(ByteBudget budget) {
        ByteBudget.Charge begun = budget.charge();
        charge = Optional.of(begun);
        return begun;
    }

    /** Notes that the answer depends on the body, and tells a careful client to send it. */
    void awaitBody() {
        bodyAwaited = true;
        if (expectsGoAhead()) {
            response.writeContinue();
        }
    }

    private boolean expectsGoAhead() {
        return "100-continue".equalsIgnoreCase(request.getHeader("Expect"));
    }

    /** Has the connection closed once the answer has left, because what comes next on it cannot be told. */
    void closeAfterAnswer() {
        closeAfterAnswer = true;
    }

    /** Runs {@code step} now; what it throws becomes the answer. */
    void attempt(Runnable step) {
        try {
            step.run();
        } catch (Throwable failure) {
            // The outermost frame of a request: whatever happened, the client gets an answer.
            fail(failure);
        }
    }

    /** Runs {@code step} on the event loop; what it throws becomes the answer. May be called on any thread. */
    void onEventLoop(Runnable step) {
        context.runOnContext(nothing -> attempt(step));
    }

    /**
     * Waits for {@code stage} without blocking and has {@code then} answer on the event loop; a failed stage becomes the
     * answer. May be called on any thread.
     */
    <T> void when(CompletionStage<T> stage, Consumer<? super T> then) {
        CompletionStage<T> unused = stage.whenComplete((value, failure) -> onEventLoop(() -> {
            if (failure != null) {
                fail(failure);
            } else {
                then.accept(value);
            }
        }));
    }

    /** Like {@link #when(CompletionStage, Consumer)}, for a future that completes on the event loop. */
    <T> void when(Future<T> future, Consumer<? super T> then) {
        future.onComplete(done -> attempt(() -> {
            if (done.failed()) {
                fail(done.cause());
            } else {
                then.accept(done.result());
            }
        }));
    }

    /** Answers without a body. */
    void answer(int status) {
        if (isAnswerable()) {
            leave(prepared(status).end(), 0);
        }
    }

    /** Answers with a JSON body. */
    void answer(int status, byte[] body) {
        answer(status, Buffer.buffer(body));
    }

    /** Answers with a JSON body. */
    void answer(int status, Buffer body) {
        answer(status, JSON, body);
    }

    /** Answers with a body; a {@code HEAD} request gets its length only. */
    void answer(int status, String contentType, Buffer body) {
        if (!isAnswerable()) {
            return;
        }
        prepared(status).putHeader("Content-Type", contentType);
        if (request.method().equals(HttpMethod.HEAD)) {
            leave(
                    response.putHeader("Content-Length", Integer.toString(body.length()))
                            .end(),
                    0);
        } else {
            leave(response.end(body), body.length());
        }
    }

    /** Ends an answer that was sent in parts. */
    void endStream(Buffer last) {
        if (isAnswerable()) {
            leave(response.end(last), last.length());
        }
    }

    private HttpServerResponse prepared(int status) {
        // A careful client that was not told to send its body may never send it.
        closeAfterAnswer |= !bodyAwaited && expectsGoAhead();
        if (closeAfterAnswer) {
            response.putHeader("Connection", "close");
        }
        return response.setStatusCode(status);
    }

    /** Has the request over once the client has taken the last bytes of the answer. */
    private void leave(Future<Void> leaving, int bytes) {
        answered = true;
        cutIfLate(leaving, bytes);
        leaving.onComplete(ended -> {
            over(leaving.succeeded() ? Integer.toString(response.getStatusCode()) : RequestMetrics.GONE);
            if (closeAfterAnswer) {
                request.connection().close();
            }
        });
    }

    /** Cuts the connection if the client does not take so many bytes in time. */
    private void cutIfLate(Future<Void> leaving, int bytes) {
        if (!leaving.isComplete()) {
            Vertx vertx = context.owner();
            long timer = vertx.setTimer(limits.timeFor(bytes).toMillis() + 1, late -> cut());
            leaving.onComplete(ended -> vertx.cancelTimer(timer));
        }
    }

    /** Answers with what {@link ErrorTable} says about the failure. If an answer has begun, ends the connection instead. */
    void fail(Throwable failure) {
        ErrorTable.ErrorAnswer error = ErrorTable.answerTo(failure);
        if (error.logged()) {
            LOGGER.error("Request failed: route={} method={} status={}", route, method, error.status(), failure);
        }
        if (!isAnswerable()) {
            return;
        }
        // What it held is garbage by now; the few bytes of the answer may wait long.
        charge.ifPresent(ByteBudget.Charge::close);
        if (response.headWritten()) {
            answered = true;
            cutIfLate(request.connection().close(), 0);
            over(RequestMetrics.BROKEN);
            return;
        }
        if (error.retryAfterSeconds() > 0) {
            response.putHeader("Retry-After", Integer.toString(error.retryAfterSeconds()));
        }
        answer(error.status(), json.error(error.message(), error.code()));
    }

    /** Ends the exchange because the client broke off its request. */
    void clientGone() {
        if (!answered) {
            answered = true;
            over(RequestMetrics.GONE);
        }
    }

    /** Ends the connection because the client does not take its answer, which tells it that the answer is not complete. */
    void giveUp() {
        cut();
        clientGone();
    }

    /** Ends the wait for a body: with an answer if it depends on the body, else by ending the connection. */
    void bodyIsLate() {
        if (answered || !bodyAwaited) {
            cut();
            return;
        }
        closeAfterAnswer();
        fail(new RequestRefused(408, "too_slow", "The body did not come in time"));
    }

    private void cut() {
        Connections.cut(request.connection());
    }

    /** Tells whether an answer can be given; if the client has left, that is the end of it. */
    private boolean isAnswerable() {
        if (!answered && response.closed()) {
            clientGone();
        }
        return !answered;
    }

    /** Counts the request and gives back what it holds. */
    private void over(String status) {
        if (!counted) {
            counted = true;
            metrics.answered(route, method, status, started);
            charge.ifPresent(ByteBudget.Charge::close);
        }
    }
}
