package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.ChangeExchange;
import io.hightower.kv.replication.ratis.membership.JoinExchange;
import io.hightower.kv.replication.ratis.membership.MemberSelf;
import io.hightower.kv.replication.ratis.read.ConfirmationRounds;
import io.hightower.kv.replication.ratis.transfer.StateSender;
import io.hightower.kv.statemachine.api.MemberId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Optional;
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
import org.jspecify.annotations.Nullable;

/**
 * The internal service of a member, on the port of Ratis: hears forwarded commands, sends its state, answers greetings.
 *
 * <p>It also closes that port to the client and admin calls of Ratis, which would let anybody who reaches it write to the log
 * or remove the group; inside the process they need no port. Thread-safe.
 */
final class MemberService implements GrpcServices.Customizer {
    private static final Context.Key<MemberId> CALLER = Context.key("hightower-member");

    /** The one service of Ratis that members need of one another. */
    private static final String RATIS_SERVER_SERVICE = "ratis.grpc.RaftServerProtocolService";

    private static final int PING_EVERY_SECONDS_LEAST = 2;

    private final MemberSelf self;
    private final Calls calls;

    /**
     * What answers the calls.
     *
     * @param forwarded hear forwarded commands
     * @param confirmations tell whether this member leads
     * @param sender sends the state
     * @param reception answers greetings and questions of who somebody is
     * @param changes decide about changes of members
     */
    record Calls(
            ForwardedCommands forwarded,
            ConfirmationRounds confirmations,
            StateSender sender,
            Reception reception,
            MemberChanges changes) {}

    MemberService(MemberSelf self, Calls calls) {
        this.self = self;
        this.calls = calls;
    }

    @Override
    public NettyServerBuilder customize(NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
        return builder.addService(ServerInterceptors.intercept(definition(), new SameCluster(self)))
                .addService(joining())
                .intercept(new MembersOnly())
                .permitKeepAliveTime(PING_EVERY_SECONDS_LEAST, TimeUnit.SECONDS);
    }

    private ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder(MemberProtocol.SERVICE)
                .addMethod(MemberProtocol.FORWARD, ServerCalls.asyncBidiStreamingCall(calls.forwarded()::hear))
                .addMethod(
                        MemberProtocol.READ_INDEX, ServerCalls.asyncUnaryCall((nothing, answer) -> readIndex(answer)))
                .addMethod(MemberProtocol.SNAPSHOT_BEGIN, ServerCalls.asyncUnaryCall((request, answer) -> calls.sender()
                        .begin(caller(), request, answer)))
                .addMethod(
                        MemberProtocol.SNAPSHOT_READ,
                        ServerCalls.asyncServerStreamingCall((request, answers) ->
                                calls.sender().read(caller(), request, (ServerCallStreamObserver<byte[]>) answers)))
                .addMethod(MemberProtocol.SNAPSHOT_END, ServerCalls.asyncUnaryCall((request, answer) -> calls.sender()
                        .end(caller(), request, answer)))
                .addMethod(MemberProtocol.GREET, ServerCalls.asyncUnaryCall(this::greet))
                .addMethod(MemberProtocol.CHANGE, ServerCalls.asyncUnaryCall(this::change))
                .build();
    }

    private static String caller() {
        return String.valueOf(CALLER.get());
    }

    private ServerServiceDefinition joining() {
        return ServerServiceDefinition.builder(MemberProtocol.JOIN_SERVICE)
                .addMethod(MemberProtocol.WHO_AM_I, ServerCalls.asyncUnaryCall(this::whoAmI))
                .build();
    }

    private void readIndex(StreamObserver<byte[]> answer) {
        Completion.observe(calls.confirmations().confirm(), (index, failure) -> {
            if (index != null) {
                answer.onNext(ByteBuffer.allocate(Long.BYTES).putLong(index).array());
                answer.onCompleted();
            } else {
                answer.onError(Status.UNAVAILABLE
                        .withDescription("The leadership could not be confirmed")
                        .withCause(failure)
                        .asRuntimeException());
            }
        });
    }

    private void greet(byte[] incarnation, StreamObserver<byte[]> answer) {
        byte welcome = calls.reception().greet(CALLER.get(), new String(incarnation, StandardCharsets.UTF_8));
        answer.onNext(new byte[] {welcome});
        answer.onCompleted();
    }

    private void whoAmI(byte[] question, StreamObserver<byte[]> answer) {
        JoinExchange.Question.decode(question)
                .ifPresentOrElse(
                        asked -> Completion.observe(
                                calls.reception().whoAmI(asked),
                                (told, failure) -> finish(answer, told == null ? null : told.encode(), failure)),
                        () -> answer.onError(unreadable()));
    }

    private void change(byte[] request, StreamObserver<byte[]> answer) {
        ChangeExchange.Request.decode(request)
                .ifPresentOrElse(
                        asked -> Completion.observe(
                                calls.changes().decide(asked),
                                (told, failure) -> finish(answer, told == null ? null : told.encode(), failure)),
                        () -> answer.onError(unreadable()));
    }

    private static void finish(StreamObserver<byte[]> answer, byte @Nullable [] told, @Nullable Throwable failure) {
        if (told == null) {
            answer.onError(Status.INTERNAL.withCause(failure).asRuntimeException());
        } else {
            answer.onNext(told);
            answer.onCompleted();
        }
    }

    private static RuntimeException unreadable() {
        return Status.INVALID_ARGUMENT
                .withDescription("The request cannot be read")
                .asRuntimeException();
    }

    /** Refuses callers of another cluster or protocol, and notes the caller's name. */
    private static final class SameCluster implements ServerInterceptor {
        private final MemberSelf self;

        SameCluster(MemberSelf self) {
            this.self = self;
        }

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String version = headers.get(MemberProtocol.VERSION_KEY);
            String cluster = headers.get(MemberProtocol.CLUSTER_KEY);
            Optional<MemberId> member =
                    Optional.ofNullable(headers.get(MemberProtocol.MEMBER_KEY)).flatMap(MemberId::parse);
            if (!MemberProtocol.VERSION.equals(version)
                    || !self.cluster().toString().equals(cluster)
                    || member.isEmpty()) {
                call.close(
                        Status.FAILED_PRECONDITION.withDescription(
                                "The caller is of another cluster or release: clusterId=" + cluster + " expected="
                                        + self.cluster() + " token=" + self.token() + " version=" + version
                                        + " expected=" + MemberProtocol.VERSION),
                        new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return Contexts.interceptCall(Context.current().withValue(CALLER, member.get()), call, headers, next);
        }
    }

    /** Lets only calls of the services pass that members use. */
    private static final class MembersOnly implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String service = call.getMethodDescriptor().getServiceName();
            if (RATIS_SERVER_SERVICE.equals(service)
                    || MemberProtocol.SERVICE.equals(service)
                    || MemberProtocol.JOIN_SERVICE.equals(service)) {
                return next.startCall(call, headers);
            }
            call.close(
                    Status.PERMISSION_DENIED.withDescription("This port is for members of the cluster only"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }
}
