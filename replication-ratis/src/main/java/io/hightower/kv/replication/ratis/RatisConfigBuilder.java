package io.hightower.kv.replication.ratis;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * The settings of Ratis that follow from a member's options. The reasons are in {@code docs/decisions/0010-ratis.md}.
 *
 * <p>The sizes hang together: an entry must fit one append request, an append request one gRPC message and the write buffer
 * of the log. An entry that does not fit would depose the leader.
 */
final class RatisConfigBuilder {
    private static final long MIB = 1L << 20;

    /** What Ratis puts around the commands in an entry and around entries in a request; far more than it needs. */
    private static final long ENVELOPE_BYTES = 64 * 1024;

    private final RatisOptions options;
    private final RaftProperties properties = new RaftProperties();

    private RatisConfigBuilder(RatisOptions options) {
        this.options = options;
    }

    static RaftProperties build(RatisOptions options) {
        RatisConfigBuilder builder = new RatisConfigBuilder(options);
        builder.setPlace();
        builder.setTimes();
        builder.setSizes();
        builder.setLog();
        builder.setSnapshots();
        return builder.properties;
    }

    private void setPlace() {
        PeerAddress address = PeerAddress.parse(options.identity().listenAddress());
        // The default is below /tmp.
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(options.directory().toFile()));
        RaftConfigKeys.Rpc.setType(properties, new AttentiveRpcType());
        GrpcConfigKeys.Server.setHost(properties, address.host());
        GrpcConfigKeys.Server.setPort(properties, address.port());
    }

    private void setTimes() {
        TimeDuration electionMin = millis(options.timeouts().electionMin().toMillis());
        TimeDuration electionMax = millis(options.timeouts().electionMax().toMillis());
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, electionMin);
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, electionMax);
        // After a start a leader, if there is one, is heard of within half of it; if there is none, nobody has to be
        // waited for.
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(
                properties, millis(options.timeouts().electionMin().toMillis() * 6 / 10));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, electionMin);
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, TimeDuration.valueOf(5, TimeUnit.SECONDS));
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
                properties, millis(2 * options.timeouts().electionMax().toMillis()));
        RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
        // A new member that fetches the state does not answer meanwhile.
        RaftServerConfigKeys.setStagingTimeout(properties, TimeDuration.valueOf(60, TimeUnit.SECONDS));
        // A pause of the JVM beyond this closes the server; the watchdog then ends the process.
        RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(300, TimeUnit.SECONDS));
        // Entries are answered out of band, so the cache only costs memory.
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, TimeDuration.valueOf(5, TimeUnit.SECONDS));
    }

    private void setSizes() {
        long entryBytes = options.entryBytesMax() + ENVELOPE_BYTES;
        long appendBytes = Math.max(4 * MIB, entryBytes);
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(appendBytes));
        RaftServerConfigKeys.Log.Appender.setBufferElementLimit(properties, 256);
        RaftServerConfigKeys.Log.setWriteBufferSize(
                properties, SizeInBytes.valueOf(Math.max(8 * MIB, appendBytes + ENVELOPE_BYTES)));
        RaftServerConfigKeys.Log.setQueueByteLimit(
                properties, SizeInBytes.valueOf(Math.max(64 * MIB, 4 * appendBytes)));
        RaftServerConfigKeys.Write.setElementLimit(properties, 1024);
        RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf(Math.max(128 * MIB, 8 * appendBytes)));
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(Math.max(64 * MIB, appendBytes + 2 * MIB)));
        GrpcConfigKeys.setFlowControlWindow(properties, SizeInBytes.valueOf(4 * MIB));
        GrpcConfigKeys.Server.setLeaderOutstandingAppendsMax(properties, 16);
    }

    private void setLog() {
        long segmentBytes = options.tuning().segmentBytes();
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(segmentBytes));
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf(Math.min(4 * MIB, segmentBytes)));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 3);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf(128 * MIB));
        RaftServerConfigKeys.Log.setForceSyncNum(properties, 1024);
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setCorruptionPolicy(properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(properties, TimeDuration.ZERO);
        // The member decides itself what to trim, by bytes; see LogTrimming.
        RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
    }

    private void setSnapshots() {
        // A follower that is too far behind is told so and fetches the state itself; see SnapshotCatchUp.
        RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.DEFAULT);
    }

    private static TimeDuration millis(long millis) {
        return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
    }
}
