package io.hightower.kv.replication.ratis;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.ClientInterceptors;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NegotiationType;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.MetadataUtils;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/**
 * The connections of this member to the internal services of the others, made when first needed.
 *
 * <p><b>Threads.</b> Thread-safe. <b>Lifetime.</b> {@link #close} ends them all.
 */
final class PeerLinks implements AutoCloseable {
    /** How long the other side may take to say that it hears. */
    private static final Duration OPENING_PATIENCE = Duration.ofSeconds(1);

    /** A peer that vanished without a word is noticed after the sum of both. */
    private static final int KEEP_ALIVE_SECONDS = 5;

    private final RatisOptions options;
    private final Function<String, Optional<String>> addresses;
    private final ForwardLink.Listener listener;

    /** Guards every field below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, Peer> peers = new HashMap<>();
    private final Map<String, ForwardLink> links = new HashMap<>();
    private boolean closed;

    /** A channel, what calls go through, and the address that it was made for. */
    private record Peer(String address, ManagedChannel channel, Channel calls) {}

    PeerLinks(RatisOptions options, Function<String, Optional<String>> addresses, ForwardLink.Listener listener) {
        this.options = options;
        this.addresses = addresses;
        this.listener = listener;
    }

    /** Returns an open link to the leader; nothing if it cannot be reached now. Waits about a second at most. */
    Optional<ForwardLink> forward(String leaderId) throws InterruptedException {
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

    /** Opens a stream of the leader's exported state. The caller closes it. */
    Optional<InputStream> snapshot(String leaderId) {
        return locked(leaderId)
                .map(peer -> new SnapshotStream(ClientCalls.blockingV2ServerStreamingCall(
                        peer.calls(), MemberProtocol.SNAPSHOT, CallOptions.DEFAULT, new byte[0])));
    }

    /** Introduces this member to another one; the future has the answer. */
    CompletableFuture<Byte> greet(String memberId, String incarnation, Duration patience) {
        CompletableFuture<Byte> answer = new CompletableFuture<>();
        Optional<Peer> peer = locked(memberId);
        if (peer.isEmpty()) {
            answer.completeExceptionally(new IllegalStateException("No address is known: memberId=" + memberId));
            return answer;
        }
        CallOptions bounded = CallOptions.DEFAULT.withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS);
        ClientCalls.asyncUnaryCall(
                peer.get().calls().newCall(MemberProtocol.GREET, bounded),
                incarnation.getBytes(StandardCharsets.UTF_8),
                new StreamObserver<byte[]>() {
                    @Override
                    public void onNext(byte[] value) {
                        answer.complete(value.length == 1 ? value[0] : 0);
                    }

                    @Override
                    public void onError(Throwable cause) {
                        answer.completeExceptionally(cause);
                    }

                    @Override
                    public void onCompleted() {
                        answer.complete((byte) 0);
                    }
                });
        return answer;
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
        Optional<String> address = addresses.apply(memberId);
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
        ManagedChannel channel = NettyChannelBuilder.forTarget(address)
                .negotiationType(NegotiationType.PLAINTEXT)
                .proxyDetector(target -> null)
                .disableRetry()
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
        return new Peer(
                address,
                channel,
                ClientInterceptors.intercept(
                        channel, MetadataUtils.newAttachHeadersInterceptor(MemberProtocol.headers(options))));
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
        closedPeers.values().forEach(peer -> peer.channel().shutdownNow());
    }
}
