package io.hightower.kv.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.spi.Metrics;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MicrometerMetricsTest {
    private final ServerMetrics server = new ServerMetrics();
    private final Metrics metrics = server.engine();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void showsCounters() {
        metrics.counter("log.append.bytes", "Bytes").add(5);
        metrics.counter("log.append.bytes", "Bytes").add(2);

        assertThat(server.text()).contains("\nhightower_log_append_bytes_total 7.0\n");
    }

    @Test
    void showsTimersInSecondsWithBuckets() {
        Metrics.Timer timer = metrics.timer("log.sync", "Syncs");
        timer.stop(timer.start());

        assertThat(server.text())
                .contains("\nhightower_log_sync_seconds_count 1\n")
                .contains("hightower_log_sync_seconds_bucket{le=\"0.001\"}")
                .contains("# HELP hightower_log_sync_seconds Syncs\n");
    }

    @Test
    void asksGaugesWhenCollecting() {
        AtomicLong value = new AtomicLong(1);
        metrics.gauge("queue.commands", "Waiting", value::get);
        value.set(3);

        assertThat(server.text()).contains("\nhightower_queue_commands 3.0\n");
    }

    @Test
    void showsDistributionsAsSumAndCount() {
        metrics.distribution("batch.bytes", "Sizes").record(5);
        metrics.distribution("batch.bytes", "Sizes").record(7);

        assertThat(server.text()).contains("\nhightower_batch_bytes_count 2\n", "\nhightower_batch_bytes_sum 12.0\n");
    }

    @Test
    void takesAwayWhatAScopeHadAndNothingElse() {
        metrics.counter("stays", "Stays").add(1);
        Metrics.Scope scope = metrics.scope();
        scope.labelled("peer", "a").gauge("peer.index", "Index", () -> 4);
        scope.labelled("peer", "b").gauge("peer.index", "Index", () -> 5);
        scope.timer("gone", "Gone");
        assertThat(server.text())
                .contains("hightower_peer_index{peer=\"a\"} 4.0", "hightower_peer_index{peer=\"b\"} 5.0");

        scope.close();

        assertThat(server.text()).contains("hightower_stays_total").doesNotContain("peer_index", "hightower_gone");
    }

    @Test
    void countsRequestsByRouteMethodAndStatus() {
        server.requests().answered("/health", "GET", "200", System.nanoTime());
        server.requests().answered("/health", "GET", "200", System.nanoTime());
        server.requests().answered("/health", "GET", "503", System.nanoTime());

        assertThat(server.text())
                .contains("hightower_http_requests_seconds_count{method=\"GET\",route=\"/health\",status=\"200\"} 2")
                .contains("hightower_http_requests_seconds_count{method=\"GET\",route=\"/health\",status=\"503\"} 1");
    }

    @Test
    void showsTheJvm() {
        assertThat(server.text())
                .contains("jvm_memory_used_bytes", "jvm_threads_live_threads", "process_uptime_seconds");
    }
}
