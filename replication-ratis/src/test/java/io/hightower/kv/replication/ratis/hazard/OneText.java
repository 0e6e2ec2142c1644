package io.hightower.kv.replication.ratis.hazard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;

/** A state machine that keeps the last text written, as somebody would write one who knows of no trap. */
final class OneText extends BaseStateMachine {
    private final List<Long> applied = new CopyOnWriteArrayList<>();
    private volatile String text = "";

    /** Texts that are refused just before they are appended. */
    volatile Predicate<String> refused = any -> false;

    /** Texts that are refused when the request begins. */
    volatile Predicate<String> refusedAtStart = any -> false;

    /** Texts that cannot be applied. */
    volatile Predicate<String> failing = any -> false;

    String text() {
        return text;
    }

    /** Returns the indices of the entries that were applied, in order. */
    List<Long> applied() {
        return applied;
    }

    /** Says that everything through an index was applied before. */
    void alreadyApplied(long term, long index) {
        setLastAppliedTermIndex(TermIndex.valueOf(term, index));
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        if (refusedAtStart.test(content(request.getMessage()))) {
            throw new IOException("refused when it began");
        }
        return super.startTransaction(request);
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) throws IOException {
        if (refused.test(content(transaction.getClientRequest().getMessage()))) {
            throw new StateMachineException("refused before the append", new IOException(), false);
        }
        return transaction;
    }

    private static String content(Message message) {
        return message.getContent().toStringUtf8();
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        String written = entry.getStateMachineLogEntry().getLogData().toString(StandardCharsets.UTF_8);
        if (failing.test(written)) {
            throw new IllegalStateException("cannot be applied");
        }
        text = written;
        applied.add(entry.getIndex());
        notifyTermIndexUpdated(entry.getTerm(), entry.getIndex());
        return CompletableFuture.completedFuture(Message.valueOf("wrote " + written));
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        if (index > getLastAppliedTermIndex().getIndex()) {
            updateLastAppliedTermIndex(term, index);
        }
    }

    @Override
    public CompletableFuture<Message> query(Message request) {
        return CompletableFuture.completedFuture(Message.valueOf(text));
    }
}
