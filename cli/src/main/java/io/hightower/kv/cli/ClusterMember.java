package io.hightower.kv.cli;

import java.nio.file.Path;

/**
 * A member of a cluster on this machine: its names for people, processes and peers. <b>Immutable.</b>
 *
 * @param name what members and people call it
 * @param restPort where it answers REST
 * @param peerPort where it speaks to other members
 * @param directory what belongs to it alone
 */
record ClusterMember(String name, int restPort, int peerPort, Path directory) {
    private static final String HOST = "127.0.0.1";

    String restAddress() {
        return HOST + ":" + restPort;
    }

    String restUrl() {
        return "http://" + restAddress();
    }

    String peerAddress() {
        return HOST + ":" + peerPort;
    }

    Path dataDirectory() {
        return directory.resolve("data");
    }

    Path pidFile() {
        return directory.resolve("pid");
    }
}
