package io.hightower.kv.engine;

import io.hightower.kv.statemachine.api.MemberDeath;
import io.hightower.kv.tls.TlsFiles;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What makes an engine a member of a cluster. <b>Immutable.</b>
 *
 * @param name what people call this member; letters, digits, dot, dash and underscore
 * @param addresses where this member is reached by the others, and where it listens
 * @param initialCluster the peer address {@code host:port} of every member of a new cluster, by name, the same on all of
 *     them; in a cluster that exists, of the members that may be asked. Matters only in an empty directory, which is refused as that of a founder if
 *     the list does not have this member with its address
 * @param initialClusterState what an empty directory becomes. Default: a member of a new cluster
 * @param initialClusterToken tells clusters apart; members of another token are refused. Default "hightower"
 * @param electionTimeout silence of the leader after which a member stands for election, 100 ms or more; the real one is
 *     drawn between this and twice this. Default 1 s: pauses of the JVM stay below it
 * @param requestTimeout how long a command or a read may take before it fails, 1 s or more. Default 7 s, as in etcd
 * @param log how commands are put into the log that members share, how much of it is kept, and how fast a member that needs
 *     more than the log is sent the state
 * @param peerTls the certificate that this member shows to others, and who is trusted to issue theirs; all members have it, or
 *     none. Default: none, and whoever reaches the peer port is believed to be a member
 * @param onDeath told once, with the reason, when this member can no longer take part in the cluster and cannot recover by
 *     itself: the process is to be ended and started again. Default: the reason is logged
 */
