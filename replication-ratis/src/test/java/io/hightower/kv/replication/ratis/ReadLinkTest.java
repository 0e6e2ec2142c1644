package io.hightower.kv.replication.ratis;

import static io.hightower.kv.replication.ratis.TestCluster.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.replication.ratis.read.ConfirmationRounds;
import io.hightower.kv.replication.ratis.read.Leadership;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCallStreamObserver;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The questions of one member whether another leads, over a connection. */
@Timeout(60)
final class ReadLinkTest {
    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private Server server;
    private ManagedChannel channel;
    private ReadLinks links;

    /** A question that came, and the stream that it came by. */
    private record Asked(long number, StreamObserver<byte[]> stream) {
        void answer(long index) {
            stream.onNext(ReadFrame.answer(new ReadFrame.Answer(number, index)));
        }
    }

    /** Is answered by the test. */
    private StreamObserver<byte[]> scripted(StreamObserver<byte[]> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] question) {
                asked.add(new Asked(ReadFrame.readQuestion(question), answers));
            }

            @Override
            public void onError(Throwable cause) {
                // The test asks no more.
            }

            @Override
            public void onCompleted() {
                // The test asks no more.
            }
        };
    }

    private void serve(ServerCalls.BidiStreamingMethod<byte[], byte[]> method) throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder(MemberProtocol.SERVICE)
                        .addMethod(MemberProtocol.READ_INDEX, ServerCalls.asyncBidiStreamingCall(method))
                        .build())
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()))
                .usePlaintext()
                .proxyDetector(target -> null)
                .build();
        links = new ReadLinks(
                memberId -> memberId.equals("leader") ? Optional.of(channel) : Optional.empty(), Runnable::run);
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (links == null) {
            return;
        }
        links.close();
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }

    private CompletableFuture<Long> ask() {
        return links.ask("leader");
    }

    private Asked nextAsked() throws InterruptedException {
        Asked next = asked.poll(30, TimeUnit.SECONDS);
        assertThat(next).as("a question that came").isNotNull();
        return next;
    }

    @Test
    void eachQuestionGetsItsOwnAnswer() throws Exception {
        serve(this::scripted);
        CompletableFuture<Long> first = ask();
        CompletableFuture<Long> second = ask();
        Asked one = nextAsked();
        Asked two = nextAsked();
        two.answer(22);
        one.answer(11);
        assertThat(join(first)).isEqualTo(11);
        assertThat(join(second)).isEqualTo(22);
        assertThat(two.stream()).as("one stream serves all").isSameAs(one.stream());
    }

    @Test
    void anAnswerThatComesLateIsNotTakenForThatToALaterQuestion() throws Exception {
        serve(this::scripted);
        CompletableFuture<Long> given = ask();
        Asked late = nextAsked();
        given.completeExceptionally(new TimeoutException("given up"));
        CompletableFuture<Long> later = ask();
        Asked inTime = nextAsked();
        late.answer(7);
        inTime.answer(9);
        assertThat(join(later)).isEqualTo(9);
    }

    @Test
    void aStreamThatBreaksFailsTheQuestionAndTheNextOneOpensAnother() throws Exception {
        serve(this::scripted);
        CompletableFuture<Long> failing = ask();
        Asked unanswered = nextAsked();
        unanswered.stream().onError(Status.UNAVAILABLE.asRuntimeException());
        assertThatThrownBy(() -> join(failing)).hasStackTraceContaining("UNAVAILABLE");

        CompletableFuture<Long> next = ask();
        Asked again = nextAsked();
        assertThat(again.stream()).isNotSameAs(unanswered.stream());
        again.answer(5);
        assertThat(join(next)).isEqualTo(5);
    }

    @Test
    void aStreamThatTheOtherSideEndsIsBroken() throws Exception {
        serve(this::scripted);
        CompletableFuture<Long> failing = ask();
        nextAsked().stream().onCompleted();
        assertThatThrownBy(() -> join(failing)).hasStackTraceContaining("ended the stream");
        CompletableFuture<Long> next = ask();
        nextAsked().answer(6);
        assertThat(join(next)).isEqualTo(6);
    }

    @Test
    void anAnswerThatCannotBeReadBreaksTheStream() throws Exception {
        serve(this::scripted);
        CompletableFuture<Long> failing = ask();
        nextAsked().stream().onNext(new byte[] {1, 2, 3});
        assertThatThrownBy(() -> join(failing)).isNotNull();
        CompletableFuture<Long> next = ask();
        nextAsked().answer(8);
        assertThat(join(next)).isEqualTo(8);
    }

    @Test
    void closingFailsWhoWaits() throws Exception {
        serve(this::scripted);
        CompletableFuture<Long> waiting = ask();
        nextAsked();
        links.close();
        assertThatThrownBy(() -> join(waiting)).hasStackTraceContaining("The link was closed");
    }

    @Test
    void aMemberWithoutAnAddressCannotBeAsked() throws Exception {
        serve(this::scripted);
        assertThatThrownBy(() -> join(links.ask("stranger"))).hasStackTraceContaining("No address is known");
    }

    /** Leads as the test says; is alone, so that nobody need confirm. */
    private record Alone(long termReady, long committedIndex) implements Leadership {
        @Override
        public boolean isMajority(Predicate<String> acknowledged) {
            return true;
        }

        @Override
        public Optional<String> leaderId() {
            return Optional.empty();
        }
    }

    @Test
    void aMemberThatDoesNotLeadSaysSo() throws Exception {
        serve(new ReadAnswers(new ConfirmationRounds(new Alone(-1, 30), Runnable::run))::hear);
        assertThat(join(ask())).isEqualTo(ConfirmationRounds.NOT_LEADING);
    }

    @Test
    void aMemberThatLeadsTellsWhatIsCommitted() throws Exception {
        serve(new ReadAnswers(new ConfirmationRounds(new Alone(4, 30), Runnable::run))::hear);
        assertThat(join(ask())).isEqualTo(30);
        assertThat(join(ask())).isEqualTo(30);
    }

    /** Notes what is sent, and what must not be done to a stream that was ended. */
    private static final class RecordingStream extends ServerCallStreamObserver<byte[]> {
        final List<String> calls = new ArrayList<>();

        @Override
        public void onNext(byte[] answer) {
            calls.add("answer " + ReadFrame.readAnswer(answer).number());
        }

        @Override
        public void onError(Throwable cause) {
            calls.add("error");
        }

        @Override
        public void onCompleted() {
            calls.add("end");
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {
            // Nothing is cancelled.
        }

        @Override
        public void setCompression(String compression) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void request(int count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setMessageCompression(boolean enable) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void disableAutoInboundFlowControl() {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void whoEndsTheStreamGetsNoMoreAnswers() {
        Deque<Runnable> callbacks = new ArrayDeque<>();
        RecordingStream stream = new RecordingStream();
        StreamObserver<byte[]> questions =
                new ReadAnswers(new ConfirmationRounds(new Alone(4, 30), callbacks::add)).hear(stream);
        questions.onNext(ReadFrame.question(1));
        callbacks.remove().run();
        questions.onNext(ReadFrame.question(2));
        questions.onCompleted();
        callbacks.remove().run();
        assertThat(stream.calls).containsExactly("answer 1", "end");
    }
}
