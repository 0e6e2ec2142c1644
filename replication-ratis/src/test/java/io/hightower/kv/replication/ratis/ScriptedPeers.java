package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.replication.ratis.ForwardFrame.Request;
import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.codec.ResultCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/**
 * Other members as a test has them: they hear what is forwarded to them, and answer when and what the test says. Everybody can
 * be reached. Thread-safe, if one thread answers.
 */
final class ScriptedPeers implements ForwardRoute.Links {
    private final int batchesMax;
    private final ForwardLink.Listener listener;
    private final Map<String, ForwardLink> links = new ConcurrentHashMap<>();
    private final Map<String, List<Heard<?, ?>>> streams = new ConcurrentHashMap<>();
    private final Map<String, Runnable> beforeOpening = new ConcurrentHashMap<>();

    /** Makes members with links of which each holds so many batches. */
    ScriptedPeers(int batchesMax, ForwardLink.Listener listener) {
        this.batchesMax = batchesMax;
        this.listener = listener;
    }

    @Override
    public Optional<ForwardLink> forward(String leaderId) {
        ForwardLink known = links.get(leaderId);
        if (known != null && !known.isBroken()) {
            return Optional.of(known);
        }
        beforeOpening.getOrDefault(leaderId, () -> {}).run();
        ForwardLink opened = ForwardLink.open(new Hearing(leaderId), batchesMax, listener);
        links.put(leaderId, opened);
        return Optional.of(opened);
    }

    /** Has something happen whenever a stream to that member is about to be opened. */
    void beforeOpening(String member, Runnable event) {
        beforeOpening.put(member, event);
    }

    /** Returns the streams of batches to a member, in the order in which they were opened. */
    List<Heard<?, ?>> streamsTo(String member) {
        return streams.computeIfAbsent(member, any -> new CopyOnWriteArrayList<>());
    }

    /** Returns the last stream to a member. */
    Heard<?, ?> lastStreamTo(String member) {
        List<Heard<?, ?>> all = streamsTo(member);
        return all.get(all.size() - 1);
    }

    /** Waits until the last stream to a member has so many batches. */
    Heard<?, ?> awaitBatches(String member, int count) {
        TestCluster.await(
                member + " hears " + count + " batches",
                () -> !streamsTo(member).isEmpty()
                        && lastStreamTo(member).batches().size() >= count);
        Heard<?, ?> stream = lastStreamTo(member);
        assertThat(stream.batches()).hasSize(count);
        return stream;
    }

    /** The way to one member. */
    private final class Hearing extends Channel {
        private final String member;

        Hearing(String member) {
            this.member = member;
        }

        @Override
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            Heard<Q, A> stream = new Heard<>(method);
            streamsTo(member).add(stream);
            return stream;
        }

        @Override
        public String authority() {
            return member;
        }
    }

    /** One stream, at the end of whoever hears it. */
    static final class Heard<Q, A> extends ClientCall<Q, A> {
        private final MethodDescriptor<Q, A> method;
        private final List<Request> batches = new CopyOnWriteArrayList<>();
        private volatile Listener<A> answers;
        private volatile boolean ended;

        Heard(MethodDescriptor<Q, A> method) {
            this.method = method;
        }

        /** Returns what was heard, in order. */
        List<Request> batches() {
            return batches;
        }

        /** Returns how many commands each batch had. */
        List<Integer> sizes() {
            return batches.stream().map(batch -> commands(batch).size()).toList();
        }

        /** Returns the keys of all puts, in order. */
        List<String> keys() {
            return batches.stream()
                    .flatMap(batch -> commands(batch).stream())
                    .map(command -> ((Command.Put) command).key().toUtf8())
                    .toList();
        }

        /** Tells whether the member that asks has broken the stream off. */
        boolean isEnded() {
            return ended;
        }

        void apply(int batch) {
            Request heard = batches.get(batch);
            Result applied = new Result.PutResult(batch + 1, ApplyOutcome.APPLIED, 1);
            List<Result> results = Collections.nCopies(commands(heard).size(), applied);
            answer(ForwardFrame.applied(heard.callId(), batch + 1, ResultCodec.encode(results)));
        }

        void refuse(int batch) {
            answer(ForwardFrame.refused(batches.get(batch).callId()));
        }

        private static List<Command> commands(Request batch) {
            try {
                return EntryCodec.decode(batch.entry()).commands();
            } catch (StorageException e) {
                throw new AssertionError("What was sent cannot be read", e);
            }
        }

        private void answer(byte[] frame) {
            answers.onMessage(method.parseResponse(new ByteArrayInputStream(frame)));
        }

        @Override
        public void start(Listener<A> listening, Metadata headers) {
            answers = listening;
            answer(ForwardFrame.opened());
        }

        @Override
        public void request(int count) {
            // What is answered is delivered at once.
        }

        @Override
        public void cancel(String message, Throwable cause) {
            if (!ended) {
                ended = true;
                answers.onClose(Status.CANCELLED.withDescription(message).withCause(cause), new Metadata());
            }
        }

        @Override
        public void halfClose() {
            // The answers that are owed are still given.
        }

        @Override
        public void sendMessage(Q message) {
            try (InputStream bytes = method.streamRequest(message)) {
                batches.add(ForwardFrame.readRequest(bytes.readAllBytes()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
