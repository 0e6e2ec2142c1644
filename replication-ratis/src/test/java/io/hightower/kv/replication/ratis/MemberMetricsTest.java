package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.replication.ratis.metrics.RecordingMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.ratis.metrics.MetricRegistries;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators see of members. */
class MemberMetricsTest {
    @TempDir
    private Path scratch;

    @Test
    void aMemberShowsWhatItDoesAndNothingWhenItIsClosed() throws IOException {
        RecordingMetrics metrics = new RecordingMetrics();
        metrics.counter("of.somebody.else", "Stays");
        try (TestCluster cluster = TestCluster.of(1, scratch).withMetrics(name -> metrics)) {
            cluster.startAll();
            String leader = cluster.leader();
            for (int i = 0; i < 3; i++) {
                cluster.put(leader, "k" + i, "v");
            }

            for (String timer : List.of("ratis.log.sync", "ratis.log.append", "ratis.apply", "ratis.election")) {
                assertThat(metrics.count(timer)).as(timer).isPositive();
            }
            assertThat(metrics.count("ratis.elections")).isEqualTo(1);
            assertThat(metrics.count("ratis.leader.changes")).isPositive();
            // One more batch records the members of the new cluster.
            assertThat(metrics.count("ratis.batch.commands")).isBetween(3L, 4L);
            assertThat(metrics.count("ratis.batch.bytes")).isBetween(3L, 4L);
            assertThat(metrics.gauge("ratis.log.open.bytes")).isPositive();
            assertThat(metrics.gauge("ratis.log.queue.entries")).isZero();
            assertThat(metrics.gauge("queue.bytes")).isZero();
            assertThat(metrics.names()).contains("ratis.pending.entries", "ratis.leader.silence.millis");
        }
        assertThat(metrics.names()).containsExactly("of.somebody.else");
    }

    @Test
    void aLeaderShowsItsFollowersWhileItLeads() throws IOException {
        RecordingMetrics[] metrics = {new RecordingMetrics(), new RecordingMetrics(), new RecordingMetrics()};
        try (TestCluster cluster =
                TestCluster.of(3, scratch).withMetrics(name -> metrics[Integer.parseInt(name.substring(1)) - 1])) {
            cluster.startAll();
            cluster.put(cluster.follower(), "k", "v");
            TestCluster.await("a leader shows a follower that has the log", () -> {
                RecordingMetrics ofLeader = of(cluster.leader(), metrics);
                return ofLeader.gauge(matchIndexOf(cluster)) == ofLeader.gauge("ratis.applied.index");
            });
            String leader = cluster.leader();
            String peer = cluster.member(cluster.follower()).status().memberId();
            RecordingMetrics ofLeader = of(leader, metrics);
            RecordingMetrics ofFollower = of(cluster.follower(), metrics);
            assertThat(ofLeader.gauge("ratis.peer.silence.millis{peer=" + peer + "}"))
                    .isBetween(0L, 10_000L);
            assertThat(ofLeader.count("ratis.peer.append{peer=" + peer + "}")).isPositive();
            assertThat(ofFollower.count("ratis.follower.append")).isPositive();
            assertThat(ofFollower.names()).noneMatch(name -> name.startsWith("ratis.peer.match.index"));

            cluster.stop(leader);
            assertThat(ofLeader.names()).as("members are told apart").isEmpty();
            assertThat(ofFollower.names()).isNotEmpty();
        }
    }

    private static RecordingMetrics of(String member, RecordingMetrics[] metrics) {
        return metrics[Integer.parseInt(member.substring(1)) - 1];
    }

    private static String matchIndexOf(TestCluster cluster) {
        return "ratis.peer.match.index{peer="
                + cluster.member(cluster.follower()).status().memberId() + "}";
    }

    @Test
    void ratisFindsTheRegistriesOfThisProject() {
        assertThat(MetricRegistries.global().getClass().getPackageName())
                .isEqualTo(RecordingMetrics.class.getPackageName());
    }
}
