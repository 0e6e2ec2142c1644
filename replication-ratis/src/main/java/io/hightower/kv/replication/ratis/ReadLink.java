package io.hightower.kv.replication.ratis;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * A stream of questions to one member, whether it leads and what is committed, and of its answers. Each answer has the number of
 * its question, so that one that comes late is not taken for the answer to a later question, which it would not cover.
 *
 * <p><b>Threads.</b> Thread-safe, never blocks; answers arrive on the executor. <b>Lifetime.</b> Until the stream breaks or is
 * closed; then another link takes its place. <b>Failure.</b> If the stream breaks, every question without an answer fails.
 */
final class ReadLink implements StreamObserver<byte[]> {
    /** Questions without an answer, by number. */
    private final Map<Long, CompletableFuture<Long>> unanswered = new ConcurrentHashMap<>();

    /** Guards sending against breaking: a question is either refused or among the unanswered when the stream breaks. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile boolean broken;
    private @Nullable StreamObserver<byte[]> questions;

    /** The number of the last question. Guarded by the lock. */
    private long asked;

    private ReadLink() {}

    /** Begins to open a link. What is asked meanwhile is sent when it is open. */
    static ReadLink open(Channel channel, Executor executor) {
        ReadLink link = new ReadLink();
        StreamObserver<byte[]> questions = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(MemberProtocol.READ_INDEX, CallOptions.DEFAULT.withExecutor(executor)), link);
        link.lock.lock();
        try {
            link.questions = questions;
        } finally {
            link.lock.unlock();
        }
        return link;
    }

    boolean isBroken() {
        return broken;
    }

    /**
     * Asks the member to confirm that it leads.
     *
     * @return its commit index from a confirmation that began after the question, or -1 if it does not lead. Whoever completes
     *     it otherwise takes the question back; nobody else gives up but when the link breaks
     */
    CompletableFuture<Long> ask() {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        lock.lock();
        try {
            StreamObserver<byte[]> open = questions;
            if (broken || open == null) {
                throw new IllegalStateException("The connection to the leader is broken");
            }
            long number = ++asked;
            unanswered.put(number, answer);
            CompletableFuture<Long> unused = answer.whenComplete((index, failure) -> unanswered.remove(number));
            open.onNext(ReadFrame.question(number));
        } catch (IllegalStateException e) {
            // Also when the stream was cancelled before: gRPC takes no message then.
            answer.completeExceptionally(e);
        } finally {
            lock.unlock();
        }
        return answer;
    }

    @Override
    public void onNext(byte[] frame) {
        ReadFrame.Answer told = ReadFrame.readAnswer(frame);
        CompletableFuture<Long> answer = unanswered.remove(told.number());
        if (answer != null) {
            answer.complete(told.index());
        }
    }

    @Override
    public void onError(Throwable cause) {
        breakOff(cause);
    }

    @Override
    public void onCompleted() {
        breakOff(new IllegalStateException("The leader ended the stream"));
    }

    void close() {
        lock.lock();
        try {
            if (!broken && questions != null) {
                questions.onCompleted();
            }
        } catch (IllegalStateException e) {
            // Broken already.
            broken = true;
        } finally {
            lock.unlock();
        }
        breakOff(new IllegalStateException("The link was closed"));
    }

    private void breakOff(Throwable cause) {
        lock.lock();
        try {
            broken = true;
        } finally {
            lock.unlock();
        }
        unanswered.values().forEach(answer -> answer.completeExceptionally(cause));
    }
}
