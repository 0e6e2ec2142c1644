/**
 * The commit log: the ordered entries of a store that replicates to nobody, in segment files.
 *
 * <pre>
 * append ──► RecordGroup ──commit──► SegmentWriter ──► log-00000000000000000001.log   one write, one sync, one mark
 * replay ◄── LogRecovery ◄── RecordReader ◄───────────┘
 *                 └─► TailProof    was what is unreadable at the end ever synced?
 * trim   ──► Segments         which files there are
 * </pre>
 *
 * <p>Invariants: a segment with its final name has a valid header; every segment but the last is synced to its end; a record
 * is acknowledged only after the mark that proves its sync was written; what a mark proves is never cut off. Threads: one
 * thread at a time, trimming excepted. Bytes: {@code docs/formats/commit-log.md} and {@link
 * io.hightower.kv.storage.log.LogFormat}.
 */
@NullMarked
package io.hightower.kv.storage.log;

import org.jspecify.annotations.NullMarked;
