package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Limits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What a member of a cluster needs to know. <b>Immutable.</b>
 *
 * @param memberId this member's name, one of {@code members}
 * @param members the peer address {@code host:port} of every member of the initial cluster, by name, in any order but equal
 *     on all of them; the member binds its own
 * @param clusterName tells clusters apart: members of another name are refused
 * @param directory where the log of the cluster is kept; created if absent, used by nothing else
 * @param bootstrap whether an empty directory may become a member
 * @param limits the sizes that a request may have; must not be smaller on other members
 * @param queueCommandsMax most commands that wait to be proposed
 * @param queueBytesMax most bytes of commands that wait to be proposed
 * @param enqueueTimeout how long {@code submit} waits for room in a full queue before it refuses
 * @param requestTimeout how long a command or a read may take before it fails. Longer than two elections by default, so
 *     that losing the leader delays requests and does not fail them
 * @param electionTimeoutMin silence of the leader after which a member may stand for election; heartbeats come at half of it
 * @param electionTimeoutMax upper bound of the same; the real value is drawn between the two
 * @param tuning batching and log sizes
 * @param nanoClock the monotonic clock that logical time advances by while this member leads, as {@link System#nanoTime}:
 *     nanoseconds since an arbitrary moment, never going back
 * @param onDeath told once, with the reason, when this member can no longer take part and cannot recover by itself; the
 *     process is then to be restarted. Called on a thread of its own, never while {@code close} is at work
 * @param admission throws {@link io.hightower.kv.statemachine.NotReplicatedException} for a command of another member that
 *     this one must not log at the moment, for want of disk space for instance. Called on a thread of the network: cheap and
 *     without waiting
 */
public record RatisOptions(
        String memberId,
        Map<String, String> members,
        String clusterName,
        Path directory,
        Bootstrap bootstrap,
        Limits limits,
        int queueCommandsMax,
        long queueBytesMax,
        Duration enqueueTimeout,
        Duration requestTimeout,
        Duration electionTimeoutMin,
        Duration electionTimeoutMax,
        Tuning tuning,
        LongSupplier nanoClock,
        Consumer<String> onDeath,
        Consumer<Command> admission) {
    /** What a commands' overhead in an entry may add to the keys and values that {@link Limits} count. */
    private static final int ENTRY_OVERHEAD_BYTES = 1024 * 1024;

    /** Whether an empty directory may become a member. */
    public enum Bootstrap {
        /** A directory that was never used becomes a member of a new cluster. One that was used is recovered. */
        NEW,
        /** The directory must have been used before. */
        EXISTING
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
     */
    public record Tuning(
            int batchCommandsMax, int batchBytesMax, int batchesInFlightMax, long segmentBytes, long logBytesKept) {
        /** Checks that every number is in range. */
        public Tuning {
            requireAtLeast("batchCommandsMax", batchCommandsMax, 1);
            requireAtLeast("batchBytesMax", batchBytesMax, 1);
            requireAtLeast("batchesInFlightMax", batchesInFlightMax, 1);
            requireAtLeast("segmentBytes", segmentBytes, 64 * 1024);
            requireAtLeast("logBytesKept", logBytesKept, 0);
            if (batchBytesMax > ENTRY_OVERHEAD_BYTES) {
                throw new IllegalArgumentException(
                        "batchBytesMax must not exceed " + ENTRY_OVERHEAD_BYTES + ": batchBytesMax=" + batchBytesMax);
            }
        }

        /** Returns 1024 commands, 1 MiB, 4 entries, files of 64 MiB, 256 MiB kept. */
        public static Tuning defaults() {
            return new Tuning(1024, 1024 * 1024, 4, 64L << 20, 256L << 20);
        }

        /** Returns the same sizes with another size of the log's files. */
        public Tuning withSegmentBytes(long bytes) {
            return new Tuning(batchCommandsMax, batchBytesMax, batchesInFlightMax, bytes, logBytesKept);
        }
    }

    /** Checks names, addresses and bounds, and copies the members, keeping their order. */
    public RatisOptions {
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        if (!members.containsKey(memberId)) {
            throw new IllegalArgumentException("The member is not among the members of the cluster: memberId="
                    + memberId + " members=" + members.keySet());
        }
        members.keySet().forEach(RatisOptions::requireName);
        members.values().forEach(RatisOptions::requireAddress);
        requireName(clusterName);
        requireAtLeast("queueCommandsMax", queueCommandsMax, 1);
        requireAtLeast("queueBytesMax", queueBytesMax, 1);
        requireAtLeast("enqueueTimeout in ms", enqueueTimeout.toMillis(), 0);
        requireAtLeast("electionTimeoutMin in ms", electionTimeoutMin.toMillis(), 50);
        requireAtLeast("electionTimeoutMax in ms", electionTimeoutMax.toMillis(), electionTimeoutMin.toMillis() + 1);
        requireAtLeast("requestTimeout in ms", requestTimeout.toMillis(), electionTimeoutMax.toMillis());
    }

    /** Returns the options of a member of a new cluster that listens at its address in {@code members}. */
    public static RatisOptions of(String memberId, Map<String, String> members, String clusterName, Path directory) {
        return new RatisOptions(
                memberId,
                members,
                clusterName,
                directory,
                Bootstrap.NEW,
                Limits.defaults(),
                10_000,
                64L << 20,
                Duration.ofSeconds(1),
                Duration.ofSeconds(7),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Tuning.defaults(),
                System::nanoTime,
                reason -> {},
                command -> {});
    }

    /** Returns the same options with another bootstrap rule. */
    public RatisOptions withBootstrap(Bootstrap changed) {
        return new RatisOptions(
                memberId,
                members,
                clusterName,
                directory,
                changed,
                limits,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                requestTimeout,
                electionTimeoutMin,
                electionTimeoutMax,
                tuning,
                nanoClock,
                onDeath,
                admission);
    }

    /** Returns the same options with other request limits. */
    public RatisOptions withLimits(Limits changed) {
        return new RatisOptions(
                memberId,
                members,
                clusterName,
                directory,
                bootstrap,
                changed,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                requestTimeout,
                electionTimeoutMin,
                electionTimeoutMax,
                tuning,
                nanoClock,
                onDeath,
                admission);
    }

    /** Returns the same options with another queue. */
    public RatisOptions withQueue(int commandsMax, long bytesMax, Duration timeout) {
        return new RatisOptions(
                memberId,
                members,
                clusterName,
                directory,
                bootstrap,
                limits,
                commandsMax,
                bytesMax,
                timeout,
                requestTimeout,
                electionTimeoutMin,
                electionTimeoutMax,
                tuning,
                nanoClock,
                onDeath,
                admission);
    }

    /** Returns the same options with another bound on requests. */
    public RatisOptions withRequestTimeout(Duration changed) {
        return new RatisOptions(
                memberId,
                members,
                clusterName,
                directory,
                bootstrap,
                limits,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                changed,
                electionTimeoutMin,
                electionTimeoutMax,
                tuning,
                nanoClock,
                onDeath,
                admission);
    }

    /** Returns the same options with another election timeout. */
    public RatisOptions withElectionTimeout(Duration min, Duration max) {
        return new RatisOptions(
                memberId,
                members,
                clusterName,
                directory,
                bootstrap,
                limits,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                requestTimeout,
                min,
                max,
                tuning,
                nanoClock,
                onDeath,
                admission);
    }

    /** Returns the same options with other batching and log sizes. */
    public RatisOptions withTuning(Tuning changed) {
        return new RatisOptions(
                memberId,
                members,
                clusterName,
                directory,
                bootstrap,
                limits,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                requestTimeout,
                electionTimeoutMin,
                electionTimeoutMax,
                changed,
                nanoClock,
                onDeath,
                admission);
    }

    /** Returns the same options with another monotonic clock, in nanoseconds. */
    public RatisOptions withNanoClock(LongSupplier changed) {
        return new RatisOptions(
                memberId,
                members,
                clusterName,
                directory,
                bootstrap,
                limits,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                requestTimeout,
                electionTimeoutMin,
                electionTimeoutMax,
                tuning,
                changed,
                onDeath,
                admission);
    }

    /** Returns the same options with somebody else to tell about the member's death. */
    public RatisOptions withOnDeath(Consumer<String> changed) {
        return new RatisOptions(
                memberId,
                members,
                clusterName,
                directory,
                bootstrap,
                limits,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                requestTimeout,
                electionTimeoutMin,
                electionTimeoutMax,
                tuning,
                nanoClock,
                changed,
                admission);
    }

    /** Returns the same options with another judge of what other members forward. */
    public RatisOptions withAdmission(Consumer<Command> changedAdmission) {
        return new RatisOptions(
                memberId,
                members,
                clusterName,
                directory,
                bootstrap,
                limits,
                queueCommandsMax,
                queueBytesMax,
                enqueueTimeout,
                requestTimeout,
                electionTimeoutMin,
                electionTimeoutMax,
                tuning,
                nanoClock,
                onDeath,
                changedAdmission);
    }

    /** Returns the most bytes that the encoded commands of one entry may have; larger ones are never proposed. */
    int entryBytesMax() {
        return limits.requestBytesMax() + ENTRY_OVERHEAD_BYTES;
    }

    /** Returns the cluster's id, which follows from its name alone. */
    UUID clusterId() {
        return UUID.nameUUIDFromBytes(("hightower-kv cluster " + clusterName).getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the address that this member binds. */
    String address() {
        return Objects.requireNonNull(members.get(memberId));
    }

    private static void requireName(String name) {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    "A name holds 1 to 64 letters, digits, dots, dashes and underscores: name=" + name);
        }
    }

    private static void requireAddress(String address) {
        if (!address.matches("\\S+:[1-9][0-9]{0,4}")
                || PeerAddress.parse(address).port() > 65_535) {
            throw new IllegalArgumentException("A peer address has the form host:port: address=" + address);
        }
    }

    private static void requireAtLeast(String knob, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "An option is out of bounds: " + knob + "=" + value + " bounds=" + least + " or more");
        }
    }
}
