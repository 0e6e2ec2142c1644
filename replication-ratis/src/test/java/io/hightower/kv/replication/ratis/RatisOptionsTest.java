package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.replication.ratis.RatisOptions.Tuning;
import io.hightower.kv.statemachine.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.Test;

final class RatisOptionsTest {
    private final RatisOptions options =
            RatisOptions.of("m1", Map.of("m1", "127.0.0.1:2380", "m2", "[::1]:2380"), "c", Path.of("d"));

    @Test
    void refusesNamesAndAddressesThatCannotBe() {
        assertThatThrownBy(() -> RatisOptions.of("m3", options.identity().initialCluster(), "c", Path.of("d")))
                .hasMessageContaining("not among the members");
        for (String name : new String[] {"", "a b", "ü", "a".repeat(65)}) {
            assertThatThrownBy(() -> RatisOptions.of(name, Map.of(name, "h:1"), "c", Path.of("d")))
                    .hasMessageContaining("A name holds");
            assertThatThrownBy(() -> RatisOptions.of("m1", options.identity().initialCluster(), name, Path.of("d")))
                    .hasMessageContaining("A name holds");
        }
        for (String address : new String[] {"", "h", "h:", "h:0", "h:65536", "h:x", ":1", "h h:1"}) {
            assertThatThrownBy(() -> RatisOptions.of("m1", Map.of("m1", address), "c", Path.of("d")))
                    .as(address)
                    .hasMessageContaining("A peer address has the form host:port");
        }
    }

    @Test
    void refusesBoundsThatContradictEachOther() {
        assertThatThrownBy(() -> options.withElectionTimeout(Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .hasMessageContaining("electionTimeoutMax");
        assertThatThrownBy(() -> options.withRequestTimeout(Duration.ofSeconds(1)))
                .hasMessageContaining("requestTimeout");
        assertThatThrownBy(() -> new RatisOptions.Queue(0, 1, Duration.ZERO)).hasMessageContaining("queueCommandsMax");
        assertThatThrownBy(() -> new Tuning(1, 2 << 20, 1, 1 << 20, 0)).hasMessageContaining("batchBytesMax");
        assertThatThrownBy(() -> new Tuning(0, 1, 1, 1 << 20, 0)).hasMessageContaining("batchCommandsMax");
    }

    @Test
    void splitsAddressesAtTheLastColon() {
        assertThat(PeerAddress.parse("[::1]:2380")).isEqualTo(new PeerAddress("[::1]", 2380));
    }

    @Test
    void everyEntryFitsAnAppendRequestAMessageAndTheWriteBuffer() {
        for (int requestBytes : new int[] {1024, Limits.REQUEST_BYTES_DEFAULT, 64 << 20}) {
            RatisOptions sized = options.withLimits(new Limits(requestBytes));
            RaftProperties properties = RatisConfigBuilder.build(sized);
            long entry = sized.entryBytesMax();
            long append = RaftServerConfigKeys.Log.Appender.bufferByteLimit(properties)
                    .getSize();
            assertThat(append).isGreaterThan(entry);
            assertThat(RaftServerConfigKeys.Log.writeBufferSize(properties).getSize())
                    .isGreaterThanOrEqualTo(append + 8);
            assertThat(RaftServerConfigKeys.Log.queueByteLimit(properties).getSize())
                    .isGreaterThan(append);
            assertThat(RaftServerConfigKeys.Write.byteLimit(properties).getSize())
                    .isGreaterThan(append * sized.tuning().batchesInFlightMax());
            assertThat(GrpcConfigKeys.messageSizeMax(properties, any -> {}).getSize())
                    .isGreaterThanOrEqualTo(append + (1 << 20));
        }
    }

    @Test
    void settingsThatCanLoseDataAreOff() {
        RaftProperties properties = RatisConfigBuilder.build(options);
        assertThat(RaftServerConfigKeys.Log.unsafeFlushEnabled(properties)).isFalse();
        assertThat(RaftServerConfigKeys.Log.asyncFlushEnabled(properties)).isFalse();
        assertThat(RaftServerConfigKeys.Log.appendEntriesComposeEnabled(properties))
                .isFalse();
        assertThat(RaftServerConfigKeys.Log.Appender.installSnapshotEnabled(properties))
                .isFalse();
        assertThat(RaftServerConfigKeys.Log.corruptionPolicy(properties))
                .isEqualTo(RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        assertThat(RaftServerConfigKeys.Read.option(properties)).isEqualTo(RaftServerConfigKeys.Read.Option.DEFAULT);
        assertThat(RaftServerConfigKeys.LeaderElection.preVote(properties)).isTrue();
    }
}
