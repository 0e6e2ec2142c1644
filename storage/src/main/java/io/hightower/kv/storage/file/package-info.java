/**
 * The disk seam: all that the store asks of a directory on a disk, and nothing more.
 *
 * <pre>
 * log, snapshot ──► Disk ──► FileDisk        a directory of the operating system
 *                        └─► SimulatedDisk   in memory; loses power, tears, flips, fills up and fails on cue
 * </pre>
 *
 * <p>Nothing else in the store touches a file. Checked exceptions of the operating system stop here. Threads: a disk may be
 * used by several threads, a file by one at a time, reading excepted.
 */
@NullMarked
package io.hightower.kv.storage.file;

import org.jspecify.annotations.NullMarked;
