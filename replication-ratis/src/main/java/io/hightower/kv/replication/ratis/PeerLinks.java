package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.room.DiskRoom;
import io.hightower.kv.replication.ratis.security.PeerSecurity;
import io.hightower.kv.replication.ratis.transfer.TransferCalls;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.ClientInterceptor;
import org.apache.ratis.thirdparty.io.grpc.ClientInterceptors;
import org.apache.ratis.thirdparty.io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/**
 * The connections of this member to the internal services of the others, made when first needed.
 *
 * <p><b>Threads.</b> Thread-safe. <b>Lifetime.</b> {@link #close} ends them all.
 */
final class PeerLinks implements ForwardRoute.Links, AutoCloseable {
    /** How long the other side may take to say that it hears. */
    private static final Duration OPENING_PATIENCE = Duration.ofSeconds(1);

    /** A peer that vanished without a word is noticed after the sum of both. */
    private static final int KEEP_ALIVE_SECONDS = 5;

    private final RatisOptions options;
    private final Roster roster;
    private final ForwardLink.Listener listener;
    private final PeerSecurity security;
    private final ReadLinks readLinks;

    /** Guards every field below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, Peer> peers = new HashMap<>();
    private final Map<String, ForwardLink> links = new HashMap<>();
    private boolean closed;

    /** A channel, what calls go through, and the address that it was made for. */
    private record Peer(String address, ManagedChannel channel, Channel calls) {}

    /** Makes no connection yet. What {@link #readIndex} returns completes on {@code callbacks}. */
    PeerLinks(
            RatisOptions options,
            Roster roster,
            ForwardLink.Listener listener,
            PeerSecurity security,
            Executor callbacks) {
        this.readLinks = new ReadLinks(memberId -> locked(memberId).map(Peer::calls), callbacks);
        this.security = security;
        this.options = options;
        this.roster = roster;
        this.listener = listener;
    }

    @Override
    public Optional<ForwardLink> forward(String leaderId) throws InterruptedException {
        ForwardLink link = linkTo(leaderId).orElse(null);
        return link != null && link.awaitOpened(OPENING_PATIENCE) ? Optional.of(link) : Optional.empty();
    }

    private Optional<ForwardLink> linkTo(String leaderId) {
        lock.lock();
        try {
            ForwardLink link = links.get(leaderId);
            if (link != null && !link.isBroken()) {
                return Optional.of(link);
            }
            Optional<Peer> peer = peer(leaderId);
            peer.ifPresent(found -> links.put(
                    leaderId, ForwardLink.open(found.calls(), options.tuning().batchesInFlightMax(), listener)));
            return Optional.ofNullable(links.get(leaderId)).filter(opened -> !opened.isBroken());
        } finally {
            lock.unlock();
        }
    }

    /** Returns the calls that bring a member's state here; nothing if no address is known. */
    Optional<TransferCalls> transfer(String memberId) {
        return locked(memberId).map(peer -> new TransferLink(peer.calls()));
    }

    /** Asks a member to confirm that it leads, as {@link ReadLink#ask} does. */
    CompletableFuture<Long> readIndex(String leaderId) {
        return readLinks.ask(leaderId);
    }

    /** Asks a member how much room its disk has; the future fails if it does not say. */
    CompletableFuture<DiskRoom> room(String memberId, Duration patience) {
        return ask(memberId, MemberProtocol.ROOM, new byte[0], patience)
                .thenApply(answer -> DiskRoom.read(answer).orElseThrow());
    }

    /** Introduces this member to another one; the future has the answer. */
    CompletableFuture<Byte> greet(String memberId, String incarnation, Duration patience) {
        return ask(memberId, MemberProtocol.GREET, incarnation.getBytes(StandardCharsets.UTF_8), patience)
                .thenApply(answer -> answer.length == 1 ? answer[0] : 0);
    }

    /** Asks the leader for a change of members. */
    CompletableFuture<byte[]> change(String leaderId, byte[] request, Duration patience) {
        return ask(leaderId, MemberProtocol.CHANGE, request, patience);
    }

    private CompletableFuture<byte[]> ask(
            String memberId, MethodDescriptor<byte[], byte[]> method, byte[] question, Duration patience) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Optional<Peer> peer = locked(memberId);
        if (peer.isEmpty()) {
            answer.completeExceptionally(new IllegalStateException("No address is known: memberId=" + memberId));
            return answer;
        }
        CallOptions bounded = CallOptions.DEFAULT.withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS);
        ClientCalls.asyncUnaryCall(peer.get().calls().newCall(method, bounded), question, new OneAnswer(answer));
        return answer;
    }

    /** Completes a future with the one answer of a call. */
    private record OneAnswer(CompletableFuture<byte[]> answer) implements StreamObserver<byte[]> {
        @Override
        public void onNext(byte[] value) {
            answer.complete(value);
        }

        @Override
        public void onError(Throwable cause) {
            answer.completeExceptionally(cause);
        }

        @Override
        public void onCompleted() {
            answer.completeExceptionally(new IllegalStateException("The call ended without an answer"));
        }
    }

    private Optional<Peer> locked(String memberId) {
        lock.lock();
        try {
            return peer(memberId);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the way to a member. The lock is held. */
    private Optional<Peer> peer(String memberId) {
        Optional<String> address = roster.addressOf(memberId);
        if (closed || address.isEmpty()) {
            return Optional.empty();
        }
        Peer known = peers.get(memberId);
        if (known == null || !known.address().equals(address.get())) {
            if (known != null) {
                known.channel().shutdown();
            }
            known = connect(address.get());
            peers.put(memberId, known);
        }
        // After failures gRPC would wait up to two minutes before it tries again.
        known.channel().resetConnectBackoff();
        return Optional.of(known);
    }

    private Peer connect(String address) {
        ManagedChannel channel = security.applyTo(NettyChannelBuilder.forTarget(address))
                .proxyDetector(target -> null)
                .disableRetry()
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
        return new Peer(address, channel, ClientInterceptors.intercept(channel, new Introduction(roster)));
    }

    /** Says in every call who calls, and in which format. */
    private record Introduction(Roster roster) implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(
                MethodDescriptor<Q, A> method, CallOptions callOptions, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, callOptions)) {
                @Override
                public void start(Listener<A> answers, Metadata headers) {
                    MemberProtocol.identify(roster.self(), roster.format(), headers);
                    super.start(answers, headers);
                }
            };
        }
    }

    @Override
    public void close() {
        Map<String, ForwardLink> closedLinks;
        Map<String, Peer> closedPeers;
        lock.lock();
        try {
            closed = true;
            closedLinks = Map.copyOf(links);
            closedPeers = Map.copyOf(peers);
            links.clear();
            peers.clear();
        } finally {
            lock.unlock();
        }
        closedLinks.values().forEach(ForwardLink::close);
        readLinks.close();
        closedPeers.values().forEach(peer -> peer.channel().shutdownNow());
    }
}
