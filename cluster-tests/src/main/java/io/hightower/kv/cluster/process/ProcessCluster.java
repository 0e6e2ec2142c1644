package io.hightower.kv.cluster.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;

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
                    "--name=" + name,
                    "--initial-cluster=" + membership));
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

    /** Returns the name of the member that says that it leads; nothing if none of those that answer does. */
    public Optional<String> leader() {
        return NAMES.stream().filter(name -> isLeader(member(name))).findFirst();
    }

    private static boolean isLeader(ServerProcess member) {
        return member.isAlive()
                && StatusProbe.ask(member.restUrl())
                        .filter(status -> status.role().equals("leader"))
                        .isPresent();
    }

    /** Returns what the members say of themselves, by name; those that do not answer are missing. */
    public Map<String, StatusProbe.Status> statuses() {
        Map<String, StatusProbe.Status> statuses = new TreeMap<>();
        for (String name : NAMES) {
            if (member(name).isAlive()) {
                StatusProbe.ask(member(name).restUrl()).ifPresent(status -> statuses.put(name, status));
            }
        }
        return statuses;
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
