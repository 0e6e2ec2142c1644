/**
 * The bringing of a whole state from one member to another: the receiver pulls, file by file, and goes on where it was
 * interrupted.
 *
 * <pre>
 * receiver                                              sender
 * RemoteStateFiles ── begin: needed index ──────────►  StatePins: pins the state, keeps the log after it
 *                  ◄─ pin, position, list of files ──
 * StateStore.stage ── read: pin, file, offset ──────►  StateSender ──► Throttle ──► ChunkSender
 *   (what is here    ◄─ chunks with checksums ───────
 *    is not asked for)
 *                  ── end: pin ─────────────────────►  StatePins: lets go
 * </pre>
 *
 * <p>{@code TransferFormat} draws the messages; {@code TransferCalls} is the network. A pin ends by itself when its
 * receiver has not got further for ten minutes, or too much log is kept for it ({@code KeptLog}). Invariants: a byte that was damaged on its way reaches no file; a receiver that comes again gets the same pin
 * while it reaches far enough. Threads: the receiver uses one; the sender has a few, which end when nobody receives. Stands
 * alone.
 */
@NullMarked
package io.hightower.kv.replication.ratis.transfer;

import org.jspecify.annotations.NullMarked;
