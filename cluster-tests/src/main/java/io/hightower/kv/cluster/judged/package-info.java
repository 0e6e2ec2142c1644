/**
 * Clients of real stores whose doings are recorded in the form that {@code check} judges.
 *
 * <pre>
 * test ──► RecordedClient ──► StoreClient ──► an engine in this process, or a server over REST
 *               └──► Recorder ──► RecordedCluster.judge ──► Verdict
 * </pre>
 *
 * <p>Threads: a cluster may be shared, each of its clients is used by one thread at a time.
 */
@NullMarked
package io.hightower.kv.cluster.judged;

import org.jspecify.annotations.NullMarked;
