package io.hightower.kv.benchmarks.cluster;

import io.hightower.kv.benchmarks.fork.ChildJvm;
import io.hightower.kv.benchmarks.fork.Conversation;
import java.time.Duration;
import java.util.List;

/** A member in a process of its own. */
final class ForkedMember implements Member {
    private final Conversation process;

    /** Starts the process, which begins to open the member. */
    ForkedMember(ChildJvm jvm, Order order) {
        this.process = jvm.converse(MemberMain.class, List.of(order.arguments()));
    }

    @Override
    public void begin() {
        // The process has begun by itself.
    }

    @Override
    public void awaitOpen() {
        process.answer();
    }

    @Override
    public boolean leads() {
        process.tell(MemberMain.LEADS);
        return Boolean.parseBoolean(process.answer());
    }

    @Override
    public void begin(Load load) {
        process.tell(load.line());
    }

    @Override
    public LoopReport end() {
        return LoopReport.parse(process.answer());
    }

    @Override
    public void beginSettling(Duration most) {
        process.tell(MemberMain.SETTLE + most);
    }

    @Override
    public void endSettling() {
        process.answer();
    }

    @Override
    public void close() {
        process.close();
    }
}
