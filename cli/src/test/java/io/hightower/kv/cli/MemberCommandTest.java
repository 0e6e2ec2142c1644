package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.server.KvServer;
import io.hightower.kv.server.ServerOptions;
import io.hightower.kv.server.listen.ListenAddress;
import io.hightower.kv.statemachine.api.MemberList;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The member commands against the only member of a cluster, in this process. */
class MemberCommandTest {
    @TempDir
    private static Path data;

    private static String peer;
    private static KvServer server;

    @BeforeAll
    static void startServer() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            peer = "127.0.0.1:" + socket.getLocalPort();
        }
        ServerOptions options = ServerOptions.at(data).withRest(new ListenAddress("127.0.0.1", 0));
        ClusterOptions cluster =
                ClusterOptions.of("n1", Map.of("n1", peer)).withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(5));
        server = KvServer.start(options.withEngine(options.engine().withCluster(cluster)));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static CommandRun run(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "member";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "--endpoints";
        all[arguments.length + 2] = server.restAddress().url();
        return CommandRun.of(all);
    }

    private static String own() {
        MemberList list = server.engine().membership().list();
        return list.answeredBy().toString();
    }

    @Test
    void membersAreListedAddedAndRemoved() {
        assertThat(run("list").output()).isEqualTo(own() + " n1 " + peer + " leader\n");
        assertThat(run("list", "--json").output())
                .startsWith("{\"format\":1,\"clusterId\":\"")
                .contains("\"leaderId\":\"" + own() + "\"", "\"name\":\"n1\"", "\"started\":true");

        CommandRun added = run("add", "--learner", "--peer-urls", "http://127.0.0.1:1");
        assertThat(added.exitCode()).isEqualTo(ExitCode.OK);
        String id = added.output().lines().findFirst().orElseThrow().replace("added: ", "");
        assertThat(added.output())
                .contains(id + " - 127.0.0.1:1 learner, not started")
                .endsWith(": hightower server --data-dir DIR --name NAME --initial-cluster n1=http://" + peer
                        + ",NAME=http://127.0.0.1:1 --initial-cluster-state existing\n");

        CommandRun second = run("add", "--learner", "--peer-urls", "127.0.0.1:2");
        assertThat(second.exitCode()).isEqualTo(ExitCode.NO);
        assertThat(second.errors()).contains("too many learner members");
        assertThat(run("update", id, "--peer-urls", "127.0.0.1:3").output()).contains(id + " - 127.0.0.1:3");
        assertThat(run("promote", id).exitCode()).isEqualTo(ExitCode.NO);
        assertThat(run("remove", id).output()).doesNotContain(id);
        assertThat(run("move-leader", own()).exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run("remove", own()).errors()).contains("The last voter cannot be removed");
    }

    @Test
    void refusesWhatIsNoIdOrUrl() {
        assertThat(run("remove", "xyz").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("add", "--peer-urls", "http://a:1,http://b:1").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(CommandRun.of("member").exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
