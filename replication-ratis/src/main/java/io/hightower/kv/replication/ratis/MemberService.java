package io.hightower.kv.replication.ratis;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.thirdparty.io.grpc.Context;
import org.apache.ratis.thirdparty.io.grpc.Contexts;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptors;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCallStreamObserver;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/**
 * The internal service of a member, on the port of Ratis: hears forwarded commands, sends its state, answers greetings.
 *
 * <p>It also closes that port to the client and admin calls of Ratis, which would let anybody who reaches it write to the log
 * or remove the group; inside the process they need no port. Thread-safe.
 */
final class MemberService implements GrpcServices.Customizer {
    private static final Context.Key<String> CALLER = Context.key("hightower-member");

    /** The one service of Ratis that members need of one another. */
    private static final String RATIS_SERVER_SERVICE = "ratis.grpc.RaftServerProtocolService";

    private static final int PING_EVERY_SECONDS_LEAST = 2;

    private final RatisOptions options;
    private final ForwardedCommands forwarded;
    private final SnapshotExports exports;
    private final MemberDirectory directory;

    MemberService(
            RatisOptions options, ForwardedCommands forwarded, SnapshotExports exports, MemberDirectory directory) {
        this.options = options;
        this.forwarded = forwarded;
        this.exports = exports;
        this.directory = directory;
    }

    @Override
    public NettyServerBuilder customize(NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
        return builder.addService(ServerInterceptors.intercept(definition(), new SameCluster(options)))
                .intercept(new MembersOnly())
                .permitKeepAliveTime(PING_EVERY_SECONDS_LEAST, TimeUnit.SECONDS);
    }

    private ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder(MemberProtocol.SERVICE)
                .addMethod(MemberProtocol.FORWARD, ServerCalls.asyncBidiStreamingCall(forwarded::hear))
                .addMethod(
                        MemberProtocol.SNAPSHOT,
                        ServerCalls.asyncServerStreamingCall(
                                (request, answers) -> exports.send((ServerCallStreamObserver<byte[]>) answers)))
                .addMethod(MemberProtocol.GREET, ServerCalls.asyncUnaryCall(this::greet))
                .build();
    }

    private void greet(byte[] incarnation, StreamObserver<byte[]> answer) {
        boolean welcome = directory.welcome(CALLER.get(), new String(incarnation, StandardCharsets.UTF_8));
        answer.onNext(new byte[] {welcome ? MemberProtocol.WELCOME : MemberProtocol.KNOWN_OTHERWISE});
        answer.onCompleted();
    }

    /** Refuses callers of another cluster or protocol, and notes the caller's name. */
    private static final class SameCluster implements ServerInterceptor {
        private final RatisOptions options;

        SameCluster(RatisOptions options) {
            this.options = options;
        }

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String version = headers.get(MemberProtocol.VERSION_KEY);
            String cluster = headers.get(MemberProtocol.CLUSTER_KEY);
            String member = headers.get(MemberProtocol.MEMBER_KEY);
            if (!MemberProtocol.VERSION.equals(version)
                    || !options.clusterId().toString().equals(cluster)
                    || member == null) {
                call.close(
                        Status.FAILED_PRECONDITION.withDescription(
                                "The caller is of another cluster or release: clusterName=" + options.clusterName()
                                        + " version=" + version + " expected=" + MemberProtocol.VERSION),
                        new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return Contexts.interceptCall(Context.current().withValue(CALLER, member), call, headers, next);
        }
    }

    /** Lets only calls of the two services pass that members use. */
    private static final class MembersOnly implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String service = call.getMethodDescriptor().getServiceName();
            if (RATIS_SERVER_SERVICE.equals(service) || MemberProtocol.SERVICE.equals(service)) {
                return next.startCall(call, headers);
            }
            call.close(
                    Status.PERMISSION_DENIED.withDescription("This port is for members of the cluster only"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }
}
