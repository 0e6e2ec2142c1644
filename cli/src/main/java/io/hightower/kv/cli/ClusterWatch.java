package io.hightower.kv.cli;

import io.hightower.kv.cli.process.ChildListener;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What is known of the members of a cluster on this machine: who serves, who is gone, and whether to end it all.
 *
 * <p>Until the cluster was ready once, a member that ends for a reason that a restart does not cure ends the cluster: an
 * address or a directory in use, wrong flags, damaged data. Later it does not, because the others serve. <b>Threads.</b>
 * Thread-safe.
 */
final class ClusterWatch implements ChildListener {
    private static final Duration HEALTH_DUE = Duration.ofSeconds(2);
    private static final int HEALTHY_STATUS = 200;

    private final Surroundings surroundings;
    private final List<ClusterMember> members;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(HEALTH_DUE)
            .build();
    private final CompletableFuture<Integer> ending = new CompletableFuture<>();
    private final AtomicBoolean wasReady = new AtomicBoolean();

    /** Members that said that they serve; at the same address somebody else may answer. */
    private final Set<String> serving = ConcurrentHashMap.newKeySet();

    /** Members that stay down. Guarded by itself. */
    private final Set<String> gone = new HashSet<>();

    ClusterWatch(Surroundings surroundings, List<ClusterMember> members) {
        this.surroundings = surroundings;
        this.members = members;
    }

    /** Completes with the exit code of the whole when it is to end. */
    CompletableFuture<Integer> ending() {
        return ending;
    }

    /** Asks every member whether it is healthy, which includes knowing a leader, and returns those that are not. */
    List<String> unhealthy() throws InterruptedException {
        List<String> unhealthy = new ArrayList<>();
        for (ClusterMember member : members) {
            if (!serving.contains(member.name()) || !isHealthy(member)) {
                unhealthy.add(member.name());
            }
        }
        return unhealthy;
    }

    private boolean isHealthy(ClusterMember member) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(member.restUrl() + "/health"))
                .timeout(HEALTH_DUE)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == HEALTHY_STATUS;
        } catch (IOException e) {
            return false;
        }
    }

    /** Takes note that the cluster serves. */
    void becameReady() {
        wasReady.set(true);
    }

    @Override
    public void outputLine(String name, String line) {
        if (line.startsWith("ready ")) {
            serving.add(name);
        }
        errorLine(name, line);
    }

    @Override
    public void errorLine(String name, String line) {
        surroundings.errors().println(name + " | " + line);
    }

    @Override
    public void started(String name, long pid) {
        serving.remove(name);
        surroundings.tell("member " + name + " started: pid=" + pid);
    }

    @Override
    public void ended(String name, int exitCode, Optional<Duration> restartAfter) {
        boolean hopeless = !wasReady.get() && isLasting(exitCode);
        String next = restartAfter
                .map(wait -> "it is started again in " + wait.toMillis() + " ms")
                .orElse("it stays down");
        surroundings.tell("member " + name + " ended: exitCode=" + exitCode + "; "
                + (hopeless ? "the cluster ends, because starting again would not help" : next));
        if (hopeless) {
            ending.complete(exitCode);
        } else if (restartAfter.isEmpty()) {
            lost(name, exitCode);
        }
    }

    @Override
    public void forced(String name) {
        surroundings.tell(
                "member " + name + " did not stop in time and is ended by force; nothing acknowledged is lost");
    }

    @Override
    public void failed(String name, String reason) {
        surroundings.tell("member " + name + " cannot be started: " + reason);
        lost(name, ExitCode.DISK);
    }

    private void lost(String name, int exitCode) {
        synchronized (gone) {
            gone.add(name);
            if (!wasReady.get() || gone.size() == members.size()) {
                ending.complete(exitCode == ExitCode.OK ? ExitCode.NO : exitCode);
            }
        }
    }

    private static boolean isLasting(int exitCode) {
        return (exitCode >= ExitCode.USAGE && exitCode <= ExitCode.DISK) || exitCode == ExitCode.REMOVED;
    }
}
