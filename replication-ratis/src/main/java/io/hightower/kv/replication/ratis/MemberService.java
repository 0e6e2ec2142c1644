package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.ChangeExchange;
import io.hightower.kv.replication.ratis.membership.FormatRange;
import io.hightower.kv.replication.ratis.membership.JoinExchange;
import io.hightower.kv.replication.ratis.membership.MemberSelf;
import io.hightower.kv.replication.ratis.read.ConfirmationRounds;
import io.hightower.kv.replication.ratis.room.DiskRoom;
import io.hightower.kv.replication.ratis.transfer.StateSender;
import io.hightower.kv.statemachine.api.MemberId;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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

    private final Roster roster;
    private final Calls calls;

    /**
     * What answers the calls.
     *
     * @param forwarded hear forwarded commands
     * @param confirmations tell whether this member leads
     * @param sender sends the state
     * @param reception answers greetings and questions of who somebody is
     * @param changes decide about changes of members
     * @param room tells how much room the disk has
     * @param takesPart whether this member may vote and take entries
     */
    record Calls(
            ForwardedCommands forwarded,
            ConfirmationRounds confirmations,
            StateSender sender,
            Reception reception,
            MemberChanges changes,
            Supplier<DiskRoom> room,
            BooleanSupplier takesPart) {}

    MemberService(Roster roster, Calls calls) {
        this.roster = roster;
        this.calls = calls;
    }

    @Override
    public NettyServerBuilder customize(NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
        return builder.addService(ServerInterceptors.intercept(definition(), new SameCluster(roster)))
                .addService(joining())
                .intercept(new MembersOnly(calls.takesPart()))
                .permitKeepAliveTime(PING_EVERY_SECONDS_LEAST, TimeUnit.SECONDS);
    }

    private ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder(MemberProtocol.SERVICE)
                .addMethod(MemberProtocol.FORWARD, ServerCalls.asyncBidiStreamingCall(calls.forwarded()::hear))
                .addMethod(
                        MemberProtocol.READ_INDEX,
                        ServerCalls.asyncBidiStreamingCall(new ReadAnswers(calls.confirmations())::hear))
                .addMethod(MemberProtocol.SNAPSHOT_BEGIN, ServerCalls.asyncUnaryCall((request, answer) -> calls.sender()
                        .begin(caller(), request, answer)))
                .addMethod(
                        MemberProtocol.SNAPSHOT_READ,
                        ServerCalls.asyncServerStreamingCall((request, answers) ->
                                calls.sender().read(caller(), request, (ServerCallStreamObserver<byte[]>) answers)))
                .addMethod(MemberProtocol.SNAPSHOT_END, ServerCalls.asyncUnaryCall((request, answer) -> calls.sender()
                        .end(caller(), request, answer)))
                .addMethod(MemberProtocol.ROOM, ServerCalls.asyncUnaryCall((nothing, answer) -> room(answer)))
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

    private void room(StreamObserver<byte[]> answer) {
        answer.onNext(new byte[] {calls.room().get().code()});
        answer.onCompleted();
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
        private final FormatRange formats;

        SameCluster(Roster roster) {
            this.self = roster.self();
            this.formats = roster.formats();
        }

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String format = headers.get(MemberProtocol.FORMAT_KEY);
            String cluster = headers.get(MemberProtocol.CLUSTER_KEY);
            Optional<MemberId> member =
                    Optional.ofNullable(headers.get(MemberProtocol.MEMBER_KEY)).flatMap(MemberId::parse);
            if (!isUnderstood(format) || !self.cluster().toString().equals(cluster) || member.isEmpty()) {
                call.close(
                        Status.FAILED_PRECONDITION.withDescription(
                                "The caller is of another cluster or release: clusterId=" + cluster + " expected="
                                        + self.cluster() + " token=" + self.token() + " format=" + format
                                        + " expected=" + formats.oldest() + " to " + formats.newest()),
                        new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return Contexts.interceptCall(Context.current().withValue(CALLER, member.get()), call, headers, next);
        }

        private boolean isUnderstood(@Nullable String format) {
            try {
                return format != null && formats.contains(Integer.parseInt(format));
            } catch (NumberFormatException e) {
                return false;
            }
        }
    }

    /** Lets only calls of the services pass that members use; votes and entries only once this member takes part. */
    private static final class MembersOnly implements ServerInterceptor {
        private final BooleanSupplier takesPart;

        MembersOnly(BooleanSupplier takesPart) {
            this.takesPart = takesPart;
        }

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String service = call.getMethodDescriptor().getServiceName();
            if (RATIS_SERVER_SERVICE.equals(service) && !takesPart.getAsBoolean()) {
                call.close(
                        Status.UNAVAILABLE.withDescription(
                                "This member has begun anew and waits to be welcomed by a majority of the others"),
                        new Metadata());
                return new ServerCall.Listener<>() {};
            }
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
