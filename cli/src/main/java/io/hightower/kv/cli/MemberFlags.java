package io.hightower.kv.cli;

import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.engine.ClusterOptions.Addresses;
import io.hightower.kv.engine.ClusterOptions.InitialState;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flags that make a server a member of a cluster, named as in etcd. */
final class MemberFlags {
    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What people call this member; its name in --initial-cluster.")
    private String name = "";

    @Option(
            names = "--initial-cluster",
            paramLabel = "LIST",
            description = "Peer URLs of all members of a new cluster, the same on each: "
                    + "n1=http://host:port,n2=http://host:port (the scheme may be left out). In a cluster that exists: "
                    + "of this member and of others that it may ask. Makes this server a member of a cluster.")
    private String initialCluster = "";

    @Option(
            names = "--initial-cluster-state",
            paramLabel = "new|existing",
            description =
                    "What an empty directory becomes: a founder of a new cluster, or a member that was added with "
                            + "'hightower member add'. Passed over in a directory that was used. Default: new.")
    private String initialClusterState = "";

    @Option(
            names = "--initial-cluster-token",
            paramLabel = "TOKEN",
            description = "Tells clusters apart: members of another token are refused. Default: hightower.")
    private String initialClusterToken = "";

    @Option(
            names = "--initial-advertise-peer-urls",
            paramLabel = "URL",
            description = "Where the others reach this member. Default: its URL in --initial-cluster.")
    private String advertisePeerUrl = "";

    @Option(
            names = "--listen-peer-urls",
            paramLabel = "URL",
            description = "Where this member listens for the others. Default: where they reach it.")
    private String listenPeerUrl = "";

    /**
     * Returns the membership; nothing if no flag was given.
     *
     * @throws IllegalArgumentException if the flags do not fit together
     */
    Optional<ClusterOptions> membership(EngineFlags tuning) {
        boolean any = !name.isEmpty()
                || !initialCluster.isEmpty()
                || !initialClusterState.isEmpty()
                || !initialClusterToken.isEmpty()
                || !advertisePeerUrl.isEmpty()
                || !listenPeerUrl.isEmpty()
                || tuning.hasClusterFlags();
        if (!any) {
            return Optional.empty();
        }
        if (name.isEmpty() || initialCluster.isEmpty()) {
            throw new IllegalArgumentException("a member of a cluster needs both --name and --initial-cluster");
        }
        Map<String, String> members = addresses(initialCluster);
        String own = ownAddress(members);
        String listen = listenPeerUrl.isEmpty() ? own : PeerUrls.address("--listen-peer-urls", listenPeerUrl);
        ClusterOptions options = ClusterOptions.of(name, withOwn(members, own))
                .withPlace(new Addresses(own, listen), state())
                .withInitialCluster(members);
        options = initialClusterToken.isEmpty() ? options : options.withInitialClusterToken(initialClusterToken);
        return Optional.of(tuning.applyTo(options));
    }

    private String ownAddress(Map<String, String> members) {
        String listed = members.get(name);
        if (!advertisePeerUrl.isEmpty()) {
            return PeerUrls.address("--initial-advertise-peer-urls", advertisePeerUrl);
        }
        if (listed == null) {
            throw new IllegalArgumentException(
                    "--initial-cluster has no member of that name, and --initial-advertise-peer-urls is not given: name="
                            + name);
        }
        return listed;
    }

    private Map<String, String> withOwn(Map<String, String> members, String own) {
        Map<String, String> all = new LinkedHashMap<>(members);
        all.put(name, own);
        return all;
    }

    private InitialState state() {
        return switch (initialClusterState.toLowerCase(Locale.ROOT)) {
            case "", "new" -> InitialState.NEW;
            case "existing" -> InitialState.EXISTING;
            default ->
                throw new IllegalArgumentException(
                        "--initial-cluster-state is new or existing: --initial-cluster-state=" + initialClusterState);
        };
    }

    private static Map<String, String> addresses(String list) {
        Map<String, String> addresses = new LinkedHashMap<>();
        for (String member : list.split(",", -1)) {
            int equals = member.indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException(
                        "--initial-cluster lists members as name=http://host:port, separated by commas: member="
                                + member);
            }
            String name = member.substring(0, equals);
            String address = PeerUrls.address("--initial-cluster", member.substring(equals + 1));
            if (addresses.put(name, address) != null) {
                throw new IllegalArgumentException("a member is named twice: member=" + name);
            }
        }
        return addresses;
    }
}
