package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.room.DiskFloor;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.api.MemberDeath;
import io.hightower.kv.tls.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What a member of a cluster needs to know. <b>Immutable.</b>
 *
 * @param identity who this member is, and who else there is
 * @param directory where the log of the cluster is kept; created if absent, used by nothing else
 * @param limits the sizes that a request may have; must not be smaller on other members
 * @param queue what may wait to be proposed
 * @param timeouts how long to wait for others
 * @param tuning batching and log sizes
 * @param peerTls the certificate that this member shows to others, and whose certificates it takes; absent, members speak
 *     without TLS, and whoever reaches the port is believed
 * @param owner what the owner of the member gives to it, and hears from it
 */
public record RatisOptions(
        Identity identity,
        Path directory,
        Limits limits,
        Queue queue,
        Timeouts timeouts,
        Tuning tuning,
        Optional<TlsFiles> peerTls,
        Owner owner) {
    /** Checks the combination. */
    public RatisOptions {
        if (peerTls.isPresent() && !peerTls.get().clientCertAuth()) {
            throw new IllegalArgumentException("Members always show certificates to each other:"
                    + " clientCertAuth=false; whoever could call without one could write to the log");
        }
    }

    /** What a commands' overhead in an entry may add to the keys and values that {@link Limits} count. */
    private static final int ENTRY_OVERHEAD_BYTES = 1024 * 1024;

    /** What a directory that was never used becomes; one that was used is recovered, whatever is said here. */
    public enum InitialState {
        /** A member of a new cluster. */
        NEW,
        /** A member of a cluster that exists, to which it was added before. */
        EXISTING,
        /** Nothing: what this member was is lost, and it is refused. */
        USED
    }

    /**
     * Who a member is, and who else there is. All but the name and the listening address matters only in a directory that
     * was never used.
     *
     * @param name what people call this member
     * @param address where the others reach this member, {@code host:port}
     * @param listenAddress what this member binds, {@code host:port}
     * @param initialCluster the peer address {@code host:port} of every member of the new cluster, by name, in any order but
     *     equal on all of them; in a cluster that exists, of whoever may be asked
     * @param initialState what an empty directory becomes
     * @param token tells clusters apart: members of another token are refused
     */
    public record Identity(
            String name,
            String address,
            String listenAddress,
            Map<String, String> initialCluster,
            InitialState initialState,
            String token) {
        /** Checks names and addresses, and copies the map, keeping its order. */
        public Identity {
            initialCluster = Collections.unmodifiableMap(new LinkedHashMap<>(initialCluster));
            requireName(name);
            PeerAddress.require(address);
            PeerAddress.require(listenAddress);
            initialCluster.keySet().forEach(RatisOptions::requireName);
            initialCluster.values().forEach(PeerAddress::require);
            requireName(token);
        }

        /** Returns the identity of a member of a new cluster that listens at its address in {@code initialCluster}. */
        public static Identity of(String name, Map<String, String> initialCluster, String token) {
            String address = initialCluster.get(name);
            if (address == null) {
                throw new IllegalArgumentException("The member is not among the members of the new cluster: name="
                        + name + " initialCluster=" + initialCluster.keySet());
            }
            return new Identity(name, address, address, initialCluster, InitialState.NEW, token);
        }

        /** Returns the same identity for another kind of empty directory. */
        public Identity withInitialState(InitialState changed) {
            return new Identity(name, address, listenAddress, initialCluster, changed, token);
        }

        /** Returns the same identity with another address for the others, and another one to bind. */
        public Identity withAddresses(String changed, String changedListen) {
            return new Identity(name, changed, changedListen, initialCluster, initialState, token);
        }
    }

    /**
     * What may wait to be proposed.
     *
     * @param commandsMax most commands
     * @param bytesMax most bytes of commands
     * @param enqueueTimeout how long {@code submit} waits for room in a full queue before it refuses
     */
    public record Queue(int commandsMax, long bytesMax, Duration enqueueTimeout) {
        /** Checks that every number is in range. */
        public Queue {
            requireAtLeast("queueCommandsMax", commandsMax, 1);
            requireAtLeast("queueBytesMax", bytesMax, 1);
            requireAtLeast("enqueueTimeout in ms", enqueueTimeout.toMillis(), 0);
        }

        /** Returns 10,000 commands, 64 MiB and one second. */
        public static Queue defaults() {
            return new Queue(10_000, 64L << 20, Duration.ofSeconds(1));
        }
    }

    /**
     * How long to wait for others.
     *
     * @param request how long a command or a read may take before it fails. Longer than two elections by default, so that
     *     losing the leader delays requests and does not fail them
     * @param electionMin silence of the leader after which a member may stand for election; heartbeats come at half of it
     * @param electionMax upper bound of the same; the real value is drawn between the two
     */
    public record Timeouts(Duration request, Duration electionMin, Duration electionMax) {
        /** Checks that every bound is in range, and that they fit each other. */
        public Timeouts {
            requireAtLeast("electionTimeoutMin in ms", electionMin.toMillis(), 50);
            requireAtLeast("electionTimeoutMax in ms", electionMax.toMillis(), electionMin.toMillis() + 1);
            requireAtLeast("requestTimeout in ms", request.toMillis(), electionMax.toMillis());
        }

        /** Returns 7 s for requests, and elections after 1 to 2 s. */
        public static Timeouts defaults() {
            return new Timeouts(Duration.ofSeconds(7), Duration.ofSeconds(1), Duration.ofSeconds(2));
        }

        /** Returns the same with another bound on requests. */
        public Timeouts withRequest(Duration changed) {
            return new Timeouts(changed, electionMin, electionMax);
        }

        /** Returns the same with another election timeout. */
        public Timeouts withElection(Duration min, Duration max) {
            return new Timeouts(request, min, max);
        }
    }

    /**
     * Sizes that trade memory and latency for throughput.
     *
     * @param batchCommandsMax most commands in one log entry
     * @param batchBytesMax most bytes of commands in one log entry that holds more than one; the cost of replicating is per
     *     entry, so larger entries carry more, and hold up what comes behind them for longer
     * @param batchesInFlightMax most entries of one member that wait for a majority at a time
     * @param segmentBytes size at which the log begins a new file; whole files are dropped only
     * @param logBytesKept log that is kept although a durable state contains it, so that a member that was away for a while
     *     catches up from the log and needs no snapshot
     * @param transferBytesPerSecond what members that are sent the state get at most, all together: what is left of the disk
     *     and the network is for commands
     */
    public record Tuning(
            int batchCommandsMax,
            int batchBytesMax,
            int batchesInFlightMax,
            long segmentBytes,
            long logBytesKept,
            long transferBytesPerSecond) {
        private static final long TRANSFER_BYTES_PER_SECOND = 64L << 20;

        /** Checks that every number is in range. */
        public Tuning {
            requireAtLeast("batchCommandsMax", batchCommandsMax, 1);
            requireAtLeast("batchBytesMax", batchBytesMax, 1);
            requireAtLeast("batchesInFlightMax", batchesInFlightMax, 1);
            requireAtLeast("segmentBytes", segmentBytes, 64 * 1024);
            requireAtLeast("logBytesKept", logBytesKept, 0);
            requireAtLeast("transferBytesPerSecond", transferBytesPerSecond, 64 * 1024);
            if (batchBytesMax > ENTRY_OVERHEAD_BYTES) {
                throw new IllegalArgumentException(
                        "batchBytesMax must not exceed " + ENTRY_OVERHEAD_BYTES + ": batchBytesMax=" + batchBytesMax);
            }
        }

        /** States sizes, and 64 MiB per second for transfers. */
        public Tuning(
                int batchCommandsMax, int batchBytesMax, int batchesInFlightMax, long segmentBytes, long logBytesKept) {
            this(
                    batchCommandsMax,
                    batchBytesMax,
                    batchesInFlightMax,
                    segmentBytes,
                    logBytesKept,
                    TRANSFER_BYTES_PER_SECOND);
        }

        /** Returns 1024 commands, 1 MiB, 4 entries, files of 64 MiB, 256 MiB kept, 64 MiB per second. */
        public static Tuning defaults() {
            return new Tuning(1024, 1024 * 1024, 4, 64L << 20, 256L << 20);
        }

        /** Returns the same sizes with another size of the log's files. */
        public Tuning withSegmentBytes(long bytes) {
            return new Tuning(
                    batchCommandsMax, batchBytesMax, batchesInFlightMax, bytes, logBytesKept, transferBytesPerSecond);
        }

        /** Returns the same sizes with another bound on the commands of an entry. */
        public Tuning withBatchCommandsMax(int commands) {
            return new Tuning(
                    commands, batchBytesMax, batchesInFlightMax, segmentBytes, logBytesKept, transferBytesPerSecond);
        }

        /** Returns the same sizes with another rate for transfers. */
        public Tuning withTransferBytesPerSecond(long bytes) {
            return new Tuning(batchCommandsMax, batchBytesMax, batchesInFlightMax, segmentBytes, logBytesKept, bytes);
        }

        /** Returns the same sizes with another amount of log that is kept. */
        public Tuning withLogBytesKept(long bytes) {
            return new Tuning(
                    batchCommandsMax, batchBytesMax, batchesInFlightMax, segmentBytes, bytes, transferBytesPerSecond);
        }
    }

    /**
     * What the owner of a member gives to it, and hears from it.
     *
     * @param nanoClock the monotonic clock that logical time advances by while this member leads, as {@link System#nanoTime}:
     *     nanoseconds since an arbitrary moment, never going back
     * @param onDeath told once, with the reason, when this member can no longer take part and cannot recover by itself; the
     *     process is then to be restarted. Called on a thread of its own, never while {@code close} is at work
     * @param floor looks at this member's disk, hears of the others', and refuses what they have no room for
     */
    public record Owner(LongSupplier nanoClock, Consumer<MemberDeath> onDeath, DiskFloor floor) {
        /** Returns the clock of this machine, and nobody who hears or refuses anything. */
        public static Owner defaults() {
            return new Owner(System::nanoTime, death -> {}, DiskFloor.none());
        }
    }

    /** Returns the options of a member of a new cluster that listens at its address in {@code initialCluster}. */
    public static RatisOptions of(String name, Map<String, String> initialCluster, String token, Path directory) {
        return of(Identity.of(name, initialCluster, token), directory);
    }

    /** Returns the default options of a member. */
    public static RatisOptions of(Identity identity, Path directory) {
        return new RatisOptions(
                identity,
                directory,
                Limits.defaults(),
                Queue.defaults(),
                Timeouts.defaults(),
                Tuning.defaults(),
                Optional.empty(),
                Owner.defaults());
    }

    /** Returns the same options for somebody else. */
    public RatisOptions withIdentity(Identity changed) {
        return changed(draft -> draft.identity = changed);
    }

    /** Returns the same options with another kind of empty directory. */
    public RatisOptions withInitialState(InitialState changed) {
        return withIdentity(identity.withInitialState(changed));
    }

    /** Returns the same options with other request limits. */
    public RatisOptions withLimits(Limits changed) {
        return changed(draft -> draft.limits = changed);
    }

    /** Returns the same options with another queue. */
    public RatisOptions withQueue(Queue changed) {
        return changed(draft -> draft.queue = changed);
    }

    /** Returns the same options with other timeouts. */
    public RatisOptions withTimeouts(Timeouts changed) {
        return changed(draft -> draft.timeouts = changed);
    }

    /** Returns the same options with another bound on requests. */
    public RatisOptions withRequestTimeout(Duration changed) {
        return withTimeouts(timeouts.withRequest(changed));
    }

    /** Returns the same options with another election timeout. */
    public RatisOptions withElectionTimeout(Duration min, Duration max) {
        return withTimeouts(timeouts.withElection(min, max));
    }

    /** Returns the same options with other batching and log sizes. */
    public RatisOptions withTuning(Tuning changed) {
        return changed(draft -> draft.tuning = changed);
    }

    /** Returns the same options with TLS between members. */
    public RatisOptions withPeerTls(TlsFiles changed) {
        return changed(draft -> draft.peerTls = Optional.of(changed));
    }

    /** Returns the same options with another owner. */
    public RatisOptions withOwner(Owner changed) {
        return changed(draft -> draft.owner = changed);
    }

    /** Returns the same options with another monotonic clock, in nanoseconds. */
    public RatisOptions withNanoClock(LongSupplier changed) {
        return withOwner(new Owner(changed, owner.onDeath(), owner.floor()));
    }

    /** Returns the same options with somebody else to tell about the member's death. */
    public RatisOptions withOnDeath(Consumer<MemberDeath> changed) {
        return withOwner(new Owner(owner.nanoClock(), changed, owner.floor()));
    }

    /** Returns the same options with somebody else to look at the disk. */
    public RatisOptions withFloor(DiskFloor changed) {
        return withOwner(new Owner(owner.nanoClock(), owner.onDeath(), changed));
    }

    /** Returns the most bytes that the encoded commands of one entry may have; larger ones are never proposed. */
    int entryBytesMax() {
        return limits.requestBytesMax() + ENTRY_OVERHEAD_BYTES;
    }

    /** Returns the URL of a peer address, of which ids are made. */
    String peerUrl(String address) {
        return (peerTls.isPresent() ? "https://" : "http://") + address;
    }

    private RatisOptions changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.toOptions();
    }

    /** The options while they are changed. <b>Used by one thread at a time.</b> */
    private static final class Draft {
        Identity identity;
        final Path directory;
        Limits limits;
        Queue queue;
        Timeouts timeouts;
        Tuning tuning;
        Optional<TlsFiles> peerTls;
        Owner owner;

        Draft(RatisOptions from) {
            identity = from.identity;
            directory = from.directory;
            limits = from.limits;
            queue = from.queue;
            timeouts = from.timeouts;
            tuning = from.tuning;
            peerTls = from.peerTls;
            owner = from.owner;
        }

        RatisOptions toOptions() {
            return new RatisOptions(identity, directory, limits, queue, timeouts, tuning, peerTls, owner);
        }
    }

    private static void requireName(String name) {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    "A name holds 1 to 64 letters, digits, dots, dashes and underscores: name=" + name);
        }
    }

    private static void requireAtLeast(String knob, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "An option is out of bounds: " + knob + "=" + value + " bounds=" + least + " or more");
        }
    }
}
