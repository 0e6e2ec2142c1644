package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.metrics.MemberMetricRegistries;
import io.hightower.kv.replication.ratis.security.PeerSecurity;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.spi.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What is counted of one member, by this project and by Ratis; nothing of it is left when it is closed. Thread-safe. */
final class MemberMetrics implements AutoCloseable {
    private final Metrics.Scope scope;
    private final MemberMetricRegistries.Attached ofRatis;

    /** Begins to count, before anything of Ratis exists for the member. */
    MemberMetrics(String peerId, Metrics metrics) {
        scope = metrics.scope();
        ofRatis = MemberMetricRegistries.attach(peerId, metrics);
    }

    /** Returns where the parts of the member count. */
    Metrics scope() {
        return scope;
    }

    /** Shows how much waits here, and how far the member is. */
    void show(CommandQueue queue, InFlightBatches inFlight, AppliedIndex applied) {
        scope.gauge("queue.commands", "Commands that wait to be proposed", queue::size);
        scope.gauge("queue.bytes", "Bytes of commands that wait to be proposed", queue::bytes);
        scope.gauge("ratis.batches.inflight", "Entries that wait for a majority or the leader", inFlight::size);
        scope.gauge("ratis.applied.index", "Log index applied here", applied::index);
    }

    /** Shows how long the certificate of this member is still good for, if it has one. */
    void show(PeerSecurity security) {
        if (security.certificateEnd().isPresent()) {
            scope.gauge(
                    "tls.peer.certificate.remaining.seconds",
                    "Time until the certificate that members are shown ends",
                    () -> security.certificateEnd()
                            .map(end -> Duration.between(Instant.now(), end).toSeconds())
                            .orElse(0L));
        }
    }

    /** Returns a listener that passes on what it hears, and counts how long the leader took to answer. */
    ForwardLink.Listener timed(ForwardLink.Listener listener) {
        Metrics.Timer answers = scope.timer("ratis.forward", "Time from forwarding commands until the leader answered");
        return new ForwardLink.Listener() {
            @Override
            public void answered(Batch batch, long index, List<Result> results) {
                answers.stop(batch.dispatchedNanos());
                listener.answered(batch, index, results);
            }

            @Override
            public void failed(Batch batch, RuntimeException why) {
                answers.stop(batch.dispatchedNanos());
                listener.failed(batch, why);
            }

            @Override
            public void refused() {
                listener.refused();
            }
        };
    }

    @Override
    public void close() {
        ofRatis.close();
        scope.close();
    }
}
