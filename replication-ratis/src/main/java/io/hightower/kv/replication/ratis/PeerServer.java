package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.MemberSelf;
import io.hightower.kv.replication.ratis.read.ConfirmationRounds;
import io.hightower.kv.replication.ratis.security.PeerSecurity;
import io.hightower.kv.replication.ratis.security.SerializedExceptions;
import io.hightower.kv.statemachine.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.ExitUtils;

/** The building of a Ratis server, with what Ratis would do to the process taken from it. */
final class PeerServer {
    private PeerServer() {}

    /**
     * What is hung into Ratis.
     *
     * @param self who this member is
     * @param service answers on the port of Ratis
     * @param rounds hear what followers answer
     * @param security whom this member lets in, and who it is
     */
    record Hooks(MemberSelf self, MemberService service, ConfirmationRounds rounds, PeerSecurity security) {}

    /**
     * Builds the server of a member; it is not started.
     *
     * @throws UncheckedIOException if the peer address cannot be bound
     */
    static RaftServer build(
            RatisOptions options, KvStateMachine stateMachine, Hooks hooks, RaftStorage.StartupOption startupOption) {
        keepProcessAlive();
        SerializedExceptions.guard();
        requireBindable(options);
        Parameters parameters = new Parameters();
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, hooks.service());
        AttentiveRpcType.setRounds(parameters, hooks.rounds());
        hooks.security().applyTo(parameters);
        try {
            return RaftServer.newBuilder()
                    .setServerId(RaftPeerId.valueOf(hooks.self().peerId()))
                    .setGroup(RaftGroup.valueOf(RaftGroupId.valueOf(hooks.self().groupId()), peers(hooks.self())))
                    .setStateMachine(stateMachine)
                    .setOption(startupOption)
                    .setProperties(RatisConfigBuilder.build(options))
                    .setParameters(parameters)
                    .build();
        } catch (IOException | RuntimeException e) {
            throw reasonOf(e);
        }
    }

    /**
     * Takes from Ratis the means to end the process: a library must not. It would do so for any uncaught exception of any
     * thread, and for a port in use.
     */
    private static void keepProcessAlive() {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        ExitUtils.setTerminateOnUncaughtException(false);
        ExitUtils.disableSystemExit();
        // The first use of the class put another handler in place.
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    private static void requireBindable(RatisOptions options) {
        PeerAddress address = PeerAddress.parse(options.identity().listenAddress());
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(address.host(), address.port()));
        } catch (IOException e) {
            BindException cause = new BindException("The peer address cannot be bound: address="
                    + options.identity().listenAddress()
                    + " name=" + options.identity().name() + " cause=" + e.getMessage());
            cause.initCause(e);
            throw new UncheckedIOException(cause);
        }
    }

    /**
     * Returns whom the member knows without a log: the founders of a new cluster. A member that joins knows itself as a
     * learner only, which never stands for election; with an empty configuration Ratis would take it for a follower, which may
     * stand as soon as the leader was heard, and be told to shut down.
     */
    private static List<RaftPeer> peers(MemberSelf self) {
        if (self.origin() == MemberSelf.Origin.JOINED) {
            return List.of(RaftPeer.newBuilder(RaftMember.peer(self.cluster(), self.id()))
                    .setStartupRole(RaftPeerRole.LISTENER)
                    .build());
        }
        return self.founders().stream()
                .map(founder -> RaftMember.peer(self.cluster(), founder.id()))
                .toList();
    }

    /** Returns what a failed start has to be reported as: the refusal that Ratis has wrapped, if it is one. */
    static RuntimeException reasonOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StorageException reason) {
                return reason;
            }
        }
        IOException reason = failure instanceof IOException e ? e : new IOException(failure);
        return new UncheckedIOException("The member cannot start: " + failure.getMessage(), reason);
    }
}
