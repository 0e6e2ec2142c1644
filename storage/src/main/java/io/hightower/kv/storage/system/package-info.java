/**
 * The records of the system key space in a file of their own: leases, users and whatever else the store keeps for itself.
 *
 * <pre>
 * flush ──SystemRecords, if others than before──► SystemFile.write ──► "000000000017-0a1b2c3d.system" ──► manifest names it
 * open, install ◄── SystemRecords ◄── SystemFile.read
 * </pre>
 *
 * <p><b>Data flow.</b> The records live in memory and are written whole by the flush that makes their moment durable; the
 * manifest puts the file into force together with the tables of the same moment. They are few, compared with the data, and
 * have no history. <b>Invariants.</b> A file is never changed; it moves unchanged between members. Without a file the system
 * key space was never written to. <b>Threads.</b> Records and descriptions are immutable; whoever writes a file has its
 * number for itself. The bytes are described in {@code docs/formats/system.md}.
 */
@NullMarked
package io.hightower.kv.storage.system;

import org.jspecify.annotations.NullMarked;
