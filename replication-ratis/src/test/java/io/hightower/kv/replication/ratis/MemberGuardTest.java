package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.replication.ratis.RatisOptions.InitialState;
import io.hightower.kv.replication.ratis.membership.MemberSelf;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.statemachine.state.KvState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.util.ProtoUtils;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may be a member, and who may talk to one. */
final class MemberGuardTest {
    @TempDir
    Path directory;

    private TestCluster cluster;

    @AfterEach
    void close() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void refusesAMemberWhoseLogIsGone() throws IOException {
        cluster = TestCluster.of(3, directory).startAll();
        String name = cluster.follower();
        cluster.put(name, "k", "v");
        cluster.stop(name);
        delete(cluster.directory(name).resolve(cluster.self(name).groupId().toString()));

        assertThatThrownBy(() -> cluster.start(name))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("The log of this member is gone")
                .hasMessageContaining("add it again, with empty directories");
    }

    @Test
    void refusesAMemberWhoseRatisDirectoryIsGone() throws IOException {
        cluster = TestCluster.of(1, directory).startAll();
        cluster.put("m1", "k", "v");
        cluster.member("m1").checkpoint();
        cluster.stop("m1");
        delete(cluster.directory("m1"));

        assertThatThrownBy(() -> cluster.start("m1"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("The state has a history");
    }

    @Test
    void refusesAMemberThatForgotEverythingAndIsRememberedByOthers() throws IOException {
        cluster = TestCluster.of(3, directory).startAll();
        String name = cluster.follower();
        cluster.put(name, "k", "v");
        TestCluster.await("every other member knows " + name, () -> cluster.names().stream()
                .filter(other -> !other.equals(name))
                .allMatch(other -> MemberMarker.read(cluster.directory(other))
                        .orElseThrow()
                        .seen()
                        .containsKey(cluster.self(name).id())));
        cluster.stop(name);
        delete(cluster.directory(name));
        cluster.loseStore(name);

        assertThatThrownBy(() -> cluster.start(name))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("Another directory took part in this cluster under this member's id");
    }

    @Test
    void aFounderDoesNotVoteBeforeTheOthersHaveWelcomedIt() throws IOException {
        cluster = TestCluster.of(3, directory);
        cluster.start("m1");
        // It may have lost its directory, and what it voted and acknowledged before: only the others know.
        assertThatThrownBy(() -> requestVoteOf("m1"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused -> assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE))
                .hasMessageContaining("waits to be welcomed");

        cluster.start("m2");
        cluster.put(cluster.leader(), "k", "v");
        TestCluster.await(
                "m1 takes part",
                () -> MemberMarker.read(cluster.directory("m1")).orElseThrow().started());
        assertThat(requestVoteOf("m1").getServerReply().getSuccess()).isFalse();
    }

    /** Asks for a vote as a member of a term long past would. */
    private RequestVoteReplyProto requestVoteOf(String name) {
        ManagedChannel channel = NettyChannelBuilder.forTarget(cluster.address(name))
                .usePlaintext()
                .build();
        try {
            MemberSelf self = cluster.self(name);
            RaftRpcRequestProto header = RaftRpcRequestProto.newBuilder()
                    .setRequestorId(
                            ByteString.copyFromUtf8(self.others().get(2).id().toString()))
                    .setReplyId(ByteString.copyFromUtf8(self.peerId()))
                    .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(RaftGroupId.valueOf(self.groupId())))
                    .build();
            return RaftServerProtocolServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(5, TimeUnit.SECONDS)
                    .requestVote(RequestVoteRequestProto.newBuilder()
                            .setServerRequest(header)
                            .build());
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void refusesTheDirectoryOfAnotherMember() throws IOException {
        cluster = TestCluster.of(1, directory).startAll();
        cluster.stop("m1");
        RatisOptions own = cluster.options("m1");
        RatisOptions other = RatisOptions.of(
                "m2", Map.of("m2", own.identity().address()), own.identity().token(), own.directory());
        RatisOptions elsewhere = RatisOptions.of("m1", own.identity().initialCluster(), "elsewhere", own.directory());

        for (RatisOptions options : new RatisOptions[] {other, elsewhere}) {
            assertThatThrownBy(
                            () -> RatisReplication.open(options, new KvState(new TreeMapStateStore()), Metrics.none()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("The directory belongs to another member");
        }
    }

    @Test
    void refusesAnEmptyDirectoryThatIsSaidToExist() throws IOException {
        RatisOptions options = TestCluster.of(1, directory).options("m1").withInitialState(InitialState.USED);
        assertThatThrownBy(() -> RatisReplication.open(options, new KvState(new TreeMapStateStore()), Metrics.none()))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("its directory was never used");
    }

    @Test
    void namesAPeerAddressThatIsInUse() throws IOException {
        RatisOptions options = TestCluster.of(1, directory).options("m1");
        PeerAddress address = PeerAddress.parse(options.identity().address());
        try (ServerSocket holder = new ServerSocket(address.port(), 1, InetAddress.getByName(address.host()))) {
            assertThat(holder.isBound()).isTrue();
            assertThatThrownBy(
                            () -> RatisReplication.open(options, new KvState(new TreeMapStateStore()), Metrics.none()))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("The peer address cannot be bound: address="
                            + options.identity().address());
        }
        // What the failed start left behind does not hinder the next one.
        RatisReplication.open(options, new KvState(new TreeMapStateStore()), Metrics.none())
                .close();
    }

    @Test
    void refusesClientsOfRatisAtThePeerPort() throws IOException {
        cluster = TestCluster.of(1, directory).startAll();
        cluster.put("m1", "k", "v");
        RatisOptions options = cluster.options("m1");
        RaftPeer peer = RaftPeer.newBuilder()
                .setId("m1")
                .setAddress(options.identity().address())
                .build();
        RaftGroupId groupId = RaftGroupId.valueOf(cluster.self("m1").groupId());

        RaftProperties patient = new RaftProperties();
        RaftClientConfigKeys.Rpc.setRequestTimeout(patient, TimeDuration.valueOf(30, TimeUnit.SECONDS));
        try (RaftClient client = RaftClient.newBuilder()
                .setProperties(patient)
                .setRaftGroup(RaftGroup.valueOf(groupId, peer))
                .setRetryPolicy(RetryPolicies.noRetry())
                .build()) {
            assertThatThrownBy(() -> client.io().send(Message.valueOf("x")))
                    .hasStackTraceContaining("PERMISSION_DENIED");
            assertThatThrownBy(() -> client.getGroupManagementApi(peer.getId()).remove(groupId, true, false))
                    .hasStackTraceContaining("PERMISSION_DENIED");
        }

        assertThat(cluster.read("m1", "k")).isEqualTo("v");
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