public record ClusterOptions(
        String name,
        Addresses addresses,
        Map<String, String> initialCluster,
        InitialState initialClusterState,
        String initialClusterToken,
        Duration electionTimeout,
        Duration requestTimeout,
        LogTuning log,
        Optional<TlsFiles> peerTls,
        Consumer<MemberDeath> onDeath) {
    private static final System.Logger LOGGER = System.getLogger(ClusterOptions.class.getName());

    private static final int PORT_MAX = 65_535;

    /** What an empty directory becomes. */
    public enum InitialState {
        /** A member of a new cluster, of which all of {@code initialCluster} are members. */
        NEW,
        /** A member of a cluster that exists, to which it was added before. */
        EXISTING
    }

    /**
     * Where a member is reached and where it listens.
     *
     * @param peer where the others reach this member, {@code host:port}
     * @param listen what this member binds, {@code host:port}
     */
    public record Addresses(String peer, String listen) {
        /** Checks the form of both. */
        public Addresses {
            requireAddress(peer);
            requireAddress(listen);
        }
    }

    /**
     * The log that members share.
     *
     * @param batchCommandsMax most commands in one entry, 1 or more. Default 1,024; with 1 every command pays for a round of
     *     messages and syncs by itself
     * @param bytesKept bytes of log that are kept although the files of the store contain them, 0 or more, so that a member that
     *     was away for a while catches up from the log. Default 256 MiB; with 0 such a member is sent the whole state
     * @param transferBytesPerSecond what members that are sent the state get at most, all together, 64 KiB or more. Default
     *     64 MiB: what is left of disk and network is for commands
     */
    public record LogTuning(int batchCommandsMax, long bytesKept, long transferBytesPerSecond) {
        /** The defaults. */
        public static final LogTuning DEFAULT = new LogTuning(1_024, 256L << 20, 64L << 20);

        private static final long TRANSFER_BYTES_LEAST = 64L << 10;

        /** Checks the bounds. */
        public LogTuning {
            Bounds.require(batchCommandsMax >= 1, "batchCommandsMax", batchCommandsMax, "1 or more");
            Bounds.require(bytesKept >= 0, "logBytesKept", bytesKept, "0 or more");
            Bounds.require(
                    transferBytesPerSecond >= TRANSFER_BYTES_LEAST,
                    "transferBytesPerSecond",
                    transferBytesPerSecond,
                    "64 KiB or more");
        }
    }

    /** Checks the names and addresses and copies the map, keeping its order. */
    public ClusterOptions {
        initialCluster = Collections.unmodifiableMap(new LinkedHashMap<>(initialCluster));
        requireName(name);
        initialCluster.keySet().forEach(ClusterOptions::requireName);
        initialCluster.values().forEach(ClusterOptions::requireAddress);
        requireName(initialClusterToken);
        requireAtLeast("electionTimeout", electionTimeout, Duration.ofMillis(100));
        requireAtLeast("requestTimeout", requestTimeout, Duration.ofSeconds(1));
    }

    /** Returns the defaults for a member of a new cluster that listens where {@code initialCluster} says. */
    public static ClusterOptions of(String name, Map<String, String> initialCluster) {
        String address = initialCluster.get(name);
        if (address == null) {
            throw new IllegalArgumentException(
                    "The member is not in initialCluster: name=" + name + " initialCluster=" + initialCluster.keySet());
        }
        return new ClusterOptions(
                name,
                new Addresses(address, address),
                initialCluster,
                InitialState.NEW,
                "hightower",
                Duration.ofSeconds(1),
                Duration.ofSeconds(7),
                LogTuning.DEFAULT,
                Optional.empty(),
                ClusterOptions::logDeath);
    }

    private static void logDeath(MemberDeath death) {
        LOGGER.log(
                System.Logger.Level.ERROR, "This member can no longer take part in the cluster: {0}", death.reason());
    }

    /** Returns the same options for other addresses, and for another kind of empty directory. */
    public ClusterOptions withPlace(Addresses changed, InitialState state) {
        return changed(draft -> {
            draft.addresses = changed;
            draft.initialClusterState = state;
        });
    }

    /** Returns the same options for another kind of empty directory. */
    public ClusterOptions withInitialClusterState(InitialState changed) {
        return changed(draft -> draft.initialClusterState = changed);
    }

    /** Returns the same options with another list of the members of the new cluster, or of those that may be asked. */
    public ClusterOptions withInitialCluster(Map<String, String> changed) {
        return changed(draft -> draft.initialCluster = changed);
    }

    /** Returns the same options with another token. */
    public ClusterOptions withInitialClusterToken(String changed) {
        return changed(draft -> draft.initialClusterToken = changed);
    }

    /** Returns the same options with other timeouts. */
    public ClusterOptions withTimeouts(Duration election, Duration request) {
        return changed(draft -> {
            draft.electionTimeout = election;
            draft.requestTimeout = request;
        });
    }

    /** Returns the same options with another log. */
    public ClusterOptions withLog(LogTuning changed) {
        return changed(draft -> draft.log = changed);
    }

    /** Returns the same options with TLS between members. */
    public ClusterOptions withPeerTls(TlsFiles files) {
        return changed(draft -> draft.peerTls = Optional.of(files));
    }

    /** Returns the same options with somebody else to tell about the member's death. */
    public ClusterOptions withOnDeath(Consumer<MemberDeath> listener) {
        return changed(draft -> draft.onDeath = listener);
    }

    private ClusterOptions changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.toOptions();
    }

    /** The options while they are changed. <b>Used by one thread at a time.</b> */
    private static final class Draft {
        final String name;
        Addresses addresses;
        Map<String, String> initialCluster;
        InitialState initialClusterState;
        String initialClusterToken;
        Duration electionTimeout;
        Duration requestTimeout;
        LogTuning log;
        Optional<TlsFiles> peerTls;
        Consumer<MemberDeath> onDeath;

        Draft(ClusterOptions from) {
            name = from.name;
            addresses = from.addresses;
            initialCluster = from.initialCluster;
            initialClusterState = from.initialClusterState;
            initialClusterToken = from.initialClusterToken;
            electionTimeout = from.electionTimeout;
            requestTimeout = from.requestTimeout;
            log = from.log;
            peerTls = from.peerTls;
            onDeath = from.onDeath;
        }

        ClusterOptions toOptions() {
            return new ClusterOptions(
                    name,
                    addresses,
                    initialCluster,
                    initialClusterState,
                    initialClusterToken,
                    electionTimeout,
                    requestTimeout,
                    log,
                    peerTls,
                    onDeath);
        }
    }

    private static void requireName(String name) {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    "A name holds 1 to 64 letters, digits, dots, dashes and underscores: name=" + name);
        }
    }

    private static void requireAddress(String address) {
        if (!address.matches("[^\\s/]+:[0-9]{1,5}")
                || Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)) > PORT_MAX) {
            throw new IllegalArgumentException("A peer address has the form host:port: address=" + address);
        }
    }

    private static void requireAtLeast(String knob, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    "An option is out of bounds: " + knob + "=" + value + " bounds=" + least + " or more");
        }
    }
}
