package io.hightower.kv.server.rest;

import io.hightower.kv.rest.model.Health;
import io.hightower.kv.rest.model.Status;
import io.hightower.kv.server.metrics.ServerMetrics;
import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.ReplicationStatus;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import io.hightower.kv.statemachine.state.StateHash;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.Locale;
import java.util.Optional;

/** Health, metrics and the state of the member that is asked. Thread-safe. */
final class StatusOperations {
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final Vertx vertx;
    private final LocalEngine engine;
    private final ServerMetrics metrics;

    StatusOperations(Vertx vertx, LocalEngine engine, ServerMetrics metrics) {
        this.vertx = vertx;
        this.engine = engine;
        this.metrics = metrics;
    }

    void health(RestExchange exchange) {
        Optional<String> reason = unhealthy(engine.status());
        if (reason.isPresent()) {
            throw new RequestRefused(503, "unhealthy", reason.get());
        }
        exchange.answer(200, exchange.json().write(new Health("ok")));
    }

    private static Optional<String> unhealthy(ReplicationStatus status) {
        if (status.problem().isPresent()) {
            return status.problem();
        }
        if (status.role() == Role.STOPPED) {
            return Optional.of("The store is stopped: memberId=" + status.memberId());
        }
        return status.leaderId().isPresent()
                ? Optional.empty()
                : Optional.of("No leader is known: memberId=" + status.memberId());
    }

    void metrics(RestExchange exchange) {
        // Gauges may take locks, so collecting stays off the event loop.
        exchange.when(
                vertx.executeBlocking(metrics::text, false).toCompletionStage(),
                text -> exchange.answer(200, PROMETHEUS_TEXT, Buffer.buffer(text)));
    }

    void status(RestExchange exchange) {
        exchange.when(
                vertx.executeBlocking(this::currentStatus, false).toCompletionStage(),
                status -> exchange.answer(200, exchange.json().write(status)));
    }

    private Status currentStatus() {
        ReplicationStatus replication = engine.status();
        AppliedState state = engine.applied();
        return new Status()
                .revision(state.revision())
                .stateHash(StateHash.toText(StateHash.of(state)))
                .keys(state.liveKeys())
                .latestVersion(state.latestVersion())
                .role(replication.role().name().toLowerCase(Locale.ROOT))
                .memberId(replication.memberId())
                .memberName(replication.memberName())
                .leaderId(replication.leaderId().orElse(null))
                .leaderName(replication.leaderName().orElse(null))
                .appliedTerm(state.position().term())
                .appliedIndex(state.position().index())
                .problem(replication.problem().orElse(null));
    }
}
