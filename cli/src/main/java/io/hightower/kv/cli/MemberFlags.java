package io.hightower.kv.cli;

import io.hightower.kv.engine.ClusterOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flags that make a server a member of a cluster. */
final class MemberFlags {
    @Option(
            names = "--member-id",
            paramLabel = "NAME",
            description = "Make this server the member of that name; --members tells who else there is.")
    private String memberId = "";

    @Option(
            names = "--members",
            paramLabel = "LIST",
            description = "Peer addresses of all members, this one included, the same on each: "
                    + "a=host:port,b=host:port,c=host:port.")
    private String members = "";

    @Option(
            names = "--cluster-name",
            paramLabel = "NAME",
            description = "Tells clusters apart: members of another name are refused. Default: hightower.")
    private String clusterName = "";

    /**
     * Returns the membership; nothing if no flag was given.
     *
     * @throws IllegalArgumentException if the flags do not fit together
     */
    Optional<ClusterOptions> membership(EngineFlags tuning) {
        boolean any = !memberId.isEmpty() || !members.isEmpty() || !clusterName.isEmpty() || tuning.hasClusterFlags();
        if (!any) {
            return Optional.empty();
        }
        if (memberId.isEmpty() || members.isEmpty()) {
            throw new IllegalArgumentException("a member of a cluster needs both --member-id and --members");
        }
        ClusterOptions options = ClusterOptions.of(memberId, addresses(members));
        options = clusterName.isEmpty() ? options : options.withClusterName(clusterName);
        return Optional.of(tuning.applyTo(options));
    }

    private static Map<String, String> addresses(String list) {
        Map<String, String> addresses = new LinkedHashMap<>();
        for (String member : list.split(",", -1)) {
            int equals = member.indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException(
                        "a member has the form name=host:port, members are separated by commas: member=" + member);
            }
            String name = member.substring(0, equals);
            if (addresses.put(name, member.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("a member is named twice: member=" + name);
            }
        }
        return addresses;
    }
}
