package io.hightower.kv.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.benchmarks.fork.ChildJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member in a process of its own does what it is told and reports. */
class ForkedMemberTest {
    @Test
    void doesLoadsAndReportsThem(@TempDir Path directory) throws IOException {
        Member.Order order = new Member.Order("a", directory, Map.of("a", "127.0.0.1:" + freePort()), 8, 10, 256);
        try (Member member = new ForkedMember(ChildJvm.like().withHeap("256m"), order)) {
            member.begin();
            member.awaitOpen();
            Awaitility.await("the only member leads")
                    .atMost(Duration.ofSeconds(30))
                    .until(member::leads);
            for (Load.Kind kind : Load.Kind.values()) {
                LoopReport report = Awaitility.await("operations that end within a load")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> load(member, kind), done -> done.operations() > 0);
                assertThat(report.latencies().count()).isEqualTo(report.operations());
                assertThat(report.failed()).isZero();
                assertThat(report.perSecond()).isEqualTo(report.operations() * 2.0);
            }
            member.beginSettling(Duration.ofMillis(1));
            member.endSettling();
        }
    }

    private static LoopReport load(Member member, Load.Kind kind) {
        member.begin(new Load(kind, 4, 500_000_000));
        return member.end();
    }

    private static int freePort() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return listener.getLocalPort();
        }
    }
}
