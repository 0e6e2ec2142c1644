package io.hightower.kv.replication.ratis.metrics;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.metrics.MetricRegistryInfo;

/**
 * One instrument of Ratis that operators need: how Ratis calls it, and how it is shown. Names shown are stable; those of Ratis
 * are not. <b>Immutable.</b>
 *
 * @param part the application and component that Ratis registers it for
 * @param ratisName what Ratis calls it; a group in it is the id of another member
 * @param name what it is called here
 * @param help what it means
 */
record RatisMeter(String part, Pattern ratisName, String name, String help) {
    /** What Ratis counts of the senders of a leader; it ends with the leadership. */
    static final String SENDERS = "ratis.log_appender";

    private static final String LOG = "ratis.log_worker";
    private static final String SERVER = "ratis.server";
    private static final String ELECTION = "ratis.leader_election";
    private static final String CALLS = "ratis_grpc.log_appender";

    private static final List<RatisMeter> ALL = List.of(
            of(LOG, "syncTime", "ratis.log.sync", "Time to force the log to disk"),
            of(
                    LOG,
                    "appendEntryLatency",
                    "ratis.log.append",
                    "Time from taking an entry until it is in the log on disk"),
            of(LOG, "enqueuedTime", "ratis.log.queued", "Time that work waits for the thread that writes the log"),
            of(LOG, "syncBatchSize", "ratis.log.sync.entries", "Entries that the last sync covered"),
            of(LOG, "dataQueueSize", "ratis.log.queue.entries", "Entries that wait to be written to the log"),
            of(LOG, "closedSegmentsSizeInBytes", "ratis.log.closed.bytes", "Bytes of the finished files of the log"),
            of(LOG, "closedSegmentsNum", "ratis.log.closed.files", "Finished files of the log"),
            of(LOG, "openSegmentSizeInBytes", "ratis.log.open.bytes", "Bytes of the file that the log grows in"),
            of(LOG, "cacheMissCount", "ratis.log.cache.misses", "Entries read from disk for a follower that is behind"),
            of(
                    SERVER,
                    "numPendingRequestInQueue",
                    "ratis.pending.entries",
                    "Entries of this leader that wait for a majority"),
            of(SERVER, "numResourceLimitHits", "ratis.limit.hits", "Entries refused because too many waited"),
            of(SERVER, "retryCacheEntryCount", "ratis.retry.cache.entries", "Requests that Ratis remembers"),
            of(
                    SERVER,
                    "follower_append_entry_latency",
                    "ratis.follower.append",
                    "Time to take entries from the leader"),
            of(
                    SERVER,
                    "numInstallSnapshot",
                    "ratis.snapshots.installed",
                    "States of the leader that this member took over"),
            of(SERVER, "(.+)_peerCommitIndex", "ratis.peer.commit.index", "Commit index of a member, as known here"),
            of(
                    SENDERS,
                    "follower_(.+)_match_index",
                    "ratis.peer.match.index",
                    "Index through which a member has the log"),
            of(
                    SENDERS,
                    "follower_(.+)_rpc_response_time",
                    "ratis.peer.silence.millis",
                    "Time since a member answered last"),
            of(ELECTION, "electionCount", "ratis.elections", "Elections that this member stood for"),
            of(
                    ELECTION,
                    "timeoutCount",
                    "ratis.elections.undecided",
                    "Elections that ended without a majority in time"),
            of(ELECTION, "electionTime", "ratis.election", "Time that elections took"),
            of(ELECTION, "lastLeaderElapsedTime", "ratis.leader.silence.millis", "Time since a leader was heard"),
            of(
                    ELECTION,
                    "transferLeadershipCount",
                    "ratis.leadership.transfers",
                    "Times that leadership was handed over"),
            of(CALLS, "(.+)_latency", "ratis.peer.append", "Time from sending entries until a member confirmed them"),
            of(
                    CALLS,
                    "(.+)_pending_log_requests_count",
                    "ratis.peer.append.pending",
                    "Requests on their way to a member"),
            of(
                    CALLS,
                    "(.+)_inconsistency_reply_count",
                    "ratis.peer.append.inconsistent",
                    "Answers that a member lacks what comes before"),
            of(
                    CALLS,
                    "(.+)_append_entry_timeout_count",
                    "ratis.peer.append.timeouts",
                    "Requests that a member did not answer in time"),
            of(CALLS, "num_retries", "ratis.append.retries", "Requests that were sent again"));

    private static RatisMeter of(String part, String ratisName, String name, String help) {
        return new RatisMeter(part, Pattern.compile(ratisName), name, help);
    }

    /** Returns what part of Ratis a registry is for. */
    static String part(MetricRegistryInfo info) {
        return info.getApplicationName() + "." + info.getMetricsComponentName();
    }

    /** Returns the instrument that Ratis calls so, with the member that it is about, if it is about one. */
    static Optional<Found> find(MetricRegistryInfo info, String ratisName) {
        String part = part(info);
        for (RatisMeter meter : ALL) {
            if (meter.part.equals(part)) {
                Matcher matcher = meter.ratisName.matcher(ratisName);
                if (matcher.matches()) {
                    return Optional.of(new Found(
                            meter, matcher.groupCount() == 0 ? Optional.empty() : Optional.of(matcher.group(1))));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * An instrument as Ratis asks for it.
     *
     * @param peer the other member that it is about
     */
    record Found(RatisMeter meter, Optional<String> peer) {}
}
