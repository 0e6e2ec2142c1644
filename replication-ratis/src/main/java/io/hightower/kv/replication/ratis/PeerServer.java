package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
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
     * Builds the server of a member; it is not started.
     *
     * @throws UncheckedIOException if the peer address cannot be bound
     */
    static RaftServer build(
            RatisOptions options,
            KvStateMachine stateMachine,
            MemberService service,
            RaftStorage.StartupOption startupOption) {
        keepProcessAlive();
        requireBindable(options);
        Parameters parameters = new Parameters();
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, service);
        try {
            return RaftServer.newBuilder()
                    .setServerId(RaftPeerId.valueOf(options.memberId()))
                    .setGroup(RaftGroup.valueOf(RaftGroupId.valueOf(options.clusterId()), peers(options)))
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
        PeerAddress address = PeerAddress.parse(options.address());
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(address.host(), address.port()));
        } catch (IOException e) {
            BindException cause = new BindException("The peer address cannot be bound: address=" + options.address()
                    + " memberId=" + options.memberId() + " cause=" + e.getMessage());
            cause.initCause(e);
            throw new UncheckedIOException(cause);
        }
    }

    private static List<RaftPeer> peers(RatisOptions options) {
        return options.members().entrySet().stream()
                .map(member -> RaftPeer.newBuilder()
                        .setId(member.getKey())
                        .setAddress(member.getValue())
                        .build())
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
