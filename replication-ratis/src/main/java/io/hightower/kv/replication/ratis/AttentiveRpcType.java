package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.read.ConfirmationRounds;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.LifeCycle;

/**
 * The gRPC of Ratis, but that a leader tells its followers at once what is committed, and hears whether they still follow.
 *
 * <p>Ratis tells them with the next entry or the next heartbeat, up to half an election timeout later, and a read on a
 * follower would wait for as long. (It is quicker if it logs an entry of its own about every commit; that costs an entry and a
 * sync on every member.) Ratis makes the one instance from the class's name. <b>Immutable.</b>
 */
final class AttentiveRpcType implements RpcType {
    private static final String ROUNDS = "hightower.rounds";

    /** Has the followers' answers reported to {@code rounds}. */
    static void setRounds(Parameters parameters, ConfirmationRounds rounds) {
        parameters.put(ROUNDS, rounds, ConfirmationRounds.class);
    }

    @Override
    public String name() {
        return AttentiveRpcType.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new AttentiveFactory(parameters, parameters.getNonNull(ROUNDS, ConfirmationRounds.class));
    }

    private static final class AttentiveFactory extends GrpcFactory {
        private final ConfirmationRounds rounds;

        AttentiveFactory(Parameters parameters, ConfirmationRounds rounds) {
            super(parameters);
            this.rounds = rounds;
        }

        @Override
        public LogAppender newLogAppender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
            HeardLeader heard = new HeardLeader(state);
            AttentiveAppender appender = new AttentiveAppender(server, heard, follower, rounds);
            heard.hears((term, reply) -> rounds.acknowledged(appender, term, reply));
            rounds.senderBegan(appender);
            return appender;
        }
    }

    /** Sends to one follower; is notified after every answer and whenever the leader's commit index has moved. */
    private static final class AttentiveAppender extends GrpcLogAppender implements ConfirmationRounds.Sender {
        private final ConfirmationRounds rounds;

        AttentiveAppender(
                RaftServer.Division server, HeardLeader heard, FollowerInfo follower, ConfirmationRounds rounds) {
            super(server, heard, follower);
            this.rounds = rounds;
        }

        @Override
        public void notifyLogAppender() {
            // A heartbeat that was asked for while a request was being made is forgotten, so it is asked for again.
            if (hasOnlyNewsToSend() || rounds.awaits(this)) {
                // Notifies again; the trigger is set only once until the heartbeat is sent.
                triggerHeartbeat();
            }
            super.notifyLogAppender();
        }

        private boolean hasOnlyNewsToSend() {
            return getFollower().getCommitIndex() < getRaftLog().getLastCommittedIndex()
                    && getFollower().getNextIndex() >= getRaftLog().getNextIndex()
                    && !hasPendingDataRequests();
        }

        @Override
        public CompletableFuture<LifeCycle.State> stopAsync() {
            rounds.senderEnded(this);
            return super.stopAsync();
        }

        @Override
        public String followerId() {
            return getFollowerId().toString();
        }

        @Override
        public long nextCallId() {
            return getCallId();
        }

        @Override
        public void sendHeartbeat() {
            // One that has been silent for long gets the heartbeats that Ratis sends; more would only pile up.
            if (getFollower().getLastRpcResponseTime().elapsedTimeMs()
                    < getServer().properties().maxRpcTimeoutMs()) {
                triggerHeartbeat();
            }
        }
    }

    /** Is told of every answer that accepts a request of the leader, with the term of the request and its number. */
    private interface Ear {
        void accepted(long term, long callId);
    }

    /** The leader's state, listened to. All appenders of one leadership send in the same term. */
    private static final class HeardLeader implements LeaderState {
        private final LeaderState leader;
        private volatile long term = ConfirmationRounds.NOT_LEADING;
        private volatile Ear ear = (inTerm, callId) -> {};

        HeardLeader(LeaderState leader) {
            this.leader = leader;
        }

        void hears(Ear listening) {
            ear = listening;
        }

        @Override
        public AppendEntriesRequestProto newAppendEntriesRequestProto(
                FollowerInfo follower, List<LogEntryProto> entries, TermIndex previous, long callId) {
            AppendEntriesRequestProto request =
                    leader.newAppendEntriesRequestProto(follower, entries, previous, callId);
            term = request.getLeaderTerm();
            return request;
        }

        @Override
        public void onAppendEntriesReply(LogAppender appender, AppendEntriesReplyProto reply) {
            if (reply.getResult() == AppendResult.SUCCESS) {
                ear.accepted(term, reply.getServerReply().getCallId());
            }
            leader.onAppendEntriesReply(appender, reply);
        }

        @Override
        public void restart(LogAppender appender) {
            leader.restart(appender);
        }

        @Override
        public void checkHealth(FollowerInfo follower) {
            leader.checkHealth(follower);
        }

        @Override
        public boolean onFollowerTerm(FollowerInfo follower, long followerTerm) {
            return leader.onFollowerTerm(follower, followerTerm);
        }

        @Override
        public void onFollowerCommitIndex(FollowerInfo follower, long commitIndex) {
            leader.onFollowerCommitIndex(follower, commitIndex);
        }

        @Override
        public void onFollowerSuccessAppendEntries(FollowerInfo follower) {
            leader.onFollowerSuccessAppendEntries(follower);
        }

        @Override
        public boolean isFollowerBootstrapping(FollowerInfo follower) {
            return leader.isFollowerBootstrapping(follower);
        }
    }
}
