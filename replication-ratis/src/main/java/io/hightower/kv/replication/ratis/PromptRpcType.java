package io.hightower.kv.replication.ratis;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/**
 * The gRPC of Ratis, but that a leader tells its followers at once what is committed.
 *
 * <p>Ratis tells them with the next entry or the next heartbeat, up to half an election timeout later, and a read on a
 * follower would wait for as long. (It is quicker if it logs an entry of its own about every commit; that costs an entry and a
 * sync on every member.) Ratis makes the one instance from the class's name. <b>Immutable.</b>
 */
final class PromptRpcType implements RpcType {
    @Override
    public String name() {
        return PromptRpcType.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new PromptFactory(parameters);
    }

    private static final class PromptFactory extends GrpcFactory {
        PromptFactory(Parameters parameters) {
            super(parameters);
        }

        @Override
        public LogAppender newLogAppender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
            return new PromptAppender(server, state, follower);
        }
    }

    /** Sends to one follower; is notified after every answer and whenever the leader's commit index has moved. */
    private static final class PromptAppender extends GrpcLogAppender {
        PromptAppender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
            super(server, state, follower);
        }

        @Override
        public void notifyLogAppender() {
            if (hasOnlyNewsToSend()) {
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
    }
}
