package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.AddressBook;
import io.hightower.kv.replication.ratis.membership.MemberSelf;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.api.ClusterId;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * This member's Ratis server: its start, its questions and its end.
 *
 * <p><b>Threads.</b> Thread-safe; before {@link #start} it knows of no leader.
 */
final class RaftMember implements Proposer.Member {
    private final RatisOptions options;
    private final RaftPeerId id;
    private final RaftGroupId groupId;
    private final ClientId clientId;
    private final AtomicLong callIds = new AtomicLong();

    private volatile @Nullable RaftServer server;
    private volatile RaftServer.@Nullable Division division;

    /** Prepares the member that writes under {@code clientId}. */
    RaftMember(RatisOptions options, MemberSelf self, ClientId clientId) {
        this.options = options;
        this.id = RaftPeerId.valueOf(self.peerId());
        this.groupId = RaftGroupId.valueOf(self.groupId());
        this.clientId = clientId;
    }

    /**
     * Starts the server. It votes and follows on return; whether there is a leader is another matter.
     *
     * @throws StorageException if the directory or the state is not fit for this member
     * @throws java.io.UncheckedIOException if the peer address cannot be bound or the log cannot be read
     */
    void start(KvStateMachine stateMachine, PeerServer.Hooks hooks, RaftStorage.StartupOption startupOption) {
        RaftServer built = PeerServer.build(options, stateMachine, hooks, startupOption);
        try {
            server = built;
            division = built.getDivision(groupId);
            built.start();
        } catch (IOException | RuntimeException e) {
            closeQuietly(built);
            throw PeerServer.reasonOf(e);
        }
    }

    private static void closeQuietly(RaftServer built) {
        try {
            built.close();
        } catch (IOException | RuntimeException e) {
            System.getLogger(RaftMember.class.getName())
                    .log(System.Logger.Level.WARNING, "Closing the Ratis server failed", e);
        }
    }

    private Optional<DivisionInfo> info() {
        return Optional.ofNullable(division).map(RaftServer.Division::getInfo);
    }

    /** Returns what Ratis runs for this member; nothing before the start. */
    Optional<RaftServer.Division> division() {
        return Optional.ofNullable(division);
    }

    /** Tells whether this member leads and has applied everything that earlier leaders left. */
    @Override
    public boolean leads() {
        return info().filter(info -> info.isAlive() && info.isLeader() && info.isLeaderReady())
                .isPresent();
    }

    /** Returns the term in which this member leads, ready or not; -1 if it does not. */
    @Override
    public long termLed() {
        return info().filter(info -> info.isAlive() && info.isLeader())
                .map(DivisionInfo::getCurrentTerm)
                .orElse(-1L);
    }

    /** Returns the term in which this member leads and is ready, as {@link #leads} has it; -1 if there is none. */
    long termReady() {
        // Terms only grow: what is seen between two looks at the same one belongs to it.
        long term = termLed();
        return leads() && termLed() == term ? term : -1;
    }

    /** Returns the leader's name, as far as this member knows. */
    @Override
    public Optional<String> leaderId() {
        return info().filter(DivisionInfo::isAlive)
                .map(DivisionInfo::getLeaderId)
                .map(RaftPeerId::toString);
    }

    Role role() {
        DivisionInfo info = info().orElse(null);
        if (info == null || !info.isAlive()) {
            return Role.STOPPED;
        }
        if (info.isLeader()) {
            return Role.LEADER;
        }
        if (info.getLeaderId() == null) {
            return Role.CANDIDATE;
        }
        return votes() ? Role.FOLLOWER : Role.LEARNER;
    }

    /** Tells whether this member votes, by the newest configuration that it knows. */
    private boolean votes() {
        RaftServer.Division open = division;
        return open != null
                && open.getRaftConf().getCurrentPeers().stream()
                        .anyMatch(peer -> peer.getId().equals(id));
    }

    /** Returns what Ratis calls this member. */
    @Override
    public String peerId() {
        return id.toString();
    }

    /** Returns how Ratis names a member and its address; the address is looked up when it is needed. */
    static RaftPeer peer(ClusterId cluster, MemberId member) {
        return RaftPeer.newBuilder()
                .setId(member.toString())
                .setAddress(AddressBook.target(cluster, member))
                .build();
    }

    /** Returns the newest term that this member knows of; 0 before the start. */
    long term() {
        return info().map(DivisionInfo::getCurrentTerm).orElse(0L);
    }

    /**
     * Asks Ratis for another configuration, if it is still the one that the request says.
     *
     * @return a future that fails if it is not, or cannot be put into force
     */
    CompletableFuture<RaftClientReply> configure(SetConfigurationRequest.Arguments change) {
        RaftServer open = server;
        if (open == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("The server is not started"));
        }
        try {
            return open.setConfigurationAsync(new SetConfigurationRequest(clientId, id, groupId, nextCallId(), change));
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Hands a batch to the log of this member. When it returns, the batch is marked as appended, or it certainly was not and
     * the future has the reason.
     */
    @Override
    public CompletableFuture<RaftClientReply> submit(Batch batch) {
        RaftServer open = server;
        if (open == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("The server is not started"));
        }
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(clientId)
                .setServerId(id)
                .setGroupId(groupId)
                .setCallId(batch.callId())
                .setMessage(batch)
                .setType(RaftClientRequest.writeRequestType())
                .build();
        try {
            return open.submitClientRequestAsync(request);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Returns an id that no request of this start has had. */
    @Override
    public long nextCallId() {
        return callIds.incrementAndGet();
    }

    /** Has Ratis drop log files that hold only entries through {@code index}. */
    void trim(long index) throws InterruptedException {
        RaftServer.Division open = division;
        if (open == null) {
            return;
        }
        try {
            open.getRaftLog().purge(index).get();
        } catch (ExecutionException e) {
            throw new StorageException("The log cannot be trimmed: index=" + index, e);
        }
    }

    /** Tells Ratis of a durable state of this member that it has not asked for. */
    void announceSnapshot(long index) {
        RaftServer.Division open = division;
        if (open != null) {
            open.getRaftLog().updateSnapshotIndex(index);
        }
    }

    /** Returns the index of the last entry in this member's log; -1 if it has none. */
    long lastLogIndex() {
        RaftServer.Division open = division;
        return open == null ? -1 : open.getRaftLog().getNextIndex() - 1;
    }

    /** Returns the index through which this member's own log is on its disk. */
    long flushedIndex() {
        RaftServer.Division open = division;
        return open == null ? -1 : open.getRaftLog().getFlushIndex();
    }

    /** Returns the index through which this member knows the log to be committed; -1 if it knows nothing. */
    long committedIndex() {
        RaftServer.Division open = division;
        return open == null ? -1 : open.getRaftLog().getLastCommittedIndex();
    }

    /** Returns why this member can no longer take part; nothing while it can. */
    Optional<String> fatalProblem() {
        RaftServer openServer = server;
        RaftServer.Division open = division;
        if (openServer == null || open == null) {
            return Optional.empty();
        }
        if (openServer.getLifeCycleState() != LifeCycle.State.RUNNING) {
            return Optional.of("The Ratis server is " + openServer.getLifeCycleState());
        }
        if (!open.getInfo().isAlive()) {
            return Optional.of("The Ratis division is " + open.getInfo().getLifeCycleState());
        }
        if (!open.getRaftLog().isOpened()) {
            return Optional.of("The log of Ratis is closed");
        }
        LifeCycle.State machine = open.getStateMachine().getLifeCycleState();
        if (machine == LifeCycle.State.EXCEPTION || machine.isClosingOrClosed()) {
            return Optional.of("The state machine is " + machine);
        }
        return Optional.empty();
    }

    /** Asks the other members, the most advanced first, to take over, if this one leads; false if it still does. */
    boolean handOver(Duration patience) {
        RaftServer open = server;
        RaftServer.Division known = division;
        if (open == null || known == null || !leads()) {
            return true;
        }
        List<String> others = known.getCommitInfos().stream()
                .sorted(Comparator.comparingLong(CommitInfoProto::getCommitIndex)
                        .reversed())
                .map(info -> info.getServer().getId().toStringUtf8())
                .filter(other -> !other.equals(peerId()))
                .toList();
        long millisEach = Math.max(1, patience.toMillis() / Math.max(1, others.size()));
        for (String other : others) {
            if (leads()) {
                transfer(open, other, millisEach);
            }
        }
        return !leads();
    }

    /** Asks a member to take over, if this one leads; returns when it did, or refused, or the time is up. */
    void handOverTo(MemberId other, Duration patience) {
        RaftServer open = server;
        if (open != null && leads()) {
            transfer(open, other.toString(), Math.max(1, patience.toMillis()));
        }
    }

    private void transfer(RaftServer open, String other, long millis) {
        try {
            open.transferLeadershipAsync(new TransferLeadershipRequest(
                            clientId, id, groupId, nextCallId(), RaftPeerId.valueOf(other), millis))
                    .get(millis + 500, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | ExecutionException | TimeoutException e) {
            System.getLogger(RaftMember.class.getName())
                    .log(System.Logger.Level.DEBUG, "A member did not take over: member=" + other, e);
        }
    }

    /** Applies what is committed and closes the server. Idempotent. */
    void close() {
        RaftServer open = server;
        if (open != null) {
            closeQuietly(open);
        }
    }
}
