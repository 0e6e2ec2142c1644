/**
 * What clients of a key-value store asked for and were told, in the order of one clock: recorded, written, read.
 *
 * <pre>
 * client ──► Recorder.call ──► Call.ok | fail | info ──► Recorder.history ──► List of Op ◄──► JSON lines
 * </pre>
 *
 * <p>Invariant: a call is noted before anything is sent, its end after the answer has come. Threads: {@code Recorder} may be
 * shared; everything else is immutable or used by one thread.
 */
@NullMarked
package io.hightower.kv.cluster.check.history;

import org.jspecify.annotations.NullMarked;
