package io.hightower.kv.replication.ratis.hazard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.TimeDuration;
import org.awaitility.Awaitility;

/** Servers of Ratis as it comes, with a state machine that keeps one text; nothing of ours is in between. */
final class RawCluster implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final Path directory;
    private final Consumer<RaftProperties> settings;
    private final RaftGroup group;
    private final List<RaftServer> servers = new ArrayList<>();
    private final List<OneText> states = new ArrayList<>();
    private final ClientId client = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();

    RawCluster(int members, Path directory, Consumer<RaftProperties> settings) throws IOException {
        this.directory = directory;
        this.settings = settings;
        List<RaftPeer> peers = new ArrayList<>();
        for (int i = 1; i <= members; i++) {
            peers.add(RaftPeer.newBuilder()
                    .setId("r" + i)
                    .setAddress("127.0.0.1:" + port())
                    .build());
        }
        group = RaftGroup.valueOf(RaftGroupId.valueOf(UUID.randomUUID()), peers);
        for (RaftPeer peer : peers) {
            OneText state = new OneText();
            states.add(state);
            servers.add(started(peer, state, RaftStorage.StartupOption.FORMAT));
        }
    }

    private static int port() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private RaftServer started(RaftPeer peer, OneText state, RaftStorage.StartupOption option) throws IOException {
        RaftProperties properties = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(directory.resolve(peer.getId().toString()).toFile()));
        GrpcConfigKeys.Server.setPort(
                properties,
                Integer.parseInt(peer.getAddress().substring(peer.getAddress().indexOf(':') + 1)));
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, TimeDuration.valueOf(500, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, TimeDuration.valueOf(900, TimeUnit.MILLISECONDS));
        settings.accept(properties);
        RaftServer server = RaftServer.newBuilder()
                .setServerId(peer.getId())
                .setGroup(group)
                .setStateMachine(state)
                .setOption(option)
                .setProperties(properties)
                .build();
        server.start();
        return server;
    }

    /** Closes a member and starts it again on its directory, with a state machine that has already applied {@code applied}. */
    void restart(int member, OneText state) throws IOException {
        servers.get(member).close();
        states.set(member, state);
        List<RaftPeer> peers = new ArrayList<>(group.getPeers());
        peers.sort((a, b) -> a.getId().toString().compareTo(b.getId().toString()));
        servers.set(member, started(peers.get(member), state, RaftStorage.StartupOption.RECOVER));
    }

    OneText state(int member) {
        return states.get(member);
    }

    RaftServer.Division division(int member) {
        try {
            return servers.get(member).getDivision(group.getGroupId());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name(int member) {
        return servers.get(member).getId().toString();
    }

    /** Waits until a member other than {@code not} leads and is ready, and returns its number. */
    int leaderOtherThan(int not) {
        await("a leader", () -> findLeader(not) >= 0);
        return findLeader(not);
    }

    private int findLeader(int not) {
        for (int i = 0; i < servers.size(); i++) {
            if (i != not && division(i).getInfo().isLeaderReady()) {
                return i;
            }
        }
        return -1;
    }

    long nextCallId() {
        return callIds.incrementAndGet();
    }

    CompletableFuture<RaftClientReply> write(int member, String text) {
        return send(member, text, nextCallId(), RaftClientRequest.writeRequestType());
    }

    CompletableFuture<RaftClientReply> read(int member) {
        return send(member, "", nextCallId(), RaftClientRequest.readRequestType());
    }

    CompletableFuture<RaftClientReply> send(int member, String text, long callId, RaftClientRequest.Type type) {
        try {
            return servers.get(member)
                    .submitClientRequestAsync(RaftClientRequest.newBuilder()
                            .setClientId(client)
                            .setServerId(servers.get(member).getId())
                            .setGroupId(group.getGroupId())
                            .setCallId(callId)
                            .setMessage(Message.valueOf(text))
                            .setType(type)
                            .build());
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    static RaftClientReply get(CompletableFuture<RaftClientReply> reply)
            throws ExecutionException, InterruptedException, TimeoutException {
        return reply.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    static void await(String what, BooleanSupplier condition) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .pollInterval(Duration.ofMillis(5))
                .until(condition::getAsBoolean);
    }

    @Override
    public void close() throws IOException {
        for (RaftServer server : servers) {
            server.close();
        }
    }
}
