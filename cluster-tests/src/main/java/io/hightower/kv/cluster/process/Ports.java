package io.hightower.kv.cluster.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Free ports of the loopback address, below those that systems give to outgoing connections: one of these could take the port of
 * a server that is down at the moment.
 */
public final class Ports {
    private static final int FIRST = 20_000;
    private static final int COUNT = 12_000;

    /** Where to look next; processes begin at places of their own. */
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) Math.floorMod(ProcessHandle.current().pid() * 997, (long) COUNT));

    private Ports() {}

    /** Returns ports that nobody listened on a moment ago, all different, and none that was returned before. */
    public static List<Integer> free(int count) {
        List<Integer> free = new ArrayList<>();
        for (int tried = 0; free.size() < count && tried < COUNT; tried++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            if (isFree(port)) {
                free.add(port);
            }
        }
        if (free.size() < count) {
            throw new IllegalStateException("There are not so many free ports on loopback: count=" + count);
        }
        return free;
    }

    private static boolean isFree(int port) {
        try (ServerSocket listener = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return listener.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
