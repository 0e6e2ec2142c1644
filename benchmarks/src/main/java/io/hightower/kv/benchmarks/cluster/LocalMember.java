package io.hightower.kv.benchmarks.cluster;

import io.hightower.kv.benchmarks.measure.Quiet;
import io.hightower.kv.benchmarks.measure.Stop;
import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.engine.Hightower;
import io.hightower.kv.engine.Options;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.api.ReplicationStatus;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A member in this process. */
final class LocalMember implements Member {
    private final Order order;
    private final Stop stop = new Stop();
    private final ExecutorService thread;
    private CompletableFuture<LocalEngine> engine =
            CompletableFuture.failedFuture(new IllegalStateException("not begun"));
    private CompletableFuture<Void> settling = CompletableFuture.completedFuture(null);
    private CompletableFuture<LoopReport> report = CompletableFuture.completedFuture(LoopReport.none());

    LocalMember(Order order) {
        this.order = order;
        this.thread = Executors.newSingleThreadExecutor(task -> new Thread(task, "hightower-bench-" + order.name()));
    }

    @Override
    public void begin() {
        engine = CompletableFuture.supplyAsync(() -> Hightower.open(options()), thread);
    }

    private Options options() {
        ClusterOptions cluster = ClusterOptions.of(order.name(), order.addresses())
                .withLog(new ClusterOptions.LogTuning(
                        order.batchCommandsMax(),
                        ClusterOptions.LogTuning.DEFAULT.bytesKept(),
                        ClusterOptions.LogTuning.DEFAULT.transferBytesPerSecond()));
        return Options.at(order.directory()).withCluster(cluster);
    }

    @Override
    public void awaitOpen() {
        engine.join();
    }

    @Override
    public boolean leads() {
        return engine.join().status().role() == ReplicationStatus.Role.LEADER;
    }

    @Override
    public void begin(Load load) {
        MemberLoop loop = new MemberLoop(
                engine.join(),
                order.keys(),
                order.valueBytes(),
                System.nanoTime() + order.name().hashCode());
        report = CompletableFuture.supplyAsync(() -> loop.run(load), thread);
    }

    @Override
    public LoopReport end() {
        return report.join();
    }

    @Override
    public void beginSettling(Duration most) {
        settling = CompletableFuture.runAsync(() -> Quiet.await(most, stop), thread);
    }

    @Override
    public void endSettling() {
        settling.join();
    }

    @Override
    public void close() {
        if (engine.handle((opened, failure) -> opened != null).join()) {
            engine.join().close();
        }
        thread.shutdown();
    }
}
