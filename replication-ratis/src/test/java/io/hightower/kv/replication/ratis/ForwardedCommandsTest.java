package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.replication.ratis.ForwardFrame.Request;
import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.codec.EntryCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCallStreamObserver;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;

/** A leader that hears another member, without a network between them. */
final class ForwardedCommandsTest {
    private final CommandQueue queue = new CommandQueue(100, 1 << 20, Duration.ZERO);
    private final AtomicLong termLed = new AtomicLong(3);
    private final ForwardedCommands forwarded = new ForwardedCommands(
            queue, termLed::get, RatisOptions.of("me", Map.of("me", "127.0.0.1:1"), "test", Path.of("unused")));
    private final Asking asking = new Asking();

    /** The member that asks: notes the answers. */
    private static final class Asking extends ServerCallStreamObserver<byte[]> implements ForwardFrame.AnswerCases {
        final List<String> answers = new ArrayList<>();
        private Runnable onCancel;
        private boolean cancelled;

        void cancel() {
            cancelled = true;
            onCancel.run();
        }

        @Override
        public void onNext(byte[] frame) {
            assertThat(cancelled).as("gRPC takes no answers then").isFalse();
            ForwardFrame.readAnswer(frame, this);
        }

        @Override
        public void opened() {
            answers.add("opened");
        }

        @Override
        public void applied(long callId, long index, Bytes results) {
            answers.add("applied " + callId);
        }

        @Override
        public void failed(long callId, RuntimeException why) {
            answers.add("failed " + callId);
        }

        @Override
        public void refused(long callId) {
            answers.add("refused " + callId);
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {
            onCancel = handler;
        }

        @Override
        public void onCompleted() {
            answers.add("completed");
        }

        @Override
        public void onError(Throwable cause) {
            answers.add("error");
        }

        @Override
        public void setCompression(String compression) {}

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void disableAutoInboundFlowControl() {}
    }

    private static byte[] request(long callId, int millisLeft) {
        Entry entry = new Entry(0, List.of(Command.put(Bytes.utf8("k"), Bytes.EMPTY)));
        return ForwardFrame.request(new Request(callId, millisLeft, EntryCodec.encode(entry)));
    }

    private List<Submission> drain() throws InterruptedException {
        return queue.drain(100, 1 << 20, 0);
    }

    /** Does with what waits what the proposer does. */
    private List<Submission> drainAllowed() throws InterruptedException {
        List<Submission> allowed = new ArrayList<>();
        for (Submission next : drain()) {
            if (next.isAllowed(termLed.get())) {
                allowed.add(next);
            } else if (next.settleWaiting()) {
                next.receiver().refused();
            }
        }
        return allowed;
    }

    @Test
    void takesWhatComesAndSendsBackWhatBecameOfIt() throws InterruptedException {
        StreamObserver<byte[]> stream = forwarded.hear(asking);
        stream.onNext(request(1, 1000));
        stream.onCompleted();
        List<Submission> taken = drainAllowed();
        assertThat(taken).hasSize(1);
        taken.get(0).receiver().succeeded(9, List.of(new Result.PutResult(1, ApplyOutcome.APPLIED, 1)));
        assertThat(asking.answers).containsExactly("opened", "applied 1", "completed");
    }

    @Test
    void whatComesLateByAStreamOfAnEarlierTermIsRefusedAlthoughThisMemberLeadsAgain() throws InterruptedException {
        StreamObserver<byte[]> stream = forwarded.hear(asking);
        termLed.set(5);
        stream.onNext(request(1, 1000));
        stream.onNext(request(2, 1000));

        assertThat(drainAllowed()).isEmpty();
        assertThat(asking.answers).containsExactly("opened", "refused 1", "refused 2");
        Asking again = new Asking();
        forwarded.hear(again).onNext(request(3, 1000));
        assertThat(drainAllowed()).hasSize(1);
    }

    @Test
    void afterTheFirstRefusalNothingMoreIsTakenFromTheStream() throws InterruptedException {
        StreamObserver<byte[]> stream = forwarded.hear(asking);
        stream.onNext(request(1, 1000));
        termLed.set(-1);
        assertThat(drainAllowed()).isEmpty();
        termLed.set(3);
        stream.onNext(request(2, 1000));
        assertThat(drainAllowed()).isEmpty();
        assertThat(asking.answers).containsExactly("opened", "refused 1", "refused 2");
    }

    @Test
    void whatStillWaitsWhenTheMemberThatAsksHasGivenUpIsNotProposed() throws InterruptedException {
        StreamObserver<byte[]> stream = forwarded.hear(asking);
        stream.onNext(request(1, 1000));
        asking.cancel();
        stream.onNext(request(2, 1000));

        assertThat(drainAllowed()).isEmpty();
        assertThat(asking.answers).containsExactly("opened");
    }

    @Test
    void commandsHaveMostOfTheTimeThatIsLeftHoweverMuchThatIs() throws InterruptedException {
        StreamObserver<byte[]> stream = forwarded.hear(asking);
        long before = System.nanoTime();
        for (int millisLeft : List.of(1000, Integer.MAX_VALUE)) {
            stream.onNext(request(1, millisLeft));
            Duration left = Duration.ofNanos(drain().get(0).deadlineNanos() - before);
            assertThat(left)
                    .isBetween(
                            Duration.ofMillis(millisLeft / 10 * 9L),
                            Duration.ofMillis(millisLeft).plusSeconds(30));
        }
    }
}
