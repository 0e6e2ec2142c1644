package io.hightower.kv.cluster.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Three members on loopback, each in a process of its own. <b>Used by one thread at a time.</b> */
public final class ProcessCluster implements AutoCloseable {
    private static final List<String> NAMES = List.of("a", "b", "c");

    private final List<ServerProcess> members = new ArrayList<>();

    private ProcessCluster() {}

    /** Prepares a cluster whose directories and logs are in {@code directory}, without starting it. */
    public static ProcessCluster in(Path directory, List<String> moreArguments) {
        List<Integer> ports = Ports.free(2 * NAMES.size());
        StringJoiner membership = new StringJoiner(",");
        for (int i = 0; i < NAMES.size(); i++) {
            membership.add(NAMES.get(i) + "=127.0.0.1:" + ports.get(NAMES.size() + i));
        }
        ProcessCluster cluster = new ProcessCluster();
        for (int i = 0; i < NAMES.size(); i++) {
            String name = NAMES.get(i);
            List<String> arguments = new ArrayList<>(List.of(
                    "server",
                    "--http-addr=127.0.0.1:" + ports.get(i),
                    "--data-dir=" + directory.resolve(name),
                    "--member-id=" + name,
                    "--members=" + membership));
            arguments.addAll(moreArguments);
            cluster.members.add(ServerProcess.of(arguments, directory.resolve(name + ".log")));
        }
        return cluster;
    }

    /** Starts every member and waits until all are ready. */
    public ProcessCluster start() {
        members.forEach(ServerProcess::launch);
        members.forEach(ServerProcess::awaitReady);
        return this;
    }

    /** Returns the members in the order of their names. */
    public List<ServerProcess> members() {
        return List.copyOf(members);
    }

    /** Returns the member of that name. */
    public ServerProcess member(String name) {
        return members.get(NAMES.indexOf(name));
    }

    /** Returns the names of the members, in order. */
    public List<String> names() {
        return NAMES;
    }

    /** Returns the REST addresses of all members, separated by commas, as clients take them. */
    public String endpoints() {
        StringJoiner joined = new StringJoiner(",");
        members.forEach(member -> joined.add(member.restUrl()));
        return joined.toString();
    }

    /** Kills what runs. */
    @Override
    public void close() {
        members.forEach(ServerProcess::close);
    }
}
