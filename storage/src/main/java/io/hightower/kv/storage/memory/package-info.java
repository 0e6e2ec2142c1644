/**
 * The state store that holds every record in memory and makes itself durable as one checksummed snapshot file.
 *
 * <pre>
 * RecordTree, TreeNode, TreeCursor          an immutable ordered set; a change shares all but one path
 *   StoreRoot                               two trees and the scalars: the whole state of one moment
 *     StoreEdit ──publish──► MemoryStateStore ──pin──► PinnedView
 * SnapshotWriter ──► BlockWriter ──► DiskFileOutput      checkpoint, export
 * SnapshotReader ──► BlockReader ──► DiskFileInput       open, stage
 *   SnapshotAudit                           what must hold between the records and the scalars, asked on both sides
 * SnapshotFiles                             names on the disk: temporary file, sync, rename, directory sync
 * </pre>
 *
 * <p>Invariants: the newest complete snapshot file on the disk is what {@code durable()} says; a file gets its lasting name only
 * after its content was synced, and older files go only after the name was.
 *
 * <p>Threads: one thread publishes roots, any thread pins them; checkpoints and installs exclude each other. No thread is
 * started here. The bytes are described in {@code docs/formats/snapshot.md}.
 */
@NullMarked
package io.hightower.kv.storage.memory;

import org.jspecify.annotations.NullMarked;
