/**
 * The commit log: the ordered entries of a store that replicates to nobody, in segment files.
 *
 * <pre>
 * append ──► RecordGroup ──commit──► SegmentWriter ──► log-00000000000000000001.log   one durable write, one mark
 *                                     ▲ SegmentStart ◄── SpareSegments               written in advance, or used again
 * replay ◄── LogRecovery ◄── RecordReader ◄───────────┘
 *                 └─► TailProof    was what is unreadable at the end ever synced?
 * trim   ──► Segments         which files there are; archived, spare or deleted
 * </pre>
 *
 * <p>Invariants: a segment with its final name has a valid header, with an epoch that nothing in the file has seen; every
 * segment but the last is synced to the end of its entries; a record is acknowledged only after the mark that proves its sync
 * was written; what a mark proves is never cut off; a segment is never continued after it was opened again. Threads: one
 * thread at a time, trimming and writing in advance excepted. Bytes: {@code docs/formats/commit-log.md} and {@link
 * io.hightower.kv.storage.log.LogFormat}.
 */
@NullMarked
package io.hightower.kv.storage.log;

import org.jspecify.annotations.NullMarked;
