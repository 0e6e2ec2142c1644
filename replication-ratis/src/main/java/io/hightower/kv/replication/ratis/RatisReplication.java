package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.FormatRange;
import io.hightower.kv.replication.ratis.read.ConfirmationRounds;
import io.hightower.kv.replication.ratis.read.ReadIndex;
import io.hightower.kv.replication.ratis.read.ReadRounds;
import io.hightower.kv.replication.ratis.security.PeerSecurity;
import io.hightower.kv.replication.ratis.transfer.StateSender;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.MemberRefusedException;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.api.Membership;
import io.hightower.kv.statemachine.api.ReplicationHandle;
import io.hightower.kv.statemachine.api.ReplicationStatus;
import io.hightower.kv.statemachine.api.ReplicationStatus.Role;
import io.hightower.kv.statemachine.api.StateSnapshot;
import io.hightower.kv.statemachine.api.StoreSnapshot;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.StateFiles;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.KvState;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The replication of a member of a cluster, on Apache Ratis.
 *
 * <p><b>Ordering.</b> Commands that one thread submits are applied in that order. <b>Durability.</b> A command that succeeded
 * is on the disks of a majority. <b>Threads.</b> Thread-safe. {@link #submit} waits only for room in the queue. Futures
 * complete on callback threads of the member: what hangs on them must not wait for another command. <b>Lifetime.</b> It owns
 * its directory and its connections, not the store. <b>Failure.</b> When the member dies, {@code onDeath} of its options is
 * told; commands are refused from then on.
 */
public final class RatisReplication implements ReplicationHandle {
    /** Commands that take longer than this are reported: a majority, or its disks, do not answer. */
    private static final Duration STALL_AFTER = Duration.ofSeconds(5);

    private static final System.Logger LOGGER = System.getLogger(RatisReplication.class.getName());

    private static final int CALLBACK_THREADS = 2;
    private static final long FLUSH_POLL_MILLIS = 2;

    private final RatisOptions options;
    private final StateStore store;
    private final MemberLife life;
    private final AppliedIndex applied;
    private final RaftMember member;
    private final LeaderTime time;
    private final PeerSecurity security;
    private final MemberMetrics shown;
    private final PeerLinks links;
    private final CommandPath commands;
    private final ReadRounds reads;
    private final ConfirmationRounds confirmations;
    private final MemberDirectory directory;
    private final Roster roster;
    private final ExecutorService callbacks =
            Executors.newFixedThreadPool(CALLBACK_THREADS, MemberThreads.named("hightower-callback"));
    private final Parts parts;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** What is only started and stopped, or asked now and then. */
    private record Parts(
            MemberEvents events,
            KvStateMachine stateMachine,
            LogTrimming trimming,
            ForwardedCommands forwarded,
            StateSender sender,
            MemberService service,
            Members members,
            MemberDuties duties) {}

    /** What a member stands on before it has any other part. */
    private record Ground(MemberDirectory directory, Roster roster, PeerSecurity security) {}

    private RatisReplication(RatisOptions options, KvState state, Ground ground, MemberMetrics shown) {
        Metrics metrics = shown.scope();
        this.shown = shown;
        this.options = options;
        this.store = state.store();
        this.directory = ground.directory();
        this.roster = ground.roster();
        this.security = ground.security();
        life = new MemberLife(options.owner().onDeath());
        applied = new AppliedIndex(callbacks, store.applied().position().index());
        CommandQueue queue = new CommandQueue(
                options.queue().commandsMax(),
                options.queue().bytesMax(),
                options.queue().enqueueTimeout());
        InFlightBatches inFlight = new InFlightBatches(callbacks, applied, queue::nudge);
        member = new RaftMember(options, roster.self(), inFlight.clientId());
        time = new LeaderTime(member::termReady, store, options.owner().nanoClock());
        links = new PeerLinks(options, roster, shown.timed(inFlight), security, callbacks);
        Proposer proposer = new Proposer(
                options, new Proposer.Surroundings(queue, member, links, inFlight, store, time, callbacks, metrics));
        commands = new CommandPath(options, life, queue, inFlight, proposer);
        MemberLeadership leadership = new MemberLeadership(member);
        confirmations = new ConfirmationRounds(leadership, callbacks);
        ReadIndex index = new ReadIndex(
                confirmations,
                links::readIndex,
                new LogBarrier(queue::offerFirst),
                options.timeouts().electionMin(),
                new ReadIndex.Surroundings(leadership, callbacks, metrics));
        reads = new ReadRounds(index, applied::await, options.timeouts().request(), callbacks);
        parts = assemble(state, queue, inFlight, proposer, metrics);
        life.beforeDeath(reason -> {
            commands.die();
            ReadUnavailableException died =
                    new ReadUnavailableException("This member of the cluster has died: " + reason);
            applied.failAll(() -> died);
            reads.close(died);
        });
        shown.show(queue, inFlight, applied);
        shown.show(security);
    }

    private Parts assemble(
            KvState state, CommandQueue queue, InFlightBatches inFlight, Proposer proposer, Metrics metrics) {
        Runnable leadershipChanged = () -> {
            proposer.leadershipChanged();
            confirmations.review();
        };
        SnapshotCatchUp catchUp = new SnapshotCatchUp(links, member, store, metrics);
        MemberEvents events = new MemberEvents(life, leadershipChanged, catchUp, directory, store);
        KvStateMachine stateMachine = new KvStateMachine(state, inFlight, applied, events, metrics);
        LogTrimming trimming = new LogTrimming(
                store, member, directory, stateMachine, options.tuning().logBytesKept());
        StateSender sender = new StateSender(
                store,
                trimming::keep,
                options.tuning().transferBytesPerSecond(),
                MemberThreads.named("hightower-send"),
                metrics);
        ForwardedCommands forwarded = new ForwardedCommands(queue, member::termLed, options);
        Members members = new Members(
                new Members.Wiring(options, roster, member, links, directory, life),
                commands::submit,
                this::readBarrier);
        MemberService service = new MemberService(
                roster,
                new MemberService.Calls(
                        forwarded,
                        confirmations,
                        sender,
                        members.reception(),
                        members.changes(),
                        options.owner().floor()::room,
                        directory::started));
        MemberRooms rooms = new MemberRooms(
                member,
                members.configuration(),
                links,
                roster.self().id(),
                options.owner().floor());
        MemberDuties duties = new MemberDuties(
                life,
                new MemberDuties.Requests(commands, confirmations),
                new MemberDuties.Watched(member, stateMachine, catchUp, rooms));
        return new Parts(events, stateMachine, trimming, forwarded, sender, service, members, duties);
    }

    /**
     * Starts the member. On return it follows and votes, and takes commands, which wait until there is a leader. On failure
     * the store stays with the caller.
     *
     * @param state its store must hold what this member applied before, or be empty in a new member
     * @throws StorageException if the directory or the store is not this member's, or is incomplete
     * @throws MemberRefusedException if this member must not take part, or its release is too old or too new for the cluster
     * @throws io.hightower.kv.statemachine.CorruptionException if the log is damaged
     * @throws UncheckedIOException if the peer address cannot be bound or the log cannot be read
     * @throws io.hightower.kv.tls.TlsFileException if a file of the peer TLS cannot be used
     */
    public static RatisReplication open(RatisOptions options, KvState state, Metrics metrics) {
        return open(options, state, metrics, FormatRange.OF_THIS_RELEASE);
    }

    /** As {@link #open(RatisOptions, KvState, Metrics)}, for a release that understands these formats. */
    static RatisReplication open(RatisOptions options, KvState state, Metrics metrics, FormatRange formats) {
        PeerSecurity security = options.peerTls().map(PeerSecurity::mutual).orElseGet(PeerSecurity::none);
        StateStore store = state.store();
        if (!store.durable().equals(store.applied().position())) {
            // Ratis replays what is not durable; what is applied must not be applied again.
            store.checkpoint();
        }
        MemberDirectory directory = MemberDirectory.open(
                options, store.applied().position(), () -> new JoinCall(options, security, formats).ask());
        Roster roster = new Roster(directory.self(), store, formats);
        if (!formats.contains(roster.format())) {
            roster.close();
            throw new MemberRefusedException(formats.refusal(roster.format()));
        }
        MemberMetrics shown = new MemberMetrics(directory.self().peerId(), metrics);
        RatisReplication replication =
                new RatisReplication(options, state, new Ground(directory, roster, security), shown);
        try {
            replication.start();
        } catch (RuntimeException | Error e) {
            replication.letGo();
            throw e;
        }
        return replication;
    }

    private void start() {
        if (!directory.started()) {
            parts.members().greetings().beforeFirstStart();
        }
        directory.repairLog(store.durable());
        try {
            member.start(
                    parts.stateMachine(),
                    new PeerServer.Hooks(roster.self(), parts.service(), confirmations, security),
                    directory.startupOption());
        } catch (UncheckedIOException e) {
            directory.findDamage().ifPresent(damage -> {
                damage.addSuppressed(e);
                throw damage;
            });
            throw e;
        }
        parts.members().greetings().takePartIfWelcome();
        commands.start();
        parts.duties().start();
        parts.members().start();
        LOGGER.log(
                System.Logger.Level.INFO,
                "Opened a member of a cluster: memberId={0} name={1} clusterId={2} address={3} applied={4}",
                roster.self().id(),
                roster.self().name(),
                roster.self().cluster(),
                options.identity().address(),
                store.applied().position());
    }

    @Override
    public CompletableFuture<Result> submit(Command command) {
        return commands.submit(command);
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        Optional<String> death = life.death();
        if (death.isPresent()) {
            return CompletableFuture.failedFuture(
                    new ReadUnavailableException("This member of the cluster has died: " + death.get()));
        }
        return reads.await();
    }

    @Override
    public StoreView view() {
        return store.view();
    }

    @Override
    public StateSnapshot snapshotState() {
        awaitBarrier();
        return new StoreSnapshot(store.pin());
    }

    private void awaitBarrier() {
        try {
            readBarrier().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ReadUnavailableException reason ? reason : e;
        }
    }

    @Override
    public void installSnapshot(StateFiles exported) {
        throw new UnsupportedOperationException("The state of a member of a cluster changes by its log alone");
    }

    @Override
    public long latestVersion() {
        return store.applied().latestVersion();
    }

    @Override
    public void flush() {
        awaitBarrier();
        // What a majority has may still be on its way to the disk of this member.
        long wanted = applied.index();
        long deadline = System.nanoTime() + options.timeouts().request().toNanos();
        while (member.flushedIndex() < wanted) {
            if (System.nanoTime() - deadline >= 0) {
                throw new StorageException("The log was not written in time: waited="
                        + options.timeouts().request() + " index=" + wanted + " flushedIndex=" + member.flushedIndex());
            }
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(FLUSH_POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException("Interrupted while waiting for the log to be written", e);
        }
    }

    @Override
    public void checkpoint() {
        if (closed.get()) {
            throw new NotReplicatedException(Reason.STOPPED, "The store is closed");
        }
        parts.trimming().checkpoint();
    }

    @Override
    public long logBytes() {
        return parts.trimming().replayBytes();
    }

    @Override
    public ReplicationStatus status() {
        Role role = closed.get() || life.death().isPresent() ? Role.STOPPED : member.role();
        Optional<String> leader = member.leaderId();
        return new ReplicationStatus(
                role,
                roster.self().peerId(),
                roster.self().name(),
                leader,
                leader.flatMap(roster::nameOf),
                store.applied().position(),
                problem(role));
    }

    /** Returns what Ratis has in force. */
    Configuration configuration() {
        return parts.members().configuration();
    }

    /** Returns how far log and state are. */
    StallWatch.Progress progress() {
        return parts.duties().progress(member.lastLogIndex());
    }

    /** Returns what Ratis says of this member's role, for people who look for the reason of something. */
    String roleInfo() {
        return member.division()
                .map(division -> division.getInfo().getRoleInfoProto().toString())
                .orElse("not running");
    }

    /** Returns who the members are, as this member has it. */
    Roster roster() {
        return roster;
    }

    @Override
    public Membership membership() {
        return parts.members().membership();
    }

    @Override
    public OptionalLong logicalTimeMillis() {
        return closed.get() || life.death().isPresent() ? OptionalLong.empty() : time.nowMillis();
    }

    private Optional<String> problem(Role role) {
        if (closed.get()) {
            return Optional.of("The store is closed");
        }
        Optional<String> death = life.death().map(reason -> "This member of the cluster has died: " + reason);
        Optional<String> problem = role == Role.CANDIDATE ? death.or(() -> Optional.of("No leader is known")) : death;
        return problem.or(this::stall);
    }

    private Optional<String> stall() {
        Duration waiting = Duration.ofNanos(commands.oldestAgeNanos());
        return waiting.compareTo(STALL_AFTER) > 0
                ? Optional.of("Commands have waited " + waiting.toSeconds() + " s for a majority of the members' disks")
                : Optional.empty();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        parts.forwarded().refuseFromNowOn();
        // An interrupt may shorten the waiting, but whoever waits for a command still gets an answer.
        boolean interrupted = Thread.interrupted();
        try {
            if (life.death().isEmpty() && !commands.finish(options.timeouts().request())) {
                LOGGER.log(System.Logger.Level.WARNING, "Closing although commands are not confirmed");
            }
            life.beginClosing();
            // Longer than an election takes, handing over gains nothing.
            if (life.death().isEmpty() && !member.handOver(options.timeouts().electionMax())) {
                LOGGER.log(System.Logger.Level.INFO, "Closing the leader: no other member took over");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        letGo();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        LOGGER.log(
                System.Logger.Level.INFO,
                "Closed a member of a cluster: memberId={0} applied={1}",
                roster.self().id(),
                store.applied().position());
    }

    private void letGo() {
        closed.set(true);
        life.beginClosing();
        parts.duties().close();
        parts.members().close();
        parts.events().close();
        parts.sender().close();
        try {
            commands.end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        links.close();
        member.close();
        roster.close();
        applied.failAll(() -> new ReadUnavailableException("The store is closed"));
        reads.close(new ReadUnavailableException("The store is closed"));
        finishCallbacks();
        shown.close();
    }

    private void finishCallbacks() {
        callbacks.shutdown();
        try {
            if (!callbacks.awaitTermination(options.timeouts().request().toMillis(), TimeUnit.MILLISECONDS)) {
                LOGGER.log(System.Logger.Level.WARNING, "What hangs on a command's future does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
