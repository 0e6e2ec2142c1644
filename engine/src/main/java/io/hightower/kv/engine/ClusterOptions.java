package io.hightower.kv.engine;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What makes an engine a member of a cluster. <b>Immutable.</b>
 *
 * @param memberId this member's name, one of {@code members}; letters, digits, dot, dash and underscore
 * @param members the peer address {@code host:port} of every member of the initial cluster, by name; the same on all of
 *     them
 * @param clusterName tells clusters apart; members of another name are refused. Default "hightower"
 * @param electionTimeout silence of the leader after which a member stands for election, 100 ms or more; the real one is
 *     drawn between this and twice this. Default 1 s: pauses of the JVM stay below it
 * @param requestTimeout how long a command or a read may take before it fails, 1 s or more. Default 7 s, as in etcd
 * @param onDeath told once, with the reason, when this member can no longer take part in the cluster and cannot recover by
 *     itself: the process is to be ended and started again. Default: the reason is logged
 */
public record ClusterOptions(
        String memberId,
        Map<String, String> members,
        String clusterName,
        Duration electionTimeout,
        Duration requestTimeout,
        Consumer<String> onDeath) {
    private static final System.Logger LOGGER = System.getLogger(ClusterOptions.class.getName());

    /** Checks the names and addresses and copies the map, keeping its order. */
    public ClusterOptions {
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        if (!members.containsKey(memberId)) {
            throw new IllegalArgumentException("The member is not among the members of the cluster: memberId="
                    + memberId + " members=" + members.keySet());
        }
        for (Map.Entry<String, String> member : members.entrySet()) {
            requireName(member.getKey());
            requireAddress(member.getValue());
        }
        requireName(clusterName);
        requireAtLeast("electionTimeout", electionTimeout, Duration.ofMillis(100));
        requireAtLeast("requestTimeout", requestTimeout, Duration.ofSeconds(1));
    }

    /** Returns the defaults for a member of a cluster. */
    public static ClusterOptions of(String memberId, Map<String, String> members) {
        return new ClusterOptions(
                memberId, members, "hightower", Duration.ofSeconds(1), Duration.ofSeconds(7), ClusterOptions::logDeath);
    }

    private static void logDeath(String reason) {
        LOGGER.log(System.Logger.Level.ERROR, "This member can no longer take part in the cluster: {0}", reason);
    }

    /** Returns the same options with another cluster name. */
    public ClusterOptions withClusterName(String name) {
        return new ClusterOptions(memberId, members, name, electionTimeout, requestTimeout, onDeath);
    }

    /** Returns the same options with other timeouts. */
    public ClusterOptions withTimeouts(Duration election, Duration request) {
        return new ClusterOptions(memberId, members, clusterName, election, request, onDeath);
    }

    /** Returns the same options with somebody else to tell about the member's death. */
    public ClusterOptions withOnDeath(Consumer<String> listener) {
        return new ClusterOptions(memberId, members, clusterName, electionTimeout, requestTimeout, listener);
    }

    private static void requireName(String name) {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    "A name holds 1 to 64 letters, digits, dots, dashes and underscores: name=" + name);
        }
    }

    private static void requireAddress(String address) {
        if (!address.matches("\\S+:[0-9]{1,5}")
                || Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)) > 65535) {
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
